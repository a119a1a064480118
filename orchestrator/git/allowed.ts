/** Which repositories a prefix allows: pure text rules on canonical names. Symlinks are resolved before, by the caller. */

/** The only characters of a path in a URL. No `%`: `%2e%2e` or `%2f` would be one thing here and another at the server. */
const segment = /^[A-Za-z0-9._~+-]+$/;
const shape = /^(https?):\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[^\s\\?#]*)?$/i;
const loopback: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * The canonical form of a repository's URL: lower-case scheme and host, no default port, no trailing slash, no `.git`.
 * https only, and http for this machine alone. Null for everything else: other schemes, credentials, query, fragment,
 * empty, `.` or `..` parts, percent-encoding.
 */
export function canonicalUrl(text: string): string | null {
  const prefix = canonicalUrlPrefix(text);
  return prefix === null || new URL(prefix).pathname === '/' ? null : prefix;
}

/** As `canonicalUrl`, but a host alone is enough. */
export function canonicalUrlPrefix(text: string): string | null {
  const [, , host = '', , path = ''] = shape.exec(text) ?? [];
  // The characters rule out user:password@, and a trailing dot would be the same host under another name.
  if (host === '' || host.endsWith('.') || !URL.canParse(text)) return null;
  const url = new URL(text);
  // Without TLS anyone on the way could read the token and change the code.
  if (url.protocol === 'http:' && !loopback.includes(url.hostname)) return null;
  const parts = path
    .replace(/^\//, '')
    .replace(/\/$/, '')
    .replace(/(?:\.git)+$/, '')
    .split('/');
  if (parts.length === 1 && parts[0] === '') return path === '' || path === '/' ? url.origin : null;
  const plain = parts.every((part) => segment.test(part) && part !== '.' && part !== '..');
  return plain ? `${url.origin}/${parts.join('/')}` : null;
}

/** A prefix of paths in the form that `isWithin` takes: no trailing slash, no `//`, `.` or `..`. Null if it isn't absolute. */
export function canonicalPathPrefix(text: string): string | null {
  if (!text.startsWith('/')) return null;
  const parts = text.split('/').filter((part) => part !== '');
  return parts.some((part) => part === '.' || part === '..') ? null : parts.map((part) => `/${part}`).join('');
}

/** Is this canonical path or URL the prefix itself or below it? Whole segments: `/srv/repos` is no prefix of `/srv/repos-evil`. */
export function isWithin(prefix: string, id: string): boolean {
  return id === prefix || id.startsWith(`${prefix}/`);
}
