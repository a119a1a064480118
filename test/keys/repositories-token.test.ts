/** Where the token goes, and where it never goes. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGitServer } from '../support/git-server.ts';
import { asBase, change, forge, given, isPush, reasonOf, soon, status, token } from './given-repositories.ts';

test('the token is in no argument of a process and in no file of the state directory', async () => {
  await using place = await forge();
  await using commands = watchCommandLines();
  const base = asBase(await place.fetch(place.url));
  await place.repositories.push({ base, commit: await change(base), branch: 'self-build/1' }, soon());
  const lines = await commands.stop();
  assert.ok(
    lines.some((line) => line.includes('push')),
    'the push was seen',
  );
  const forms = [
    token,
    Buffer.from(token).toString('base64'),
    Buffer.from(`x-access-token:${token}`).toString('base64'),
  ];
  for (const line of lines) assert.ok(!forms.some((form) => line.includes(form)), line);
  for (const entry of await readdir(place.stateDir, { recursive: true, withFileTypes: true })) {
    assert.ok(!entry.name.startsWith('scratch-'), entry.name);
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    assert.ok(!forms.some((form) => bytes.includes(form)), entry.name);
  }
});

test('G-19 a redirect is not followed, and the other host sees no request at all', async () => {
  await using other = await startGitServer();
  await other.add('acme/x', { files: { a: 'a\n' } });
  let redirecting: 'push' | 'everything' = 'push';
  await using place = await forge({
    answer: (request) =>
      redirecting === 'everything' || isPush(request) ? status(302, { location: `${other.url}${request.url}` }) : null,
  });
  const base = asBase(await place.fetch(place.url));
  const commit = await change(base);
  const result = await place.repositories.push({ base, commit, branch: 'self-build/1' }, soon());
  assert.match(reasonOf(result, 'push_rejected'), /302, a redirect/);
  redirecting = 'everything';
  assert.match(reasonOf(await place.fetch(place.url), 'repo_unsupported'), /302, a redirect/);
  reasonOf(await place.repositories.push({ base, commit, branch: 'self-build/1' }, soon()), 'push_rejected');
  assert.deepEqual(other.requests, []);
});

test('G-20 a server that is not the forge gets no token, whatever it asks for', async () => {
  await using place = await forge();
  await using stranger = await startGitServer({ token });
  await stranger.add('acme/x', { files: { a: 'a\n' } });
  await using both = await given({
    allowedPrefixes: [place.server.url, stranger.url],
    github: { url: place.server.url },
    token: () => Promise.resolve(token),
  });
  reasonOf(await both.fetch(`${stranger.url}/acme/x`), 'repo_unsupported');
  assert.ok(stranger.requests.length > 0);
  assert.deepEqual(
    stranger.requests.filter(({ authorization }) => authorization !== undefined),
    [],
  );
});

test('G-21 what a server says is printable, short, and without the token that it echoes', async () => {
  await using place = await forge();
  const flood = `#!/bin/sh\nprintf 'you are ${token} \\033[2J\\n' >&2\nhead -c 1000000 /dev/zero | tr '\\0' x >&2\nexit 1\n`;
  await writeFile(join(place.repository.path, 'hooks', 'pre-receive'), flood, { mode: 0o755 });
  const base = asBase(await place.fetch(place.url));
  const result = await place.repositories.push({ base, commit: await change(base), branch: 'self-build/1' }, soon());
  const reason = reasonOf(result, 'push_rejected');
  assert.ok(reason.length < 10_000);
  assert.ok(!reason.includes(token) && !reason.includes('\x1b'));
});

/** Every command line of a git on this machine, sampled until it is told to stop. */
function watchCommandLines() {
  const seen = new Set<string>();
  const watching = new AbortController();
  const sampling = (async () => {
    while (!watching.signal.aborted) {
      for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
        // A process may end between being listed and being read.
        const line = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
        if (line.includes('git')) seen.add(line);
      }
    }
  })();
  const stop = async () => {
    watching.abort();
    await sampling;
    return [...seen];
  };
  return { stop, [Symbol.asyncDispose]: () => stop().then(() => undefined) };
}
