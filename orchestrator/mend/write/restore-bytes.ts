/**
 * Bytes that are no UTF-8 reach a model as U+FFFD, and so come back. Where an added line takes over the surroundings of
 * such a byte from an old line, the byte is that line's.
 */

/** U+FFFD as byte text. */
const replacement = '\xef\xbf\xbd';
const character =
  /[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}/y;
/** Longer lines are not looked at. */
const longest = 2_000;

/** An old line as it is and as it was shown. */
export interface OldLine {
  readonly raw: string;
  readonly shown: string;
}

export function isLossy(text: string): boolean {
  return text.includes(replacement);
}

/** Null where the old lines don't say, or say different things. */
export function restoreBytes(text: string, olds: readonly OldLine[]): string | null {
  const made = new Set(olds.flatMap((old) => (isLossy(old.shown) ? (takenOver(text, old) ?? []) : [])));
  return made.size === 1 ? ([...made][0] ?? null) : null;
}

/** The shared start and end with the old line's bytes; null if a lost byte stands between them. */
function takenOver(text: string, { raw, shown }: OldLine): string | null {
  const units = text.length > longest || raw.length > longest ? [] : unitsOf(raw);
  if (units.map((unit) => unit.shown).join('') !== shown) return null;
  let [head, headRaw] = [0, ''];
  for (const unit of units) {
    if (!text.startsWith(unit.shown, head)) break;
    head += unit.shown.length;
    headRaw += unit.raw;
  }
  let [tail, tailRaw] = [text.length, ''];
  for (const unit of units.toReversed()) {
    if (tail - unit.shown.length < head || !text.endsWith(unit.shown, tail)) break;
    tail -= unit.shown.length;
    tailRaw = unit.raw + tailRaw;
  }
  const middle = text.slice(head, tail);
  return isLossy(middle) ? null : headRaw + middle + tailRaw;
}

/** Characters, and bytes that are part of none. */
function unitsOf(raw: string): readonly OldLine[] {
  const units: OldLine[] = [];
  for (let at = 0; at < raw.length; ) {
    character.lastIndex = at;
    const found = character.exec(raw)?.[0];
    const unit = { raw: found ?? raw.charAt(at), shown: found ?? replacement };
    units.push(unit);
    at += unit.raw.length;
  }
  return units;
}
