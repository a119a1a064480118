/** What a failed request to GitHub means: our mistake or a setting (refused), or GitHub's trouble (a fault). */
import { z } from 'zod';
import { Fault, type Refused, refuse } from '../outcome.ts';
import { ForbiddenEndpoint } from './github-endpoints.ts';
import { type Scrubber, scrubError } from './scrub.ts';

const answered = z.object({
  status: z.int(),
  response: z
    .object({
      headers: z.record(z.string(), z.unknown()).catch({}),
      data: z.object({ message: z.string().optional(), documentation_url: z.string().optional() }).catch({}),
    })
    .optional(),
});

type Answered = z.output<typeof answered>;

/** True for a 422: GitHub understood the request and won't do it. */
export function isUnprocessable(error: unknown): boolean {
  return answered.safeParse(error).data?.status === 422;
}

/**
 * Refuses what no retry can mend: `push_rejected` for a token, permission or repository that is gone (401, 403, 404,
 * redirects), `forge_unavailable` for any other request that GitHub won't take.
 * Throws `Fault('forge_unavailable')` for rate limits, 5xx and silence. `subject` is the repository.
 */
export function ruleOnFailure(error: unknown, subject: string, scrubber: Scrubber): Refused {
  if (error instanceof ForbiddenEndpoint) throw error;
  const answer = answered.safeParse(error).data;
  const cause = scrubError(error, scrubber);
  if (answer === undefined || answer.status >= 500 || isRateLimit(answer)) {
    throw new Fault('forge_unavailable', subject, `GitHub could not be asked about ${subject}`, { cause });
  }
  const said = scrubber.scrub(plain(answer.response?.data.message ?? cause.message));
  const { status } = answer;
  if (status === 401) return refuse('push_rejected', `GitHub refuses the token (401): ${said}; renew GITHUB_TOKEN`);
  if (status === 403) {
    const wanted = 'the token needs contents and pull requests: write';
    return refuse('push_rejected', `GitHub forbids it for ${subject} (403): ${said}; ${wanted}`);
  }
  if (status === 404 || status === 410 || status < 400) {
    const moved = 'it was renamed or removed, or the token may not see it';
    return refuse('push_rejected', `GitHub has no ${subject} for us (${status}): ${moved}`);
  }
  return refuse('forge_unavailable', `GitHub won't open a pull request for ${subject} (${status}): ${said}`);
}

/** 403 and 429 are used for both limits; GitHub marks a limit by header, and secondary ones at least by their page. */
function isRateLimit({ status, response }: Answered): boolean {
  if (status === 429) return true;
  if (status !== 403 || response === undefined) return false;
  const { headers, data } = response;
  const isMarked = headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0';
  return isMarked || data.documentation_url?.includes('rate-limit') === true;
}

/** Someone else's words in a reason of ours: one printable line. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 300);
}
