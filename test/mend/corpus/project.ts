/** A generated repository: files of every language, some with the odd endings and encodings that real ones have. */
import { languages, windowsLanguage, writeSource } from './languages.ts';
import type { Random } from './random.ts';

/** Bytes as a string with one character each. */
export type Files = Readonly<Record<string, string>>;

export function writeProject(random: Random): Files {
  const files: Record<string, string> = { 'README.md': '# Project\n\nSee docs.\n', 'src/app/__init__.py': '' };
  for (const [index, language] of [...languages, ...languages.slice(0, 4)].entries()) {
    const lines = writeSource(language, random, 3 + random.below(12));
    files[language.path(random, index)] = encode(lines, random, language === windowsLanguage);
  }
  return files;
}

function encode(lines: readonly string[], random: Random, windows: boolean): string {
  const text = trimLast(lines.map((line) => (random.chance(0.01) ? `${line}  ` : line)));
  if (windows) return text.map((line) => `${line}\r\n`).join('');
  const joined = text.join('\n');
  if (random.chance(0.15)) return joined;
  // Names with letters beyond ASCII: as UTF-8, or as Latin-1 that no UTF-8 decoder takes.
  const author = random.chance(0.1) ? random.pick(['Jos\xc3\xa9', 'Jos\xe9']) : '';
  return joined.replace('the ', `the ${author}`).concat('\n');
}

function trimLast(lines: readonly string[]): readonly string[] {
  const end = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(0, end + 1);
}
