import assert from 'node:assert/strict';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '../../orchestrator/set-up/database.ts';
import { place, processesOf, until } from '../support/postgres-place.ts';

const { signal } = new AbortController();
const isRoot = process.getuid?.() === 0;

test('Ctrl-C while the database is made leaves no server and no half of a database', async () => {
  await using here = await place();
  const stop = new AbortController();
  const opening = openDatabase({ stateDir: here.stateDir, signal: stop.signal });
  const isBuilding = async () => (await readdir(here.home.directory)).some((name) => name.startsWith('data-incoming-'));
  await until(isBuilding, 'the database was being made');
  stop.abort(new Error('stopped'));
  await assert.rejects(opening, /stopped/);
  await until(async () => (await processesOf(here.home.directory)).length === 0, 'everything had ended');
  assert.deepEqual(
    (await readdir(here.home.directory)).filter((name) => name.includes('incoming')),
    [],
  );
  await using database = await openDatabase({ stateDir: here.stateDir, signal });
  assert.equal(database.database, 'self_coding');
});

test('a state directory that only root may enter has its database where the server can reach it', async () => {
  await using here = await place(0o700);
  await using database = await openDatabase({ stateDir: here.stateDir, signal });
  assert.equal(database.database, 'self_coding');
  assert.equal(here.home.directory.startsWith('/var/lib/self-coding/'), isRoot);
  assert.equal(await realpath(join(here.stateDir, 'postgres')), here.home.directory);
});
