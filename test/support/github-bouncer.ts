/** Who may do what at the fake GitHub: personal tokens, App tokens with their permissions, App JWTs with their signature. */
import { type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import type { Operation } from './github-contract.ts';
import { failure, type GithubState, type Reply } from './github-state.ts';

export interface FakeApp {
  readonly id: number;
  readonly publicKey: KeyObject;
}

export interface Visitor {
  readonly authorization: string;
  readonly operation: Operation;
  /** The repository that is asked about, if any. */
  readonly fullName: string | null;
  readonly app: FakeApp | null;
  readonly state: GithubState;
  readonly token: string | undefined;
}

/** Null if the visitor may pass, else what GitHub answers. */
export function authenticate({ authorization, operation, fullName, app, state, token }: Visitor): Reply | null {
  const [scheme = '', credential = ''] = authorization.split(' ');
  if (!/^(token|bearer)$/i.test(scheme)) return failure(401, 'Requires authentication');
  if (operation.id.startsWith('apps/')) return checkJwt(credential, app);
  if (token !== undefined && credential === token) return null;
  const minted = state.tokens.find((one) => one.token === credential);
  if (minted === undefined) return failure(401, 'Bad credentials');
  if (fullName === null || !minted.repositories.includes(fullName)) return failure(404, 'Not Found');
  if (minted.permissions['pull_requests'] !== 'write') return failure(403, 'Resource not accessible by integration');
  return null;
}

const claims = z.object({ iat: z.int(), exp: z.int(), iss: z.union([z.int(), z.string()]) });

/** RS256, issued by the App, not from the future, at most ten minutes long: GitHub's rules. */
function checkJwt(jwt: string, app: FakeApp | null): Reply | null {
  const denied = failure(401, 'A JSON web token could not be decoded');
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  if (app === null || signature === '') return denied;
  const { alg } = z.object({ alg: z.string() }).parse(decode(header));
  const signed = Buffer.from(`${header}.${payload}`);
  const isGenuine = verify('sha256', signed, app.publicKey, Buffer.from(signature, 'base64url'));
  const { iat, exp, iss } = claims.parse(decode(payload));
  const now = Date.now() / 1_000;
  const isCurrent = iat <= now + 60 && exp > now && exp - iat <= 600;
  return alg === 'RS256' && isGenuine && isCurrent && String(iss) === String(app.id) ? null : denied;
}

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
