/** One self_build job on real parts: Postgres, Docker, git; only the model is scripted, behind its real protocol. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Context } from '../../orchestrator/cli/context.ts';
import { type RunOptions, type RunResult, runToEnd } from '../../orchestrator/cli/run.ts';
import { readConfig } from '../../orchestrator/config.ts';
import { createScrubber } from '../../orchestrator/keys/scrub.ts';
import { secretsOf } from '../../orchestrator/log.ts';
import type { Watcher } from '../../orchestrator/ports/watcher.ts';
import { type AddressParts, connectDatabase } from '../../orchestrator/store/database.ts';
import type { Db } from '../../orchestrator/store/schema.ts';
import { instanceOf } from '../../orchestrator/wire-local-runner.ts';
import { testDatabase } from './database.ts';
import { assertNoSandboxes } from './invariants.ts';
import { type ModelServer, type Script, startModelServer } from './model-server.ts';
import { type Files, makeRepository, type TestRepository } from './repository.ts';

export interface JobOptions {
  readonly script?: Script;
  /** Of the first commit; null = no commit at all. */
  readonly files?: Files | null;
  /** Instead of a repository on disk made for this job. */
  readonly repository?: TestRepository;
  /** Instead of a fresh database on the shared server. */
  readonly address?: AddressParts;
  readonly bare?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export interface JobBench extends AsyncDisposable {
  readonly model: ModelServer;
  readonly repository: TestRepository;
  readonly db: Db;
  readonly stateDir: string;
  readonly stages: readonly string[];
  /** The settings of its jobs, for processes of their own. */
  readonly env: Readonly<Record<string, string>>;
  /** Everything that the engine logged. */
  readonly logged: () => string;
  /** Proposes, approves and waits, as `self-coding run` does. */
  run(options?: Partial<RunOptions>, env?: Readonly<Record<string, string>>): Promise<RunResult>;
}

/** A small Python project whose test fails until `answer` is 42. */
export const questionFiles: Files = {
  'src/__init__.py': '',
  'src/question.py': 'def answer():\n    return 41\n',
  'tests/__init__.py': '',
  'tests/test_question.py': 'from src.question import answer\n\n\ndef test_answer():\n    assert answer() == 42\n',
};

/** A diff of that project that makes `answer` return something else. */
export function answerWith(value: string): string {
  return `diff --git a/src/question.py b/src/question.py\n--- a/src/question.py\n+++ b/src/question.py\n@@ -1,2 +1,2 @@\n def answer():\n-    return 41\n+    return ${value}\n`;
}

/** A diff that adds one file. */
export function adding(path: string, ...lines: readonly string[]): string {
  const body = lines.map((line) => `+${line}\n`).join('');
  return `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${body}`;
}

/** Sets everything up; disposing asserts that nothing is left behind. */
export async function openJobBench(options: JobOptions = {}): Promise<JobBench> {
  await using stack = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), 'self-coding-job-'));
  stack.defer(() => rm(stateDir, { recursive: true, force: true }));
  stack.defer(() => assertNoSandboxes(instanceOf(stateDir)));
  const address = options.address ?? stack.use(await testDatabase({ migrated: false })).address;
  const { db } = stack.use(connectDatabase(address, { onError: () => undefined }));
  const files = options.files === undefined ? questionFiles : options.files;
  const made = { ...(files === null ? {} : { files }), bare: options.bare ?? true };
  const repository = options.repository ?? stack.use(await makeRepository(made));
  const model = stack.use(
    await startModelServer({ script: options.script ?? [answerWith('42')], models: ['scripted'] }),
  );
  const lines: string[] = [];
  const stages: string[] = [];
  const base = { ...environment(address, { stateDir, repository, model }), ...options.env };
  const watcher: Watcher = {
    stage: (stage) => {
      stages.push(stage);
      return () => undefined;
    },
    log: () => undefined,
  };
  const kept = stack.move();
  return {
    model,
    repository,
    db,
    stateDir,
    stages,
    env: base,
    logged: () => lines.join('\n'),
    run: (over = {}, env = {}) => {
      const context = contextOf({ ...base, ...env }, lines);
      return runToEnd(
        { repo: repository.path, title: 'The answer is wrong', approveAs: 'alice', ...over },
        context,
        watcher,
      );
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function environment(
  address: AddressParts,
  {
    stateDir,
    repository,
    model,
  }: { readonly stateDir: string; readonly repository: TestRepository; readonly model: ModelServer },
): Readonly<Record<string, string>> {
  return {
    ENABLE_SELF_CODING_ENGINE: 'true',
    SELF_CODING_ALLOWED_REPO_PREFIXES: repository.path,
    SELF_CODING_ENABLE_PUSH: 'true',
    SELF_CODING_ENABLE_PR: 'true',
    SELF_CODING_STATE_DIR: stateDir,
    SELF_CODING_MODEL: 'scripted',
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_API_KEY: 'sk-canary-of-the-tests',
    DATABASE_URL: databaseUrl(address),
  };
}

/** As `DATABASE_URL` takes it; `host` may be a socket's directory. */
export function databaseUrl({ host, port, user, password, database }: AddressParts): string {
  return `postgres://${user}:${encodeURIComponent(password)}@localhost:${port ?? 5432}/${database}?host=${encodeURIComponent(host)}`;
}

function contextOf(env: Readonly<Record<string, string>>, lines: string[]): Context {
  const config = readConfig(env);
  const log = pino({ level: 'debug', base: null }, { write: (line: string) => lines.push(line) });
  const output = { result: () => undefined, line: () => undefined, progress: () => undefined };
  return {
    config,
    output,
    log,
    scrubber: createScrubber(secretsOf(config)),
    signal: new AbortController().signal,
    json: true,
  };
}

/** A refused or failed job leaves no branch, no pull request; asserts on what the remote has. */
export async function assertNothingPublished({ repository }: JobBench, result: RunResult): Promise<void> {
  assert.equal(result.pullRequest, null);
  assert.equal(await repository.git(['for-each-ref', '--format=%(refname)', 'refs/heads/self-build']), '');
}
