/**
 * A program's text without its comments and the content of its strings, line by line, so that marks are counted in code
 * only. A scanner, not a parser: it knows the comment and string forms of common languages, and an unbalanced quote
 * costs it no more than the rest of that line.
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

/** The same number of lines; texts of unknown kinds are read like C. */
export function codeOnly(path: string, text: string): string {
  const syntax = bySuffix[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? slashes;
  let out = '';
  for (let at = 0; at < text.length; ) {
    const end = commentEnd(text, at, syntax) ?? null;
    if (end !== null) {
      out += lineBreaks(text.slice(at, end));
      at = end;
      continue;
    }
    const quote = syntax.quotes.find((each) => text.startsWith(each, at));
    if (quote === undefined) {
      out += text[at];
      at += 1;
      continue;
    }
    const close = stringEnd(text, at + quote.length, quote);
    out += `${quote}${lineBreaks(text.slice(at + quote.length, close))}${text.startsWith(quote, close) ? quote : ''}`;
    at = text.startsWith(quote, close) ? close + quote.length : close;
  }
  return out;
}

/** Where a comment that begins here ends; null = none begins here. */
function commentEnd(text: string, at: number, { line, block }: Syntax): number | null {
  const pair = block.find(([open]) => text.startsWith(open, at));
  if (pair !== undefined) {
    const close = text.indexOf(pair[1], at + pair[0].length);
    return close === -1 ? text.length : close + pair[1].length;
  }
  if (!line.some((mark) => text.startsWith(mark, at))) return null;
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** The index of the closing quote, or of the end of the line (of the text, for quotes that span lines). */
function stringEnd(text: string, from: number, quote: string): number {
  const spans = quote.length === 3 || quote === '`';
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text.startsWith(quote, at)) return at;
    else if (text[at] === '\n' && !spans) return at;
  }
  return text.length;
}

function lineBreaks(text: string): string {
  return text.replace(/[^\n]+/g, '');
}
