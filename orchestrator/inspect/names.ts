/** Whether a path has a form that every file system, tool and reader takes for the same one thing. */
import { mixedWord } from './lookalikes.ts';
import type { DiffPolicy } from './policy.ts';
import { fold } from './rules.ts';

/** Letters, digits, marks, spaces inside, and harmless punctuation; no control, format, private or unassigned characters. */
const nameAllowed = /^[\p{L}\p{M}\p{N} !#$%&'()+,.;=@[\]^_{}~-]+$/u;
/** Letters and marks of which nothing is seen. */
const unseen = /\p{Default_Ignorable_Code_Point}/u;
const windowsDevice = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\..*)?$/i;

/** What is wrong with a path, as the end of a sentence; null = nothing. */
export function flawOf(path: string, { limits, unicode }: DiffPolicy): string | null {
  if (Buffer.byteLength(path) > limits.pathBytes) return `is longer than ${limits.pathBytes} bytes`;
  for (const name of path.split('/')) {
    if (name === '' || name === '.' || name === '..') return 'has an empty, "." or ".." part';
    if (Buffer.byteLength(name) > limits.nameBytes) return `has a part longer than ${limits.nameBytes} bytes`;
    if (!nameAllowed.test(name) || unseen.test(name)) return 'has a control, invisible or otherwise unusual character';
    if (name.startsWith('-') || name.startsWith(' ') || /[ .]$/.test(name))
      return 'has a part with a leading "-" or space, or a trailing "." or space';
    if (windowsDevice.test(fold(name)) || /~\d/.test(name))
      return 'has a part that is a device or short name on Windows';
    if (fold(name) === '.git') return 'leads into a .git directory';
    if (unicode.lookalikes && mixedWord(name) !== null) return 'has letters that only look like Latin ones';
  }
  return null;
}

/** A path for people: everything that is not plainly printable is escaped. */
export function printable(text: string): string {
  return text
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
    .slice(0, 400);
}
