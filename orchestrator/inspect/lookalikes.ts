/** Words that mix Latin letters with letters of another script that look just like them (CVE-2021-42694). */

/** Cyrillic, Greek, Armenian, Cherokee and phonetic letters that most fonts draw like a Latin one. Others, as in `Δx`, can't be mistaken. */
const like =
  'АВЕЅІЈКМНОРСТУХаеорсухѕіјһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳօսԼՕՍӀӏᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᏀᏃᏒᏔᏙᏚᏞᏟᏢᏦᏴɡɑǃꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓤꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴⅼⅰⅴⅹⅽⅾⅿ';
const word = /[\p{L}\p{M}\p{N}_]+/gu;
const lookalike = new RegExp(`[${like}]`, 'u');
const latin = /[A-Za-z]/;

/** The first such word, or null. A word all in one script is what it seems to be, or just a word. */
export function mixedWord(line: string): string | null {
  if (!lookalike.test(line)) return null;
  // In "\nСумма" the n is no letter of the word.
  const text = line.replace(/\\[a-zA-Z0]|%[a-z]/g, '  ');
  for (const [found] of text.matchAll(word)) {
    if (latin.test(found) && lookalike.test(found)) return found;
  }
  return null;
}

/**
 * The first identifier that a compiler which normalises names (Python by NFKC) takes for a plain one, though it is
 * written with full-width, mathematical, superscript or other styled letters; null = there is none.
 */
export function styledWord(code: string): string | null {
  if (!/[^\0-\x7f]/.test(code)) return null;
  for (const [found] of code.matchAll(word)) {
    const plain = found.normalize('NFKC');
    if (plain !== found.normalize('NFC') && /^[A-Za-z_]\w*$/.test(plain)) return found;
  }
  return null;
}
