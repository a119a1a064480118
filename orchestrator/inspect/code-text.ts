/**
 * A program's text without its comments and the content of its strings, line by line, so that marks are counted in code
 * only. A scanner, not a parser: it knows the comment and string forms of common languages, and an unbalanced quote
 * costs it no more than the rest of that line. It can be led astray on purpose: nothing may rest on it alone.
 */

interface Syntax {
  readonly line: readonly string[];
  readonly block: readonly (readonly [open: string, close: string])[];
  /** Quotes of strings; those of three signs and the backtick may span lines. */
  readonly quotes: readonly string[];
}

const slashes: Syntax = { line: ['//'], block: [['/*', '*/']], quotes: ['"', "'", '`'] };
const hashes: Syntax = { line: ['#'], block: [], quotes: ['"""', "'''", '"', "'"] };
/** In Rust `'a` is a lifetime; in C++ `'` also groups digits. */
const doubleOnly: Syntax = { ...slashes, quotes: ['"'] };

const bySuffix: Readonly<Record<string, Syntax>> = {
  py: hashes,
  pyi: hashes,
  rb: { ...hashes, block: [['\n=begin', '\n=end']], quotes: ['"', "'"] },
  sh: { ...hashes, quotes: ['"', "'"] },
  yml: { ...hashes, quotes: ['"', "'"] },
  yaml: { ...hashes, quotes: ['"', "'"] },
  toml: hashes,
  ex: { ...hashes, quotes: ['"""', '"'] },
  exs: { ...hashes, quotes: ['"""', '"'] },
  rs: doubleOnly,
  php: { ...slashes, line: ['//', '# '] },
  sql: { line: ['--'], block: [['/*', '*/']], quotes: ["'", '"'] },
  lua: { line: ['--'], block: [['--[[', ']]']], quotes: ['"', "'"] },
};

function syntaxOf(path: string): Syntax {
  return bySuffix[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? slashes;
}

/** The same number of lines; texts of unknown kinds are read like C. */
export function codeOnly(path: string, text: string): string {
  const { line, block, quotes } = syntaxOf(path);
  const starts = [...block.map(([open]) => open), ...line, ...quotes];
  const special = new RegExp(starts.map((sign) => sign.replace(/[*[\]]/g, String.raw`\$&`)).join('|'), 'g');
  const pieces: string[] = [];
  let at = 0;
  for (let match = special.exec(text); match !== null; match = special.exec(text)) {
    const [sign] = match;
    pieces.push(text.slice(at, match.index));
    const from = match.index + sign.length;
    const close = block.find(([open]) => open === sign)?.[1];
    if (close !== undefined) at = endOf(text, close, from);
    else if (line.includes(sign)) at = lineEnd(text, from);
    else at = stringEnd(text, from, sign);
    const inner = lineBreaks(text.slice(match.index, at));
    pieces.push(quotes.includes(sign) ? `${sign}${inner}${sign}` : inner);
    special.lastIndex = at;
  }
  return pieces.join('') + text.slice(at);
}

/** Does the line hold nothing but a comment? */
export function isComment(path: string, line: string): boolean {
  const text = line.trimStart();
  const { line: marks, block } = syntaxOf(path);
  return (
    [...marks, ...block.map(([open]) => open.trim()), '* '].some((mark) => text.startsWith(mark)) &&
    !text.startsWith('#[')
  );
}

function endOf(text: string, close: string, from: number): number {
  const end = text.indexOf(close, from);
  return end === -1 ? text.length : end + close.length;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

/** Behind the closing quote, or the end of the line (of the text, for quotes that span lines). */
function stringEnd(text: string, from: number, quote: string): number {
  const spans = quote.length === 3 || quote === '`';
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text.startsWith(quote, at)) return at + quote.length;
    else if (text[at] === '\n' && !spans) return at;
  }
  return text.length;
}

function lineBreaks(text: string): string {
  return '\n'.repeat(text.split('\n').length - 1);
}
