import { createHash, timingSafeEqual } from 'node:crypto';

/** Is this `Authorization` header the token's? In constant time: a wrong guess must not tell how right it was. */
export function bearerMatches(header: string | undefined, token: string): boolean {
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
