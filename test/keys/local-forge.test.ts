import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createForge } from '../../orchestrator/keys/forge.ts';
import { createLocalForge } from '../../orchestrator/keys/local-forge.ts';
import { refuse } from '../../orchestrator/outcome.ts';
import type { Forge, PullRequestInput } from '../../orchestrator/ports/forge.ts';

const never = new AbortController().signal;
const input: PullRequestInput = {
  repository: { kind: 'local', id: '/srv/repos/widgets.git' },
  proposalId: 'p1',
  baseBranch: 'main',
  branch: 'self-build/p1',
  commit: 'b'.repeat(40),
  title: 'Fix\nit',
  body: 'What and why',
  labels: ['self-coding'],
};

async function setUp() {
  const stateDir = await mkdtemp(join(tmpdir(), 'local-forge-'));
  const forge = createLocalForge({ stateDir });
  const files = async () => (await readdir(join(stateDir, 'pull-requests'), { recursive: true })).toSorted();
  return { stateDir, forge, files, [Symbol.asyncDispose]: () => rm(stateDir, { recursive: true }) };
}

async function opened(forge: Forge, more: Partial<PullRequestInput> = {}) {
  const result = await forge.openPullRequest({ ...input, ...more }, never);
  assert.equal(result.kind, 'opened');
  return result;
}

test('a pull request is kept as JSON and as Markdown, always a draft', async () => {
  await using local = await setUp();
  const { number, url, draft } = await opened(local.forge);
  assert.deepEqual([number, draft], [1, true]);
  const markdown = await readFile(fileURLToPath(url), 'utf8');
  assert.match(markdown, /^# Fix it\n\n- repository: `\/srv\/repos\/widgets\.git`\n/);
  assert.match(markdown, /What and why/);
  const kept = JSON.parse(await readFile(join(dirname(fileURLToPath(url)), '1.json'), 'utf8'));
  assert.deepEqual([kept.number, kept.draft, kept.commit, kept.branch], [1, true, input.commit, input.branch]);
});

test('opening it twice gives the same pull request, and mends what a crash left out', async () => {
  await using local = await setUp();
  const first = await opened(local.forge);
  await rm(fileURLToPath(first.url));
  assert.deepEqual(await opened(local.forge), first);
  assert.match(await readFile(fileURLToPath(first.url), 'utf8'), /What and why/);
});

test('branches get numbers of their own, also many at once, and nothing temporary stays', async () => {
  await using local = await setUp();
  const branches = Array.from({ length: 12 }, (_, n) => `self-build/p${n}`);
  const all = await Promise.all(branches.map((branch) => opened(local.forge, { branch })));
  assert.equal(new Set(all.map(({ number }) => number)).size, 12);
  assert.equal((await local.files()).filter((name) => name.endsWith('.tmp')).length, 0);
});

test('one branch opened many times at once has one pull request', async () => {
  await using local = await setUp();
  const all = await Promise.all(Array.from({ length: 12 }, () => opened(local.forge)));
  assert.deepEqual([...new Set(all.map(({ number }) => number))], [1]);
  assert.equal((await local.files()).filter((name) => name.endsWith('.json')).length, 1);
});

test('two repositories don’t share numbers', async () => {
  await using local = await setUp();
  await opened(local.forge);
  const other = await opened(local.forge, { repository: { kind: 'local', id: '/srv/repos/gadgets.git' } });
  assert.equal(other.number, 1);
});

test('a branch whose pull request is for another commit is push_conflict', async () => {
  await using local = await setUp();
  await opened(local.forge);
  const refused = await local.forge.openPullRequest({ ...input, commit: 'c'.repeat(40) }, never);
  assert.equal(refused.kind === 'refused' && refused.code, 'push_conflict');
});

test('one that a person closed meanwhile is taken if it is for our commit, and is in nobody’s way if not', async () => {
  await using local = await setUp();
  const first = await opened(local.forge);
  const path = fileURLToPath(first.url).replace(/md$/, 'json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"open"', '"closed"'));
  assert.deepEqual(await opened(local.forge), first);
  assert.match(await readFile(fileURLToPath(first.url), 'utf8'), /state: closed, draft/);
  assert.equal((await opened(local.forge, { commit: 'c'.repeat(40) })).number, 2);
  const refused = await local.forge.openPullRequest(input, never);
  assert.equal(refused.kind === 'refused' && refused.code, 'push_conflict');
});

test('a file that is no pull request of ours stops it as a fault, instead of being overwritten', async () => {
  await using local = await setUp();
  const { url } = await opened(local.forge);
  const path = join(dirname(fileURLToPath(url)), '1.json');
  await writeFile(path, '{"number":1}');
  await assert.rejects(opened(local.forge), { name: 'Fault', code: 'forge_unavailable', subject: path });
  assert.equal(await readFile(path, 'utf8'), '{"number":1}');
});

test('a state folder that can’t be written is a fault', async () => {
  await using local = await setUp();
  await writeFile(join(local.stateDir, 'pull-requests'), 'in the way');
  await assert.rejects(opened(local.forge), { name: 'Fault', code: 'forge_unavailable' });
});

test('a cancelled job keeps nothing', async () => {
  await using local = await setUp();
  const cancelled = AbortSignal.abort(new Error('cancelled by hand'));
  await assert.rejects(local.forge.openPullRequest(input, cancelled), /cancelled by hand/);
  assert.deepEqual(await readdir(local.stateDir), []);
});

test('a local repository goes to the local forge, a remote one to the remote forge', async () => {
  await using local = await setUp();
  const no = refuse('forge_unavailable', 'remote');
  const remote: Forge = { ready: () => no, openPullRequest: async () => no };
  const forge = createForge({ local: local.forge, remote });
  const elsewhere = { kind: 'remote', id: 'https://github.com/acme/widgets' } as const;
  assert.deepEqual(forge.ready(input.repository), { kind: 'ready' });
  assert.equal(forge.ready(elsewhere), no);
  assert.equal((await opened(forge)).number, 1);
  assert.equal(await forge.openPullRequest({ ...input, repository: elsewhere }, never), no);
  assert.equal(local.forge.ready(elsewhere).kind, 'refused');
});
