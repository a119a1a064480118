/**
 * What must hold after every hostile case, whatever it was: the invariants I1 to I8 of docs/security.md in one place.
 * Each is checked where the caller hands in what it needs; a test of a whole job hands in everything.
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import Docker from 'dockerode';
import { history } from '../../orchestrator/store/events.ts';
import type { Db } from '../../orchestrator/store/schema.ts';
import { verifyChain } from '../../orchestrator/store/verify-chain.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';
import type { TestRepository } from './repository.ts';

export interface Left {
  /** I1: nothing of this instance of the engine is on Docker. */
  readonly instance?: string;
  /** I2: no scratch directory, index or lock; with `may`, nothing but these at the top. */
  readonly stateDir?: { readonly path: string; readonly may?: readonly string[] };
  /** I3: exactly these branches of ours, and as many pull requests as expected. */
  readonly published?: Published;
  /** I4: the proposal has come to exactly this end, and the audit tells all of it. */
  readonly job?: Ending;
  /** I5: none of these secrets, in any form, in any of these texts, in the database, or in the repository's objects. */
  readonly secrets?: Secrets;
  /** I6: these files are what they were. */
  readonly unchanged?: Snapshot;
  /** I7: the process is alive and well. */
  readonly process?: { readonly watch: ProcessWatch; readonly megabytes?: number };
  /** I8: an ordinary job, started now, succeeds. Throws if it does not. */
  readonly next?: () => Promise<void>;
}

export interface Published {
  readonly git: TestRepository['git'];
  /** Full names of the refs under refs/heads/self-build/. */
  readonly branches: readonly string[];
  readonly pullRequests: readonly unknown[];
  /** 0 if not given. */
  readonly expectedPullRequests?: number;
}

export interface Ending {
  readonly db: Db;
  readonly proposalId: string;
  readonly status: 'self_build_completed' | 'self_build_failed' | 'pr_opened';
  /** `code` or `code:detail`; null for a success. */
  readonly code: string | null;
}

export interface Secrets {
  readonly canaries: readonly string[];
  readonly texts: readonly (string | Uint8Array)[];
  readonly db?: Db;
  readonly git?: TestRepository['git'];
}

/** Fails with the name of the first invariant that does not hold. */
export async function assertNothingLeft(left: Left): Promise<void> {
  if (left.instance !== undefined) await assertNoSandboxes(left.instance);
  if (left.stateDir !== undefined) await assertNoScratch(left.stateDir);
  if (left.published !== undefined) await assertPublished(left.published);
  if (left.job !== undefined) await assertEnded(left.job);
  if (left.secrets !== undefined) await assertNoSecrets(left.secrets);
  if (left.unchanged !== undefined) await assertUnchanged(left.unchanged);
  if (left.process !== undefined) assertAlive(left.process);
  // Last: it makes new things of its own.
  await left.next?.();
}

/** I1. Other test files run at the same time, so only what carries this label. */
export async function assertNoSandboxes(instance: string): Promise<void> {
  const docker = new Docker({ socketPath: '/var/run/docker.sock', host: undefined });
  const filters = { label: [`self-coding.instance=${instance}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  const networks = await docker.listNetworks({ filters });
  const left = [...containers, ...(volumes ?? []), ...networks].map(({ Labels }) => Labels);
  assert.deepEqual(left, [], 'I1: a container, volume or network is left');
}

async function assertNoScratch({ path, may }: NonNullable<Left['stateDir']>): Promise<void> {
  const names = await readdir(path, { recursive: true });
  const scratch = names.filter((name) => /(?:^|\/)(?:scratch-[^/]*|index|[^/]*\.lock|tmp_[^/]*)$/.test(name));
  // An index belongs to a work tree of a person or to an operation; a mirror of ours has none.
  assert.deepEqual(scratch, [], 'I2: scratch is left');
  if (may === undefined) return;
  const others = names.filter((name) => !name.includes('/') && !may.includes(name));
  assert.deepEqual(others, [], 'I2: something else is left');
}

async function assertPublished({ git, branches, pullRequests, expectedPullRequests = 0 }: Published): Promise<void> {
  const found = await git(['for-each-ref', '--format=%(refname)', 'refs/heads/self-build/']);
  assert.deepEqual(found.split('\n').filter(Boolean), branches, 'I3: the branches');
  assert.equal(pullRequests.length, expectedPullRequests, 'I3: the pull requests');
}

async function assertEnded({ db, proposalId, status, code }: Ending): Promise<void> {
  const row = await db
    .selectFrom('ai_improvement_proposals')
    .select(['status', 'failure'])
    .where('id', '=', proposalId)
    .executeTakeFirstOrThrow();
  assert.deepEqual(row, { status, failure: code }, 'I4: the ending');
  const events = await history(db, proposalId);
  const froms = events.map((event) => event.from);
  const tos = events.map((event) => event.to);
  assert.deepEqual(froms, [null, ...tos.slice(0, -1)], 'I4: each event begins where the one before it ended');
  assert.equal(tos.at(-1), status, 'I4: the last event is the ending');
  assert.equal((await verifyChain(db)).kind, 'intact', 'I4: the chain of events');
}

async function assertNoSecrets({ canaries, texts, db, git }: Secrets): Promise<void> {
  const places = [...texts, ...(db === undefined ? [] : [await contentOf(db)])];
  if (git !== undefined) places.push(await git(['cat-file', '--batch', '--batch-all-objects']));
  for (const canary of canaries) {
    for (const form of formsOf(canary)) {
      const found = places.some((place) => Buffer.from(place).includes(form));
      assert.ok(!found, `I5: a canary came out, in a form of ${form.length} characters`);
    }
  }
}

/** As it is, and as an encoder, a proxy, a shell or a joker would write it. */
function formsOf(canary: string): readonly string[] {
  const bytes = Buffer.from(canary);
  const hex = bytes.toString('hex');
  const base64 = bytes.toString('base64').replace(/[^A-Za-z0-9]*$/, '');
  const reversed = Array.from(canary).toReversed().join('');
  const percent = encodeURIComponent(canary);
  const everyByte = hex.replace(/../g, (byte) => `%${byte}`);
  return [
    canary,
    base64.slice(0, -1),
    bytes.toString('base64url'),
    hex,
    hex.toUpperCase(),
    reversed,
    percent,
    everyByte,
  ];
}

/** Every row of every table that holds a word of a job. */
async function contentOf(db: Db): Promise<string> {
  const rows = await Promise.all([
    db.selectFrom('ai_improvement_proposals').selectAll().execute(),
    db.selectFrom('ai_proposal_events').selectAll().execute(),
    db.selectFrom('ai_self_builds').selectAll().execute(),
    db.selectFrom('ai_task_queue').selectAll().execute(),
  ]);
  return JSON.stringify(rows);
}

async function assertUnchanged({ root, except, files }: Snapshot): Promise<void> {
  const now = await snapshotOf(root, except);
  assert.deepEqual(now.files, files, 'I6: a file outside was touched');
}

export interface ProcessWatch {
  /** What was thrown where nobody caught it, so far. */
  readonly rejections: readonly unknown[];
  readonly startBytes: number;
  readonly stop: () => void;
}

/** Begins to look after this process. */
export function watchProcess(): ProcessWatch {
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  process.on('unhandledRejection', note);
  return { rejections, startBytes: residentBytes(), stop: () => process.off('unhandledRejection', note) };
}

function assertAlive({ watch, megabytes }: NonNullable<Left['process']>): void {
  assert.deepEqual(watch.rejections, [], 'I7: a rejection that nobody handled');
  if (megabytes === undefined) return;
  const grown = (residentBytes() - watch.startBytes) / 2 ** 20;
  assert.ok(grown < megabytes, `I7: the process has grown by ${grown.toFixed(0)} MiB`);
}

function residentBytes(): number {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  // Garbage that nobody has collected yet says nothing of a leak.
  if (typeof gc === 'function') gc();
  return process.memoryUsage().rss;
}
