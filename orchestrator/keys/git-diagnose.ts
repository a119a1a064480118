/** Why git failed: its exit code is 128 for everything, so the server is asked once more, over plain HTTP. */
import { Fault } from '../outcome.ts';
import { authorization, type Remote } from './git-remote.ts';
import { createTransport, TransportError } from './http-transport.ts';

export type Service = 'git-upload-pack' | 'git-receive-pack';

/** `refuses`: it will say the same tomorrow. `serves`: nothing is wrong with what it says to a plain question. */
export type Diagnosis =
  | { readonly kind: 'refuses'; readonly status: number; readonly reason: string }
  | { readonly kind: 'serves' };

const limits = { maxBytes: 16 * 2 ** 20, timeoutMs: 30_000 };
/** Timeouts, "too early" and "too many requests": the server asks to come back later. */
const later: readonly number[] = [408, 425, 429];

/**
 * Asks as git does at the start of a fetch or a push. Throws `Fault('forge_unavailable')` when there is no answer, or
 * one that says "not now" (5xx, 408, 425, 429), and `Fault('cancelled')`.
 */
export async function diagnose(
  remote: Remote,
  address: string,
  service: Service,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const headers = { ...authorization(remote), 'git-protocol': 'version=2' };
  const greeting = await ask(`${address}/info/refs?service=${service}`, { headers, signal });
  const verdict = judge(greeting, `application/x-${service}-advertisement`, remote.repository.id);
  if (verdict.kind === 'refuses' || service === 'git-upload-pack') return verdict;
  // A push may be forbidden only now. An empty list of commands changes nothing; git asks the same way.
  const type = `application/x-${service}-request`;
  const post = { method: 'POST', headers: { ...headers, 'content-type': type }, body: '0000', signal };
  const answer = await ask(`${address}/${service}`, post);
  return judge(answer, `application/x-${service}-result`, remote.repository.id);
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await createTransport(limits)(url, init);
  } catch (error) {
    const cancelled = error instanceof TransportError && error.failure === 'aborted';
    const { origin } = new URL(url);
    const message = `no answer from ${origin}`;
    throw new Fault(cancelled ? 'cancelled' : 'forge_unavailable', origin, message, { cause: error });
  }
}

function judge({ status, headers }: Response, contentType: string, subject: string): Diagnosis {
  if (status >= 500 || later.includes(status)) {
    throw new Fault('forge_unavailable', subject, `the git server answers with status ${status}`);
  }
  if (status >= 300)
    return { kind: 'refuses', status, reason: `the server answers with status ${status}${hint(status)}` };
  if (headers.get('content-type') === contentType) return { kind: 'serves' };
  return { kind: 'refuses', status, reason: 'the server answers, but not as a git server' };
}

function hint(status: number): string {
  if (status < 400) return ', a redirect; give the address that it leads to';
  if (status === 404 || status === 410) return ': no such repository, or the token (GITHUB_TOKEN) has no access to it';
  if (status === 401 || status === 403) return ': set GITHUB_TOKEN to a token that has access to it';
  return '';
}
