/** Real sandboxes for tests: a runner on this machine's Docker, and repositories as parcels. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { SandboxOrder, SandboxRun } from '../../orchestrator/ports/sandbox.ts';
import { createLocalRunner, type LocalRunner } from '../../orchestrator/sandbox/local-runner.ts';
import type { SandboxPolicy } from '../../orchestrator/sandbox/policy.ts';
import { assertNoSandboxes } from './invariants.ts';
import { type Files, makeRepository } from './repository.ts';
import { sandboxHost } from './sandbox-image.ts';
import { anOrder, watching } from './sandbox-orders.ts';
import { sandboxPolicy } from './sandbox-policy.ts';

/** One commit as a sandbox gets it. */
export interface Parcel {
  readonly base: string;
  readonly tree: string;
  readonly pack: Uint8Array;
}

/** A parcel of these files, on top of an older commit that must not be in it. */
export async function packFiles(files: Files): Promise<Parcel> {
  await using repository = await makeRepository({ files: { 'old.txt': 'the past\n' } });
  const base = await repository.commit({ 'old.txt': null, ...files });
  const tree = await repository.git(['rev-parse', `${base}^{tree}`]);
  const objects = await repository.git(['rev-list', '--objects', '--no-walk', base]);
  const ids = objects.replaceAll(/ .*/g, '');
  return { base, tree, pack: await pack(repository.path, `${ids}\n`) };
}

function pack(path: string, ids: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const args = ['-C', path, 'pack-objects', '--stdout', '-q'];
    const child = execFile('git', args, { encoding: 'buffer', maxBuffer: 2 ** 28 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.end(ids);
  });
}

export interface SandboxOptions {
  readonly policy?: Partial<SandboxPolicy>;
  readonly concurrency?: number;
  /** Another way to the daemon, for tests that listen in or cut it. */
  readonly dockerSocket?: string;
  readonly files?: Files;
  readonly instanceId?: string;
  readonly reapEveryMs?: number;
}

export interface Sandboxes extends AsyncDisposable {
  readonly runner: LocalRunner;
  readonly instanceId: string;
  readonly policy: SandboxPolicy;
  readonly image: string;
  readonly parcel: Parcel;
  /** What the runner logged: warnings and errors. */
  readonly messages: readonly string[];
  readonly order: (changes?: Partial<SandboxOrder>) => SandboxOrder;
  /** Runs a command on the parcel's commit; fails the test unless it ran. `log` is the whole log as text. */
  readonly run: (command: string, changes?: Partial<SandboxOrder>) => Promise<SandboxRun & { readonly text: string }>;
}

/** Opens a runner of its own; disposing closes it, and fails if it left a container behind. */
export async function openSandboxes(options: SandboxOptions = {}): Promise<Sandboxes> {
  const { concurrency = 2, instanceId = `test-${randomUUID()}`, files = { 'README.md': 'hello\n' } } = options;
  const { image, dockerSocket } = await sandboxHost();
  const policy = await sandboxPolicy(options.policy);
  const parcel = await packFiles(files);
  const messages: string[] = [];
  const note = (_fields: object, text: string) => messages.push(text);
  const log = { warn: note, error: note };
  const socket = options.dockerSocket ?? dockerSocket;
  const { reapEveryMs = 60_000 } = options;
  const host = { dockerSocket: socket, image, policy, instanceId, concurrency, log };
  const runner = await createLocalRunner({ ...host, reapEveryMs });
  const order = (changes: Partial<SandboxOrder> = {}) =>
    anOrder({ role: 'base', base: parcel.base, pack: parcel.pack, ...changes });
  return {
    runner,
    instanceId,
    policy,
    image,
    parcel,
    messages,
    order,
    run: async (command, changes = {}) => {
      const run = await runner.run(order({ testCommand: command, ...changes }), watching());
      assert.ok(run.kind === 'ran', run.kind === 'refused' ? `${run.code}: ${run.reason}` : '');
      return { ...run, text: Buffer.concat([run.log.head, run.log.tail]).toString() };
    },
    [Symbol.asyncDispose]: async () => {
      await runner[Symbol.asyncDispose]();
      await assertNoSandboxes(instanceId);
    },
  };
}
