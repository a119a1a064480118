import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBundleArchive, readBundle } from '../../orchestrator/store/bundle-archive.ts';

const files = [
  { name: 'bundle.json', bytes: Buffer.from('{"a":1}\n') },
  { name: 'patch.diff', bytes: Buffer.from('--- a/x\n+++ b/x\n') },
];

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-bundles-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('the same files make the same digest and one file', () =>
  inDirectory(async (directory) => {
    const archive = createBundleArchive(directory);
    const [first, second] = await Promise.all([archive.keep(files), archive.keep(files)]);
    assert.equal(first, second);
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.deepEqual(await readdir(directory), [`${first}.tar`]);
    assert.ok(Buffer.from(await readBundle(directory, first)).includes('{"a":1}'));
  }));

test('a bundle that was changed on disk is noticed when it is read', () =>
  inDirectory(async (directory) => {
    const digest = await createBundleArchive(directory).keep(files);
    const path = join(directory, `${digest}.tar`);
    await chmod(path, 0o600);
    await writeFile(path, 'something else');
    await assert.rejects(readBundle(directory, digest), /was changed on disk/);
  }));
