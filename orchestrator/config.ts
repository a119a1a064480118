/** The only file that reads `process.env`: one strict parse at start, then plain frozen values. */
import { resolve } from 'node:path';
import { z } from 'zod';

const projectRoot = resolve(import.meta.dirname, '..');

const flag = z
  .enum(['true', 'false', '1', '0'], { error: 'must be true, false, 1 or 0' })
  .transform((text) => text === 'true' || text === '1');
const off = flag.default(false);
const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) => text.split(',').map((part) => part.trim()))
    .transform((parts) => parts.filter((part) => part !== ''));
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be between ${least} and ${most}`);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const text = z.string().min(1, 'must not be empty');

function isDecodable(url: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(url);
}

const environment = z.object({
  ENABLE_SELF_CODING_ENGINE: off,
  SELF_CODING_ALLOWED_REPO_PREFIXES: list(projectRoot).refine(
    (prefixes) => prefixes.every((p) => p.startsWith('/') || /^https?:\/\//.test(p)),
    'every entry must be an absolute path or a URL prefix',
  ),
  SELF_CODING_ALLOW_HIGH_RISK: off,
  SELF_CODING_ALLOWED_FILE_SUFFIXES: list('.py,.md,.txt,.json,.yml,.yaml').refine(
    (suffixes) => suffixes.length > 0 && suffixes.every((s) => /^\.[^\s/,]+$/.test(s)),
    'every entry must be a suffix with its dot',
  ),
  SELF_CODING_MODEL: text.default('gpt-4-0125-preview'),
  SELF_CODING_TEST_COMMAND: text.default('python3 -m pytest -q tests'),
  SELF_CODING_SKIP_TESTS: off,
  SELF_CODING_ENABLE_PUSH: off,
  SELF_CODING_ENABLE_PR: off,
  SELF_CODING_BASE_BRANCH: text.default('main'),
  SELF_CODING_MAX_ATTEMPTS: wholeNumber(1, 10).default(3),
  SELF_CODING_APPROVAL_HOURS: wholeNumber(1, 8760).default(168),
  SELF_CODING_CONCURRENCY: wholeNumber(1, 64).default(1),
  SELF_CODING_STATE_DIR: text.default(resolve(projectRoot, '.self-coding')).transform((path) => resolve(path)),
  SELF_CODING_RUNNER: text
    .regex(/^(local|unix:\/.+|https?:\/\/.+)$/, 'must be local, unix:/absolute/path or http://host:port')
    .default('local'),
  SELF_CODING_RUNNER_TOKEN: text.optional(),
  SELF_CODING_DOCKER_SOCKET: text.default('/var/run/docker.sock'),
  SELF_CODING_BASE_IMAGE: text.optional(),
  SELF_CODING_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS: wholeNumber(30, 86_400).default(900),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' })
    .refine(isDecodable, 'must have a % in its password written as %25')
    .optional(),
  OPENAI_API_KEY: text.optional(),
  OPENAI_BASE_URL: httpUrl.optional(),
  GITHUB_TOKEN: text.optional(),
  GITHUB_APP_ID: wholeNumber(1, 999_999_999).optional(),
  GITHUB_APP_PRIVATE_KEY: text.optional(),
  GITHUB_API_URL: httpUrl.default('https://api.github.com'),
  GITHUB_URL: httpUrl.default('https://github.com'),
});

/** An example for each variable whose value is easily got wrong; shown beside the error. */
const examples: Readonly<Record<string, string>> = {
  SELF_CODING_ALLOWED_REPO_PREFIXES: '/srv/repos,https://github.com/acme/',
  SELF_CODING_ALLOWED_FILE_SUFFIXES: '.py,.md',
  SELF_CODING_MODEL: 'gpt-4-0125-preview',
  SELF_CODING_TEST_COMMAND: 'python3 -m pytest -q tests',
  SELF_CODING_BASE_BRANCH: 'main',
  SELF_CODING_MAX_ATTEMPTS: '3',
  SELF_CODING_APPROVAL_HOURS: '168',
  SELF_CODING_CONCURRENCY: '2',
  SELF_CODING_RUNNER: 'unix:/run/self-coding/runner.sock',
  SELF_CODING_LOG_LEVEL: 'info',
  AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS: '900',
  DATABASE_URL: 'postgres://user:password@localhost:5432/self_coding',
  OPENAI_BASE_URL: 'https://api.openai.com/v1',
  GITHUB_APP_ID: '123456',
  GITHUB_API_URL: 'https://github.example.com/api/v3',
  GITHUB_URL: 'https://github.example.com',
};

/** Every variable that is read. */
export const settingNames: readonly string[] = Object.keys(environment.shape);

export type Config = Readonly<z.output<typeof environment>> & { readonly projectRoot: string };

/** A setting that can't be used; the message names the variable, what is wrong, and an example. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

function complain(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): never {
  const lines = issues.map((issue) => {
    const name = String(issue.path[0] ?? 'configuration');
    return `${name} ${issue.message}. Example: ${name}=${examples[name] ?? 'true'}`;
  });
  throw new ConfigError(lines.join('\n'));
}

function checkTogether(config: z.output<typeof environment>): void {
  const path = ['SELF_CODING_ENABLE_PR'];
  if (config.SELF_CODING_ENABLE_PR && !config.SELF_CODING_ENABLE_PUSH) {
    complain([
      { path, message: 'needs SELF_CODING_ENABLE_PUSH=true as well: a pull request is made from a pushed branch' },
    ]);
  }
  if (config.GITHUB_APP_ID !== undefined && config.GITHUB_APP_PRIVATE_KEY === undefined) {
    complain([{ path: ['GITHUB_APP_ID'], message: 'needs GITHUB_APP_PRIVATE_KEY (PEM text) as well' }]);
  }
  if (config.SELF_CODING_RUNNER.startsWith('http') && config.SELF_CODING_RUNNER_TOKEN === undefined) {
    complain([{ path: ['SELF_CODING_RUNNER'], message: 'over TCP needs SELF_CODING_RUNNER_TOKEN as well' }]);
  }
}

/**
 * Parses the environment once. An empty variable counts as unset (as docker compose writes it).
 * Throws `ConfigError` with one line for each wrong variable.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) return complain(parsed.error.issues);
  checkTogether(parsed.data);
  return Object.freeze({ ...parsed.data, projectRoot });
}
