import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';
import { createLogStream, type Scrubber } from './keys/scrub.ts';

/** Every secret that the settings hold; those that are minted later are learned where they are minted. */
export function secretsOf(config: Config): readonly string[] {
  const { OPENAI_API_KEY, GITHUB_TOKEN, GITHUB_APP_PRIVATE_KEY, SELF_CODING_RUNNER_TOKEN, DATABASE_URL } = config;
  const known = [OPENAI_API_KEY, GITHUB_TOKEN, GITHUB_APP_PRIVATE_KEY, SELF_CODING_RUNNER_TOKEN];
  return [...known, ...passwordsOf(DATABASE_URL)].filter((secret) => secret !== undefined);
}

/** As it stands in the URL, decoded, and as a parameter. */
function passwordsOf(url: string | undefined): readonly string[] {
  if (url === undefined) return [];
  const { password, searchParams } = new URL(url);
  return [password, decodeURIComponent(password), ...searchParams.getAll('password')].filter((text) => text !== '');
}

/** JSON lines, with every secret that the scrubber knows taken out. */
export function createLog(config: Config, scrubber: Scrubber, out: { write(line: string): unknown }): Logger {
  return pino({ level: config.SELF_CODING_LOG_LEVEL, base: null }, createLogStream(scrubber, out));
}
