/** Characters in added lines that a reviewer can not see, or that reorder what is seen ("Trojan Source", CVE-2021-42574). */
import { refuse, type Refused } from '../outcome.ts';
import { type ComparedFile, textOf } from './changed-file.ts';
import { codeOnly } from './code-text.ts';
import { prose } from './flags.ts';
import { mixedWord, styledWord } from './lookalikes.ts';
import type { DiffPolicy } from './policy.ts';

/**
 * Controls but tab, format characters (bidi, zero-width, tags, BOM), private use, whatever fonts leave out, line and
 * paragraph separators, the Braille blank, noncharacters. Not among them: Arabic number signs, which are seen.
 */
const suspicious =
  /[^\P{Cc}\t]|[^\P{Cf}\u0600-\u0605\u06DD\u070F\u08E2]|[\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800]|\u{1D159}|\u{16FE4}/gu;
const plain = /^[\x20-\x7e\t]*$/;
const joiner = '\u200D';
/** Emoji presentation, text presentation. */
const presentation = new Set(['\uFE0F', '\uFE0E']);
const emoji = /[^\P{Emoji}\d#*]$/u;
/** `1️⃣`: a digit, the selector, and the key around it. */
const keycap = '\u20E3';
const joined = /(?:\p{Extended_Pictographic}\uFE0F?|\p{Emoji_Modifier})$/u;
const pictograph = /^\p{Extended_Pictographic}/u;

/** The first flaw in the added lines of a file. Lines that were there before are not judged. */
export function inspectUnicode({ path, after, lines: { added } }: ComparedFile, policy: DiffPolicy): Refused | null {
  let code: readonly string[] | null = null;
  const allowed = new Set(policy.unicode.allowed);
  for (const { text, number, keepsMark } of added) {
    if (plain.test(text)) continue;
    const where = `${path}:${number}`;
    const char = invisibleIn(text, { allowed, keepsMark });
    if (char !== null) {
      const reason = `${where} would have the character ${char}, which a reviewer can not see; see "unicode.allowed" in policies/diff.json.`;
      return refuse('diff_unicode', reason, where);
    }
    // What is a comment and what a string is seen in the whole file only.
    code ??= prose.test(path) ? [] : codeOnly(path, textOf(after)).split('\n');
    const word = policy.unicode.lookalikes ? deceivingWord(text, code[number - 1] ?? '') : null;
    if (word !== null) {
      const reason = `${where} would have the word ${escaped(word)}, with letters that only look like Latin ones; see "unicode.lookalikes" in policies/diff.json.`;
      return refuse('diff_unicode', reason, where);
    }
  }
  return null;
}

/** In any text a word of mixed letters; in code also one of styled letters, which texts and comments may well have. */
function deceivingWord(text: string, code: string): string | null {
  return mixedWord(text) ?? styledWord(code);
}

/** As `U+202E`; null = there is none. */
function invisibleIn(
  line: string,
  { allowed, keepsMark }: { readonly allowed: ReadonlySet<string>; readonly keepsMark: boolean },
): string | null {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  for (const { 0: char, index } of text.matchAll(suspicious)) {
    const name = nameOf(char);
    const known = allowed.has(name) || (keepsMark && index === 0 && char === '\uFEFF');
    if (!known && !isOfEmoji(text, char, index)) return name;
  }
  return null;
}

/** Where emoji need it: a presentation after one, a joiner between two. */
function isOfEmoji(text: string, char: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 4), index);
  if (presentation.has(char)) return emoji.test(before) || (/[\d#*]$/.test(before) && text[index + 1] === keycap);
  return char === joiner && joined.test(before) && pictograph.test(text.slice(index + 1, index + 3));
}

function nameOf(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function escaped(word: string): string {
  return Array.from(word.slice(0, 60), (char) => (/[\x20-\x7e]/.test(char) ? char : `<${nameOf(char)}>`)).join('');
}
