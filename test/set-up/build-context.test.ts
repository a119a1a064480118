import assert from 'node:assert/strict';
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import tar from 'tar-stream';
import { baseTag } from '../../orchestrator/set-up/base-image.ts';
import { packContext, sandboxTag } from '../../orchestrator/set-up/build-context.ts';

const source = join(import.meta.dirname, '../../sandbox-image');
const base = { id: 'sha256:one', hasNode: true, isComplete: false };
const { signal } = new AbortController();

async function copyOfContext(): Promise<{ readonly directory: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-test-'));
  await cp(source, directory, { recursive: true });
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

test('the tag follows from the files and the base, and from nothing else', async () => {
  await using copy = await copyOfContext();
  const tag = await sandboxTag({ directory: source, base });
  assert.match(tag, /^self-coding\/sandbox:[0-9a-f]{16}$/);
  assert.equal(await sandboxTag({ directory: copy.directory, base }), tag, 'another checkout builds the same image');
  assert.notEqual(await sandboxTag({ directory: source, base: { ...base, id: 'sha256:two' } }), tag);
  assert.notEqual(await sandboxTag({ directory: source, base: { ...base, hasNode: false } }), tag);
  await writeFile(join(copy.directory, 'more.sh'), '');
  assert.notEqual(await sandboxTag({ directory: copy.directory, base }), tag);
});

test('the base has another tag on another architecture', () => {
  assert.match(baseTag('amd64'), /^self-coding\/base:[0-9a-f]{12}$/);
  assert.notEqual(baseTag('amd64'), baseTag('arm64'));
});

test('the context has plain modes and no owner, whatever the checkout has', async () => {
  await using copy = await copyOfContext();
  await chmod(join(copy.directory, 'Dockerfile'), 0o4600);
  await chmod(join(copy.directory, 'entrypoint.sh'), 0o600);
  const options = {
    directory: copy.directory,
    base,
    architecture: 'amd64',
    stateDir: '/nowhere',
    say: () => undefined,
  };
  const entries = tar.extract();
  (await packContext(options, signal)).pipe(entries);
  const found: Record<string, string> = {};
  for await (const entry of entries) {
    const { name, mode, uid, gid, mtime } = entry.header;
    found[name] = `${mode.toString(8)} ${uid} ${gid} ${mtime.getTime()}`;
    entry.resume();
  }
  assert.equal(found['Dockerfile'], '644 0 0 0');
  assert.equal(found['entrypoint.sh'], '755 0 0 0');
});
