/** The file that a line of an answer names, as in "### `src/a.py`:" or "```python src/a.py". */
import { trim, trimEnd } from '../byte-text.ts';

const longest = 300;
const introduction =
  /^(?:new |updated? |modified |full |create |edit )?(?:file(?:name)?|path|in|update|create|edit|modify|add)? ?:? ?/i;
/** Well-known files without a suffix; any other such word is more likely prose. */
const bareName =
  /^(?:[A-Z][a-z]+file|makefile|AUTHORS|CHANGELOG|CHANGES|CODEOWNERS|CONTRIBUTORS|COPYING|INSTALL|LICENSE|MAINTAINERS|MANIFEST|NEWS|NOTICE|README|TODO|VERSION)$/;
const attribute = /^(?:file|filename|path|title|name)=(.+)$/i;

/** `known` = the file exists in the base. Null where the line says more than a name: prose names files too. */
export function pathOfLine(line: string, known: (path: string) => boolean): string | null {
  if (line === '' || line.length > longest) return null;
  const bare = trim(trim(line).replace(/^(?:(?:#{1,6}|>|[-*+]|\d{1,3}[.)]) +){1,4}/, ''));
  const ticked = /^\*{0,2}(?:[A-Za-z ]{1,24}:? ?)?\*{0,2} ?`([^`]+)`[*: ]*(?:\([^()]*\))?[*: ]*$/.exec(bare)?.[1];
  if (ticked !== undefined) return looksLikePath(ticked, known) ? ticked : null;
  const plain = trimEnd(bare.replace(/ ?\([^()]*\)(?=[*: ]*$)/, '').replace(/[*:\s]{0,6}$/, '')).replace(
    /^\*{1,2}/,
    '',
  );
  for (const text of [plain, plain.replace(introduction, '').replace(/^\*{1,2} ?/, '')]) {
    if (looksLikePath(text, known)) return text;
  }
  return null;
}

/** The file in the info string of a fence: "python src/a.py", "src/a.py", "python:src/a.py", 'js title="a.js"'. */
export function pathOfInfo(info: string, known: (path: string) => boolean): string | null {
  if (info === '' || info.length > longest) return null;
  const [first = '', ...rest] = info.split(' ');
  // A path may hold blanks: only the base can say so.
  for (const path of [info, rest.join(' ')]) if (known(path)) return path;
  const plain = [first, ...rest].filter((word) => !attribute.test(word) && /\w/.test(word));
  for (const word of [first, ...rest]) {
    const text = (attribute.exec(word)?.[1] ?? (plain.length > 2 ? '' : word)).replace(/^["'{]|["'}]$/g, '');
    const after = text.slice(text.indexOf(':') + 1);
    for (const path of [text, after]) if (looksLikePath(path, known)) return path;
  }
  return null;
}

/** A comment that holds nothing but the name of a file of the base, as in "// src/a.js". */
export function pathOfComment(line: string, known: (path: string) => boolean): string | null {
  const text = line.length > longest ? '' : trim(line);
  const name = /^(?:#|\/\/|--|;|%|<!--|\/\*) *(?:[Ff]ile(?:name)?: *)?(\S+) *(?:-->|\*\/)?$/.exec(text)?.[1];
  return name !== undefined && known(name.replace(/^(?:\.\/)+/, '')) ? name : null;
}

function looksLikePath(text: string, known: (path: string) => boolean): boolean {
  if (known(text.replace(/^(?:\.\/)+/, ''))) return true;
  if (!/^[\w.@/+\-[\]\x80-\xff]+$/.test(text)) return false;
  return /[^/]\/[^/]/.test(text) || /\w\.[A-Za-z]\w{0,9}$/.test(text) || bareName.test(text);
}
