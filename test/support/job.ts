/** One self_build job on real parts: Postgres, Docker, git; only the model is scripted, behind its real protocol. */
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
import { assertNothingLeft, type Ending, watchProcess } from './invariants.ts';
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

/** The key that the model's server asks for; it must come out nowhere. */
export const modelKey = 'sk-canary-of-the-tests';

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

/** Sets everything up; disposing asserts what must hold after any job (invariants.ts), whatever it came to. */
export async function openJobBench(options: JobOptions = {}): Promise<JobBench> {
  await using stack = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), 'self-coding-job-'));
  stack.defer(() => rm(stateDir, { recursive: true, force: true }));
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
  const results: RunResult[] = [];
  const watch = watchProcess();
  stack.defer(watch.stop);
  // First of all that is disposed of: the database and the repository are still there to be looked at.
  stack.defer(async () => {
    for (const job of [undefined, ...results.flatMap((result) => endingOf(result, db))]) {
      await assertNothingLeft({
        instance: instanceOf(stateDir),
        stateDir: { path: stateDir },
        ...(job === undefined ? {} : { job }),
        secrets: {
          canaries: [modelKey],
          texts: [...lines, JSON.stringify(results), JSON.stringify(model.requests)],
          db,
          git: repository.git,
        },
        process: { watch },
      });
    }
  });
  const kept = stack.move();
  return {
    model,
    repository,
    db,
    stateDir,
    stages,
    env: base,
    logged: () => lines.join('\n'),
    run: async (over = {}, env = {}) => {
      const context = contextOf({ ...base, ...env }, lines);
      const wanted = { repo: repository.path, title: 'The answer is wrong', approveAs: 'alice', ...over };
      const result = await runToEnd(wanted, context, watcher);
      results.push(result);
      return result;
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
    OPENAI_API_KEY: modelKey,
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

/** Nothing for what never became a job. */
function endingOf({ proposalId, status, code }: RunResult, db: Db): readonly Ending[] {
  if (proposalId === null) return [];
  const ended = status === 'pr_opened' || status === 'self_build_completed' || status === 'self_build_failed';
  return ended ? [{ db, proposalId, status, code }] : [];
}

/** A refused or failed job leaves no branch, no pull request; asserts on what the remote has. */
export async function assertNothingPublished({ repository }: JobBench, result: RunResult): Promise<void> {
  const pullRequests = result.pullRequest === null ? [] : [result.pullRequest];
  await assertNothingLeft({ published: { git: repository.git, branches: [], pullRequests } });
}
