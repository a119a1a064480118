import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freeSocketPath, parseListenAddress } from '../../orchestrator/sandbox/listen-address.ts';

test('both forms of an address are read', () => {
  assert.deepEqual(parseListenAddress('unix:/run/a.sock'), { kind: 'unix', path: '/run/a.sock' });
  assert.deepEqual(parseListenAddress('tcp:127.0.0.1:0'), { kind: 'tcp', host: '127.0.0.1', port: 0 });
  assert.deepEqual(parseListenAddress('tcp:[::1]:7300'), { kind: 'tcp', host: '::1', port: 7300 });
});

test('anything else is refused with examples', () => {
  for (const text of ['', 'unix:relative', '7300', 'tcp:host', 'tcp:host:99999', 'http://host:1', 'tcp::1']) {
    assert.throws(() => parseListenAddress(text), /Examples: unix:\/run/);
  }
});

test('the socket of a runner that was killed is removed; one that is listened on, or any other file, is not', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-listen-'));
  const path = join(directory, 'runner.sock');
  try {
    await freeSocketPath(path);
    const server = createServer();
    server.listen(path);
    await once(server, 'listening');
    await assert.rejects(freeSocketPath(path), /Another runner listens/);
    // Closing removes the file; a kill does not.
    await rename(path, `${path}.kept`);
    server.close();
    await once(server, 'close');
    await rename(`${path}.kept`, path);
    await freeSocketPath(path);
    assert.equal(existsSync(path), false);
    await writeFile(path, 'precious');
    await assert.rejects(freeSocketPath(path), /is no socket/);
    assert.equal(existsSync(path), true);
  } finally {
    await rm(directory, { recursive: true });
  }
});
