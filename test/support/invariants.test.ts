/** The invariants notice what they are there for: each is broken here once. */
import assert from 'node:assert/strict';
import { mkdir, mkdtempDisposable, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNothingLeft, type Left, type ProcessWatch } from './invariants.ts';
import { makeRepository } from './repository.ts';
import { snapshotOf } from './snapshot.ts';

const place = () => mkdtempDisposable(join(tmpdir(), 'self-coding-invariants-'));
const fails = (left: Left, message: RegExp) => assert.rejects(assertNothingLeft(left), message);

for (const name of [
  'scratch-aB3dE',
  'git/x.git/index.lock',
  'git/scratch-1/index',
  'git/x.git/objects/pack/tmp_pack_1',
]) {
  test(`I2 is broken by ${name}`, async () => {
    await using directory = await place();
    await assertNothingLeft({ stateDir: { path: directory.path } });
    await mkdir(join(directory.path, name, '..'), { recursive: true });
    await writeFile(join(directory.path, name), '');
    await fails({ stateDir: { path: directory.path } }, /I2/);
  });
}

test('I2 is broken by what nobody said may be there', async () => {
  await using directory = await place();
  await mkdir(join(directory.path, 'git'));
  await assertNothingLeft({ stateDir: { path: directory.path, may: ['git'] } });
  await fails({ stateDir: { path: directory.path, may: [] } }, /I2/);
});

test('I3 is broken by a branch or a pull request that should not be', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  const { git } = repository;
  await assertNothingLeft({ published: { git, branches: [], pullRequests: [] } });
  await fails({ published: { git, branches: [], pullRequests: [{}] } }, /I3/);
  await git(['update-ref', 'refs/heads/self-build/1', 'main']);
  await fails({ published: { git, branches: [], pullRequests: [] } }, /I3/);
});

const canary = 'canary / of tests';
for (const text of [
  canary,
  Buffer.from(canary).toString('base64'),
  Buffer.from(canary).toString('base64url'),
  Buffer.from(canary).toString('hex').toUpperCase(),
  Array.from(canary).toReversed().join(''),
  encodeURIComponent(canary),
  Array.from(Buffer.from(canary), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
]) {
  test(`I5 is broken by ${text}`, async () => {
    await assertNothingLeft({ secrets: { canaries: [canary], texts: ['nothing'] } });
    await fails({ secrets: { canaries: [canary], texts: [`before ${text} after`] } }, /I5/);
  });
}

test('I5 is broken by an object of git that no branch leads to', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await assertNothingLeft({ secrets: { canaries: [canary], texts: [], git: repository.git } });
  await repository.git(['hash-object', '-w', '--stdin'], `key = ${canary}\n`);
  await fails({ secrets: { canaries: [canary], texts: [], git: repository.git } }, /I5/);
});

test('I6 is broken by other content, by another time, and by one more file', async () => {
  await using directory = await place();
  const path = join(directory.path, 'canary');
  await writeFile(path, 'x');
  const before = await snapshotOf(directory.path);
  await assertNothingLeft({ unchanged: before });
  await utimes(path, 1, 1);
  await fails({ unchanged: before }, /I6/);
  await writeFile(join(directory.path, 'another'), '');
  await fails({ unchanged: before }, /I6/);
});

test('I7 is broken by a rejection that nobody handled, and by a process that has grown', async () => {
  const calm: ProcessWatch = { rejections: [], startBytes: process.memoryUsage().rss, stop: () => undefined };
  await assertNothingLeft({ process: { watch: calm, megabytes: 512 } });
  await fails({ process: { watch: { ...calm, rejections: [new Error('lost')] } } }, /I7/);
  await fails({ process: { watch: { ...calm, startBytes: 0 }, megabytes: 1 } }, /I7/);
});

test('I8 is broken by a next job that fails', async () => {
  await fails({ next: () => Promise.reject(new Error('the next one failed')) }, /the next one failed/);
});
