import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtempDisposable, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildMirror, findMirror, mirrorHome, mirrorPath } from '../../orchestrator/git/mirror.ts';
import { createSweeper, sweepMirrors } from '../../orchestrator/git/sweep.ts';
import { refuse } from '../../orchestrator/outcome.ts';

const commit = 'a'.repeat(40);
const other = 'b'.repeat(40);

async function temporary() {
  const directory = await mkdtempDisposable(join(tmpdir(), 'self-coding-mirror-'));
  return { home: join(directory.path, 'git', 'home'), [Symbol.asyncDispose]: () => directory.remove() };
}

test('each repository has a directory of its own, and a readable name is no part of it', () => {
  const one = mirrorHome('/state', { kind: 'local', id: '/srv/../x' });
  assert.match(one, /^\/state\/git\/[0-9a-f]{64}$/);
  assert.notEqual(one, mirrorHome('/state', { kind: 'local', id: '/srv/x' }));
  assert.throws(() => mirrorPath(one, '../../etc'), TypeError);
});

test('a mirror is private, bare, without hooks or remote, and its attributes switch every conversion off', async () => {
  await using place = await temporary();
  const path = await buildMirror(place.home, commit, () => Promise.resolve(null));
  assert.equal(path, mirrorPath(place.home, commit));
  assert.equal((await stat(place.home)).mode & 0o077, 0);
  assert.equal((await stat(mirrorPath(place.home, commit))).mode & 0o077, 0);
  const names = await readdir(mirrorPath(place.home, commit));
  assert.ok(!names.includes('hooks'));
  assert.doesNotMatch(await readFile(join(mirrorPath(place.home, commit), 'config'), 'utf8'), /remote|url/);
  assert.match(
    await readFile(join(mirrorPath(place.home, commit), 'info', 'attributes'), 'utf8'),
    /^\* !filter .*-text/,
  );
});

test('what is refused or breaks leaves nothing, and is not found later', async () => {
  await using place = await temporary();
  const refused = refuse('repo_unsupported', 'no');
  assert.equal(await buildMirror(place.home, commit, () => Promise.resolve(refused)), refused);
  await assert.rejects(
    buildMirror(place.home, commit, () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.deepEqual(await readdir(place.home), []);
  assert.equal(await findMirror(place.home, commit), null);
});

test('two jobs that build the same mirror at once both get it, and one of it is left', async () => {
  await using place = await temporary();
  const both = Promise.withResolvers<void>();
  let waiting = 0;
  const fill = async () => {
    waiting += 1;
    if (waiting === 2) both.resolve();
    await both.promise;
    return null;
  };
  const paths = await Promise.all([buildMirror(place.home, commit, fill), buildMirror(place.home, commit, fill)]);
  assert.deepEqual(paths, [mirrorPath(place.home, commit), mirrorPath(place.home, commit)]);
  assert.deepEqual(await readdir(place.home), [`${commit}.git`]);
});

test('the sweep takes what is long unused or was left by a crash, and keeps the rest and every built branch', async () => {
  await using place = await temporary();
  const built = 'c'.repeat(40);
  for (const id of [commit, other, built]) await buildMirror(place.home, id, () => Promise.resolve(null));
  await mkdir(join(place.home, 'scratch-abandoned', 'mirror.git'), { recursive: true });
  await mkdir(join(place.home, 'scratch-in-use'));
  await writeFile(join(place.home, 'note'), 'of someone else');
  await mkdir(join(mirrorPath(place.home, built), 'refs', 'heads', 'self-build'), { recursive: true });
  const long = new Date(Date.now() - 3 * 86_400_000);
  for (const name of [`${commit}.git`, `${built}.git`, 'scratch-abandoned', 'note'])
    await utimes(join(place.home, name), long, long);
  await sweepMirrors(place.home, new Date());
  assert.deepEqual(
    (await readdir(place.home)).toSorted((a, b) => a.localeCompare(b)),
    [`${other}.git`, `${built}.git`, 'note', 'scratch-in-use'],
  );
});

test('a built branch is swept, too, when its mirror was unused for a month', async () => {
  await using place = await temporary();
  for (const id of [commit, other]) {
    await buildMirror(place.home, id, () => Promise.resolve(null));
    await mkdir(join(mirrorPath(place.home, id), 'refs', 'heads', 'self-build'), { recursive: true });
  }
  const age = async (id: string, days: number) => {
    const then = new Date(Date.now() - days * 86_400_000);
    await utimes(mirrorPath(place.home, id), then, then);
  };
  await age(commit, 31);
  await age(other, 29);
  await sweepMirrors(place.home, new Date());
  assert.deepEqual(await readdir(place.home), [`${other}.git`]);
});

test('the mirrors of every repository are swept, also of one that no job asks for, and nothing else', async () => {
  await using state = await mkdtempDisposable(join(tmpdir(), 'self-coding-mirror-'));
  const homes = ['a', 'b'].map((id) => mirrorHome(state.path, { kind: 'local', id: `/srv/${id}` }));
  const foreign = join(state.path, 'git', 'of someone else');
  const long = new Date(Date.now() - 3 * 86_400_000);
  const fill = async () => {
    for (const home of [...homes, foreign]) {
      await buildMirror(home, commit, () => Promise.resolve(null));
      await utimes(mirrorPath(home, commit), long, long);
    }
  };
  const left = () => [...homes, foreign].filter((home) => existsSync(mirrorPath(home, commit)));
  const sweep = createSweeper(state.path);
  await sweep(new Date());
  await fill();
  const start = Date.now();
  await sweep(new Date(start));
  assert.equal(left().length, 3, 'not again within the hour');
  await sweep(new Date(start + 3_700_000));
  assert.deepEqual(left(), [foreign]);
});

test('a mirror that is found counts as used', async () => {
  await using place = await temporary();
  await buildMirror(place.home, commit, () => Promise.resolve(null));
  const long = new Date(Date.now() - 3 * 86_400_000);
  await utimes(mirrorPath(place.home, commit), long, long);
  assert.equal(await findMirror(place.home, commit), mirrorPath(place.home, commit));
  await sweepMirrors(place.home, new Date());
  assert.ok(existsSync(mirrorPath(place.home, commit)));
});
