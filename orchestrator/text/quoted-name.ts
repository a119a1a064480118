/** File names as git quotes them in the headers of a diff: in C style, bytes above 126 in octal. */

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/** A quoted name at the start of the text, one character a byte, and what follows it; null = it does not begin with one. */
export function readQuotedName(text: string): { readonly name: string; readonly rest: string } | null {
  if (!text.startsWith('"')) return null;
  let name = '';
  for (let at = 1; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '"') return { name, rest: text.slice(at + 1) };
    if (char !== '\\') {
      name += char;
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(at + 1, at + 4))?.[0];
    const plain = escapes[text[at + 1] ?? ''];
    if (octal === undefined && plain === undefined) return null;
    name += octal === undefined ? plain : String.fromCharCode(Number.parseInt(octal, 8));
    at += octal === undefined ? 1 : 3;
  }
  return null;
}

/** A name as git writes it: quoted if it holds control characters, quotes, backslashes or bytes that are not ASCII. */
export function writeName(name: string): string {
  const written = Array.from(name, quoted).join('');
  return written === name ? name : `"${written}"`;
}

/** The name in a header line whose text is UTF-8, quoted or not; null where the quotes don't end. */
export function nameOf(text: string): string | null {
  if (!text.startsWith('"')) return text;
  const name = readQuotedName(Buffer.from(text).toString('latin1'))?.name;
  return name === undefined ? null : Buffer.from(name, 'latin1').toString('utf8');
}

function quoted(char: string): string {
  const short = Object.entries(escapes).find(([, value]) => value === char)?.[0];
  if (short !== undefined) return `\\${short}`;
  const code = char.charCodeAt(0);
  return code < 32 || code > 126 ? `\\${code.toString(8).padStart(3, '0')}` : char;
}
