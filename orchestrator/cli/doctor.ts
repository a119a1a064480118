import { access } from 'node:fs/promises';
import { termsOf } from '../engine.ts';
import { run } from '../git/run.ts';
import { label, describe, type Refused } from '../outcome.ts';
import { readPolicies } from '../policy.ts';
import { askEngine } from '../set-up/engine.ts';
import { openKeys } from '../wire-keys.ts';
import { openRunner } from '../wire-runner.ts';
import { openStore } from '../wire-store.ts';
import type { Context } from './context.ts';
import { exit, type ExitCode } from './exit.ts';
import { table } from './output.ts';

/** `info` is worth knowing but stops nothing. */
interface Row {
  readonly check: string;
  readonly state: 'ok' | 'info' | 'fails';
  readonly found: string;
  readonly todo: string;
}

type Check = (context: Context) => Promise<Omit<Row, 'check'>>;

const ok = (found: string) => ({ state: 'ok', found, todo: '' }) as const;
const info = (found: string, todo: string) => ({ state: 'info', found, todo }) as const;
const fails = (found: string, todo: string) => ({ state: 'fails', found, todo }) as const;

const checks: Readonly<Record<string, Check>> = {
  engine: async ({ config }) =>
    config.ENABLE_SELF_CODING_ENGINE
      ? ok('on')
      : info('off', 'set ENABLE_SELF_CODING_ENGINE=true to queue and run jobs'),
  policies: async ({ config }) => ok(`digest ${termsOf(config, await readPolicies(config)).policyDigest.slice(0, 16)}`),
  repositories: checkPrefixes,
  git: async () => {
    const { stdout } = await run({ args: ['--version'], gitDir: '/dev/null' });
    return ok(Buffer.from(stdout).toString().trim());
  },
  database: async ({ config, log, signal }) => {
    await using _store = await openStore(config, { role: 'sender', log, signal });
    return ok(config.DATABASE_URL === undefined ? 'embedded Postgres' : 'DATABASE_URL');
  },
  docker: checkDocker,
  sandbox: async ({ config, log }) => {
    await using runner = await openRunner(config, log);
    return ofRefusal(await runner.ready(), `ready (${config.SELF_CODING_RUNNER})`);
  },
  model: async ({ config, log, scrubber, signal }) => {
    const answer = await openKeys(config, { log, scrubber }).model.check(signal);
    if (answer.kind === 'unknown')
      return info(`${config.SELF_CODING_MODEL}: the server does not say`, 'nothing, if it answers chat completions');
    return ofRefusal(answer, `${config.SELF_CODING_MODEL} is there`);
  },
  forge: async ({ config }) => {
    if (config.GITHUB_TOKEN !== undefined || config.GITHUB_APP_ID !== undefined)
      return ok(`GitHub at ${config.GITHUB_API_URL}`);
    return info('local repositories only', 'set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY, for GitHub');
  },
  delivery: async ({ config }) => {
    if (config.SELF_CODING_ENABLE_PR) return ok('push and pull request');
    return info(
      config.SELF_CODING_ENABLE_PUSH ? 'push only' : 'neither push nor pull request',
      'set SELF_CODING_ENABLE_PUSH and SELF_CODING_ENABLE_PR',
    );
  },
};

/** `self-coding doctor`: a table of what is there and what to do; fails when a job could not run. */
export async function doctor(context: Context): Promise<ExitCode> {
  const rows: Row[] = [];
  for (const [check, look] of Object.entries(checks)) {
    context.output.progress(`checking ${check}`);
    rows.push({ check, ...(await lookAt(look, context)) });
  }
  context.output.result(rows, () =>
    table(
      ['check', 'state', 'found', 'what to do'],
      rows.map((row) => [row.check, row.state, row.found, row.todo]),
    ),
  );
  return rows.some((row) => row.state === 'fails') ? exit.refused : exit.done;
}

async function lookAt(look: Check, context: Context): Promise<Omit<Row, 'check'>> {
  try {
    return await look(context);
  } catch (error) {
    context.signal.throwIfAborted();
    return fails('failed', oneLine(describe(error)));
  }
}

function ofRefusal(
  answer: Refused | { readonly kind: 'ready' | 'available' | 'unknown' },
  found: string,
): Omit<Row, 'check'> {
  return answer.kind === 'refused' ? fails(label(answer), oneLine(answer.reason)) : ok(found);
}

async function checkPrefixes({ config }: Context): Promise<Omit<Row, 'check'>> {
  const prefixes = config.SELF_CODING_ALLOWED_REPO_PREFIXES;
  for (const path of prefixes.filter((prefix) => prefix.startsWith('/'))) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (!there) return fails(`${path} does not exist`, 'correct SELF_CODING_ALLOWED_REPO_PREFIXES');
  }
  return ok(prefixes.join(', '));
}

async function checkDocker({ config }: Context): Promise<Omit<Row, 'check'>> {
  if (config.SELF_CODING_RUNNER !== 'local') return ok('not needed here: the runner has it');
  const answer = await askEngine(config.SELF_CODING_DOCKER_SOCKET);
  switch (answer.kind) {
    case 'answers':
      return ok(`Docker Engine ${answer.version} (${answer.architecture})`);
    case 'forbidden':
      return fails('no permission', `add your user to the group that owns ${config.SELF_CODING_DOCKER_SOCKET}`);
    case 'silent':
      return fails(
        `no answer (${answer.why})`,
        'install and start Docker; npm run demo does that on Debian and Ubuntu as root',
      );
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 300);
}
