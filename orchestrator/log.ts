import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';
import { createLogStream, createScrubber } from './keys/scrub.ts';

/** JSON lines on stderr, with every secret that the settings hold taken out. */
export function createLog(config: Config, out: { write(line: string): unknown }): Logger {
  const { OPENAI_API_KEY, GITHUB_TOKEN, GITHUB_APP_PRIVATE_KEY, SELF_CODING_RUNNER_TOKEN, DATABASE_URL } = config;
  const password = DATABASE_URL === undefined ? null : decodeURIComponent(new URL(DATABASE_URL).password);
  const known = [OPENAI_API_KEY, GITHUB_TOKEN, GITHUB_APP_PRIVATE_KEY, SELF_CODING_RUNNER_TOKEN];
  const scrubber = createScrubber([...known.map((secret) => secret ?? null), password]);
  return pino({ level: config.SELF_CODING_LOG_LEVEL, base: null }, createLogStream(scrubber, out));
}
