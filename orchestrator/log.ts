import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';
import { createLogStream, createScrubber, type Scrubber } from './keys/scrub.ts';

/** Knows every secret that the settings hold; it learns those that are minted later. */
export function scrubberOf(config: Config): Scrubber {
  const { OPENAI_API_KEY, GITHUB_TOKEN, GITHUB_APP_PRIVATE_KEY, SELF_CODING_RUNNER_TOKEN, DATABASE_URL } = config;
  const password = DATABASE_URL === undefined ? null : decodeURIComponent(new URL(DATABASE_URL).password);
  const known = [OPENAI_API_KEY, GITHUB_TOKEN, GITHUB_APP_PRIVATE_KEY, SELF_CODING_RUNNER_TOKEN];
  return createScrubber([...known.map((secret) => secret ?? null), password]);
}

/** JSON lines, with every secret that the scrubber knows taken out. */
export function createLog(config: Config, scrubber: Scrubber, out: { write(line: string): unknown }): Logger {
  return pino({ level: config.SELF_CODING_LOG_LEVEL, base: null }, createLogStream(scrubber, out));
}
