import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fetchPackage, packageDirectory, pinnedVersions } from '../../orchestrator/set-up/fetch-package.mjs';

const { signal } = new AbortController();

test('only packages that are pinned can be fetched', async () => {
  assert.equal(packageDirectory('/state', 'left-pad'), null);
  assert.equal(packageDirectory('/state', 'constructor'), null);
  await assert.rejects(fetchPackage('left-pad', '/state', signal), /no package that set-up knows/);
});

test('what was fetched before is used again, and the version is part of its path', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'self-coding-test-'));
  try {
    const directory = packageDirectory(stateDir, 'npm') ?? '';
    assert.ok(directory.endsWith(`npm-${pinnedVersions()['npm']}`));
    await mkdir(directory, { recursive: true });
    assert.equal(await fetchPackage('npm', stateDir, signal), directory);
  } finally {
    await rm(stateDir, { recursive: true });
  }
});

test('an abort leaves nothing half fetched', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'self-coding-test-'));
  try {
    const stop = new AbortController();
    const fetching = fetchPackage('npm', stateDir, stop.signal);
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    await assert.rejects(fetching, /stopped/);
    assert.deepEqual(await readdir(join(stateDir, 'packages')), []);
  } finally {
    await rm(stateDir, { recursive: true });
  }
});
