/** File names in the header lines of a diff, read as git reads them. */
import { trimEnd } from '../byte-text.ts';
import { readQuotedName } from '../../text/quoted-name.ts';
import type { Label } from '../edit.ts';

const timestamp = / +\d{4}-\d\d-\d\d[ T]\d\d:\d\d[\d:. +-]*$/;

/** The name after `--- `, `+++ `, `rename from ` and the like; null = /dev/null. */
export function readLabel(text: string): Label {
  const quoted = readQuotedName(text);
  const name = quoted?.name ?? trimEnd(text.split('\t', 1)[0] ?? '').replace(timestamp, '');
  if (name === '') return undefined;
  return name === '/dev/null' || name === 'dev/null' ? null : name;
}

/** Both names of a `diff --git` line; null where they can't be told apart. */
export function readGitLabels(text: string): { readonly old: Label; readonly new: Label } | null {
  const line = trimEnd(text);
  const quoted = readQuotedName(line);
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
