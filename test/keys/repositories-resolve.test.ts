import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, mkdtempDisposable, readdir, realpath, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { mirrorHome, mirrorPath } from '../../orchestrator/git/mirror.ts';
import { createRepositories } from '../../orchestrator/keys/repositories.ts';
import { makeRepository } from '../support/repository.ts';
import { asBase, given, reasonOf, resolved } from './given-repositories.ts';

/** `allowed/`, `allowed-evil/` with a repository `x` each, and a `Given` that allows only the first. */
async function twoPlaces() {
  const root = await mkdtempDisposable(join(await realpath(tmpdir()), 'self-coding-places-'));
  const path = (...names: string[]) => join(root.path, ...names);
  await makeRepository({ path: path('allowed', 'x'), bare: false, files: { a: 'a\n' } });
  await makeRepository({ path: path('allowed-evil', 'x'), files: { a: 'a\n' } });
  const place = await given({ allowedPrefixes: [path('allowed'), 'https://github.com/acme/'] });
  const resolve = (repo: string) => place.repositories.resolve(repo);
  return {
    ...place,
    path,
    resolve,
    [Symbol.asyncDispose]: async () => {
      await place[Symbol.asyncDispose]();
      await root.remove();
    },
  };
}

test('a work tree, a bare repository and a relative path are resolved to the real path', async () => {
  await using place = await twoPlaces();
  await makeRepository({ path: place.path('allowed', 'bare.git'), files: { a: 'a\n' } });
  for (const name of ['x', 'bare.git']) {
    const repository = { kind: 'local', id: place.path('allowed', name) };
    for (const text of [
      place.path('allowed', name),
      `${place.path('allowed')}//./${name}/`,
      relative('.', place.path('allowed', name)),
    ]) {
      assert.deepEqual(await place.resolve(text), { kind: 'repository', repository }, text);
    }
  }
});

test('a directory whose name only begins like an allowed one is repo_not_allowed, and the reason names the setting', async () => {
  await using place = await twoPlaces();
  const reason = reasonOf(await place.resolve(place.path('allowed-evil', 'x')), 'repo_not_allowed');
  assert.match(reason, /SELF_CODING_ALLOWED_REPO_PREFIXES/);
  reasonOf(await place.resolve(place.path('allowed', '..', 'allowed-evil', 'x')), 'repo_not_allowed');
});

test('a link in an allowed directory is judged by where it leads', async () => {
  await using place = await twoPlaces();
  await symlink(place.path('allowed-evil', 'x'), place.path('allowed', 'link'));
  await symlink(place.path('allowed', 'x'), place.path('way-in'));
  reasonOf(await place.resolve(place.path('allowed', 'link')), 'repo_not_allowed');
  assert.equal((await resolved(place.repositories, place.path('way-in'))).id, place.path('allowed', 'x'));
});

test('a prefix that is a link allows what it leads to', async () => {
  await using place = await twoPlaces();
  await symlink(place.path('allowed'), place.path('alias'));
  await using linked = await given({ allowedPrefixes: [place.path('alias')] });
  assert.equal((await resolved(linked.repositories, place.path('alias', 'x'))).id, place.path('allowed', 'x'));
});

test('what is not there is unsupported in an allowed place, and not allowed elsewhere: nobody can look around', async () => {
  await using place = await twoPlaces();
  assert.match(reasonOf(await place.resolve(place.path('allowed', 'missing')), 'repo_unsupported'), /There is no/);
  reasonOf(await place.resolve(place.path('allowed-evil', 'missing')), 'repo_not_allowed');
  reasonOf(await place.resolve('/etc/shadow'), 'repo_not_allowed');
  reasonOf(await place.resolve('/etc/no-such-file'), 'repo_not_allowed');
});

test('what is no repository is unsupported: a file, an empty directory, a part of a repository, its .git', async () => {
  await using place = await twoPlaces();
  await mkdir(place.path('allowed', 'empty'));
  await mkdir(place.path('allowed', 'x', 'src'));
  await writeFile(place.path('allowed', 'file'), '');
  for (const name of ['empty', 'file', 'file/below', 'x/src', 'x/.git']) {
    reasonOf(await place.resolve(place.path('allowed', ...name.split('/'))), 'repo_unsupported');
  }
});

test('a .git that leads elsewhere, by a file or a link, is unsupported', async () => {
  await using place = await twoPlaces();
  for (const name of ['file', 'link']) await mkdir(place.path('allowed', name));
  await writeFile(place.path('allowed', 'file', '.git'), `gitdir: ${place.path('allowed-evil', 'x')}\n`);
  await symlink(place.path('allowed-evil', 'x'), place.path('allowed', 'link', '.git'));
  for (const name of ['file', 'link']) {
    assert.match(reasonOf(await place.resolve(place.path('allowed', name)), 'repo_unsupported'), /elsewhere/);
  }
});

test('URLs become canonical, and only an allowed prefix lets them in', async () => {
  await using place = await twoPlaces();
  const repository = { kind: 'remote', id: 'https://github.com/acme/x' };
  assert.deepEqual(await place.resolve('https://GitHub.com/acme/x.git'), { kind: 'repository', repository });
  for (const other of [
    'https://github.com/acme-evil/x',
    'https://github.com:444/acme/x',
    'https://github.com.evil.org/acme/x',
    'http://127.0.0.1/acme/x',
  ]) {
    reasonOf(await place.resolve(other), 'repo_not_allowed');
  }
});

const unusable = [
  '',
  'file:///srv/x',
  'ext::sh -c "touch /tmp/canary"',
  'fd::7',
  'git@github.com:acme/x',
  'ssh://git@github.com/acme/x',
  'git://github.com/acme/x',
  'http://github.com/acme/x',
  'http://169.254.169.254/latest',
  'https://user:secret@github.com/acme/x',
  'https://github.com/acme/../other/x',
  'https://github.com/acme/%2e%2e/x',
  'x\0y',
  '/srv/x\n/y',
  'x'.repeat(5000),
];
for (const text of unusable) {
  test(`${JSON.stringify(text).slice(0, 60)} is repo_unsupported, and what may be a password is not repeated`, async () => {
    await using place = await given();
    assert.doesNotMatch(reasonOf(await place.repositories.resolve(text), 'repo_unsupported'), /secret/);
  });
}

test('our own mirrors are no repository to work on', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await given();
  const base = asBase(await place.fetch(repository.path));
  const mirror = mirrorPath(mirrorHome(place.stateDir, base.repository), base.commit);
  assert.ok((await readdir(mirror)).includes('objects'));
  reasonOf(await place.repositories.resolve(mirror), 'repo_not_allowed');
});

test('a repository that was swapped for a link since it was resolved is not fetched', async () => {
  await using place = await twoPlaces();
  const repository = await resolved(place.repositories, place.path('allowed', 'x'));
  await rename(place.path('allowed', 'x'), place.path('allowed', 'y'));
  await symlink(place.path('allowed-evil', 'x'), place.path('allowed', 'x'));
  const request = { repository, branch: 'main', pinned: null };
  reasonOf(await place.repositories.fetchBase(request, AbortSignal.timeout(60_000)), 'repo_not_allowed');
});

test('a prefix that could never match stops the start, with the name of the setting', () => {
  for (const wrong of [
    'srv/repos',
    '/srv/../etc',
    'http://github.com/acme',
    'https://user@github.com/',
    'ssh://github.com/acme',
  ]) {
    const options = {
      stateDir: '/x',
      allowedPrefixes: [wrong],
      github: { url: 'https://github.com' },
      token: () => Promise.resolve(null),
    };
    assert.throws(() => createRepositories(options), /SELF_CODING_ALLOWED_REPO_PREFIXES/);
  }
});
