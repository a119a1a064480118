/** What the engine may ever ask of GitHub. Merging is not on the list. */

/** Placeholders in braces stand for one path segment. Adding a line here is a decision about what a stolen job can do. */
const allowed: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/repos/{owner}/{repo}/pulls'],
  ['POST', '/repos/{owner}/{repo}/pulls'],
  ['POST', '/repos/{owner}/{repo}/issues/{issue_number}/labels'],
  ['GET', '/repos/{owner}/{repo}/installation'],
  ['POST', '/app/installations/{installation_id}/access_tokens'],
];

/** A request that the engine must never make; it has not left the process. */
export class ForbiddenEndpoint extends Error {
  override readonly name = 'ForbiddenEndpoint';
}

export interface OutgoingRequest {
  readonly method: string;
  /** As it would be sent, with all placeholders filled in. */
  readonly url: string;
  readonly baseUrl: string;
  readonly body: unknown;
}

/**
 * Throws `ForbiddenEndpoint` unless method and path are on the list and the host is GitHub's. It looks at the final URL,
 * so no spelling of a merge, a review approval, a ref update or GraphQL gets through; nor a pull request that is no draft.
 */
export function assertAllowed({ method, url, baseUrl, body }: OutgoingRequest): void {
  const target = new URL(url);
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const inside = target.origin === base.origin && target.pathname.startsWith(`${prefix}/`);
  const path = target.pathname.slice(prefix.length);
  const isListed = allowed.some(([verb, template]) => verb === method && fits(path, template));
  if (!inside || !isListed) throw new ForbiddenEndpoint(`the engine never sends ${method} ${target.pathname}`);
  if (method === 'POST' && path.endsWith('/pulls') && !isDraft(body)) {
    throw new ForbiddenEndpoint('the engine opens pull requests as drafts only');
  }
}

function fits(path: string, template: string): boolean {
  const given = path.split('/');
  const wanted = template.split('/');
  return (
    given.length === wanted.length &&
    wanted.every((part, index) => {
      const segment = given[index] ?? '';
      return part.startsWith('{') ? isPlain(segment) : part === segment;
    })
  );
}

/** An encoded slash or dot could mean another path to the server than to us. */
function isPlain(segment: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(segment);
}

function isDraft(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'draft' in body && body.draft === true;
}
