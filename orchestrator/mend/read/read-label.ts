/** File names in the header lines of a diff, read as git reads them. */
import { trimEnd } from '../byte-text.ts';
import type { Label } from '../edit.ts';

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
const timestamp = / +\d{4}-\d\d-\d\d[ T]\d\d:\d\d[\d:. +-]*$/;

/** The name after `--- `, `+++ `, `rename from ` and the like; null = /dev/null. */
export function readLabel(text: string): Label {
  const quoted = readQuoted(text);
  const name = quoted?.name ?? trimEnd(text.split('\t', 1)[0] ?? '').replace(timestamp, '');
  if (name === '') return undefined;
  return name === '/dev/null' || name === 'dev/null' ? null : name;
}

/** Both names of a `diff --git` line; null where they can't be told apart. */
export function readGitLabels(text: string): { readonly old: Label; readonly new: Label } | null {
  const line = trimEnd(text);
  const quoted = readQuoted(line);
  if (quoted !== null) return { old: quoted.name, new: readLabel(quoted.rest.replace(/^ +/, '')) };
  if (line.endsWith('"')) {
    const at = line.indexOf(' "');
    return at === -1 ? null : { old: line.slice(0, at), new: readLabel(line.slice(at + 1)) };
  }
  // "a/x y b/x y": with blanks in the name only two equal halves are certain.
  const middle = (line.length - 1) / 2;
  const [left, right] = [line.slice(0, middle), line.slice(middle + 1)];
  if (line[middle] === ' ' && withoutPrefix(left) === withoutPrefix(right)) return { old: left, new: right };
  const words = line.split(' ').filter((word) => word !== '');
  return words.length === 2 ? { old: readLabel(words[0] ?? ''), new: readLabel(words[1] ?? '') } : null;
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** A C-style quoted name at the start of the text, and what follows it. */
function readQuoted(text: string): { readonly name: string; readonly rest: string } | null {
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

/** A name as git writes it in a header: quoted if it holds control characters, quotes, backslashes or non-ASCII bytes. */
export function writeName(name: string): string {
  const written = Array.from(name, quoted).join('');
  return written === name ? name : `"${written}"`;
}

function quoted(char: string): string {
  const short = Object.entries(escapes).find(([, value]) => value === char)?.[0];
  if (short !== undefined) return `\\${short}`;
  const code = char.charCodeAt(0);
  return code < 32 || code > 126 ? `\\${code.toString(8).padStart(3, '0')}` : char;
}
