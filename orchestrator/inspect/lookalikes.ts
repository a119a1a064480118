/** Words that mix Latin letters with letters of another script that look just like them (CVE-2021-42694). */

/** Cyrillic, Greek, Armenian, Cherokee and phonetic letters that most fonts draw like a Latin one. Others, as in `Δx`, can't be mistaken. */
const like = 'АВЕЅІЈКМНОРСТУХаеорсухѕіјһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳօսԼՕՍӀӏᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᏀᏃᏒᏔᏙᏚᏞᏟᏢᏦᏴɡɑ';
const word = /[\p{L}\p{M}\p{N}_]+/gu;
const lookalike = new RegExp(`[${like}]`, 'u');
const latin = /[A-Za-z]/;

/** The first such word, or null. A word all in one script is what it seems to be, or just a word. */
export function mixedWord(text: string): { readonly word: string; readonly index: number } | null {
  if (!lookalike.test(text)) return null;
  for (const match of text.matchAll(word)) {
    if (latin.test(match[0]) && lookalike.test(match[0])) return { word: match[0], index: match.index };
  }
  return null;
}

/** Full-width and mathematical letters, which compilers of some languages take for the plain ones. */
const styled = /[\p{L}\p{N}_]*[\u{FF21}-\u{FF3A}\u{FF41}-\u{FF5A}\u{1D400}-\u{1D7CB}][\p{L}\p{N}_]*/u;

/** The first word of a program's code with such a letter, or null. */
export function styledWord(code: string): string | null {
  return styled.exec(code)?.[0] ?? null;
}
