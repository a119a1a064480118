/**
 * Text as Postgres can keep it. Paths and logs come from strangers' code: a NUL or half a surrogate pair in one of them
 * must not turn an ending that we want to write into an error that is retried for ever.
 */
export function storableText(text: string, maxLength: number): string {
  const clean = text.toWellFormed().replaceAll('\0', '\uFFFD');
  if (clean.length <= maxLength) return clean;
  return `${clean.slice(0, maxLength - 1).toWellFormed()}…`;
}

/** The same as one line: an audit note must not look like two. */
export function storableLine(text: string, maxLength: number): string {
  return storableText(text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(), maxLength);
}

/** JSON text for a `jsonb` column, with every string in it as Postgres can keep it. */
export function storableJson(value: object): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'string' ? inner.toWellFormed().replaceAll('\0', '\uFFFD') : inner,
  );
}

/** Ids arrive from command lines and URLs; anything but a UUID is simply not found. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
