/** Text of others for people and logs: no character that a terminal or a reader could be fooled by, and never too long. */

/** Bytes of git's own error output that are kept; more says nothing new. */
export const errorBytes = 4096;

/** Escapes controls (but newline and tab), bidi and other invisible characters; cuts after `most` characters. */
export function printable(input: string | Uint8Array, most = errorBytes): string {
  const text = typeof input === 'string' ? input : new TextDecoder().decode(input);
  // ESC sequences rewrite a terminal, bidi controls reorder a line, C1 codes are escapes too.
  const escaped = text.replace(/[^\P{C}\n\t]|[\u2028\u2029]/gu, escape);
  return escaped.length <= most ? escaped : `${escaped.slice(0, most)}… (cut)`;
}

function escape(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
