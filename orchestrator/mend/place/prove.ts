/**
 * The `index` line of a diff that git made holds the ids of both blobs. If the first is really the base's, the second is
 * a checksum of what was meant: it decides between readings, and a mended result that is not it is refused. Models make
 * such lines up; then the first id is wrong and the line says nothing.
 *
 * A diff that strict git takes as it is, with a real first id and a second that nothing fits, is taken too. Nobody can
 * compute an id in the head, so whoever edits a diff of git's leaves a stale one: it says that the text was touched, not
 * that it is wrong, and git does not look at it. Text that stands byte for byte where it says it does has one meaning.
 * Only what damage leaves no trace of in old lines could make it another one, and that is tried first: another place,
 * white space of added lines. So it is refused only where such damage shows but can't be undone: added lines that are
 * indented as no line of the file is, and hunks that change nothing.
 */
import type { BaseText } from '../plan/base-text.ts';
import { isBlob } from './blob-id.ts';
import type { Choice } from './decide.ts';
import { restates, type UnifiedSection } from '../edit.ts';
import { type Finding, placeAt, statedStart } from './find-hunk.ts';
import { isWellFormed, type Located } from './locate.ts';
import type { Meter } from '../../text/meter.ts';
import type { Place } from './place.ts';
import { regenerate, type ResultLine, type Variant } from '../write/regenerate.ts';
import { hasForeignIndent } from '../write/damage.ts';
import { type Placed, reindented } from '../write/reindent.ts';

/**
 * proven: these lines have the stated id. denied: nothing that the text can mean has it. stale: nor here, but the text
 * is well-formed. none: there is nothing to go by.
 */
export type Proof =
  | { readonly kind: 'proven'; readonly lines: readonly ResultLine[] }
  | { readonly kind: 'denied' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'none' };

const mostReadings = 2_000;
/** Steps for all readings of one file. */
const mostWork = 8_000_000;
/** The likeliest reading first; then what is known to happen to white space on the way, undone in added lines. */
const variants: readonly Variant[] = [
  {},
  { newline: 'other' },
  { indent: 'as written' },
  ...[4, 8, 2].map((width) => ({ indent: { blanks: width } })),
  ...[4, 2, 8].map((width) => ({ indent: { tabs: width } })),
];

export async function prove(file: Located, blobs: UnifiedSection['blobs'], meter: Meter): Promise<Proof> {
  const { base, findings, choices } = file;
  if (blobs === null) return { kind: 'none' };
  const old = baseContent(base);
  if (!meter.spend(old.length) || !(await isBlob(old, blobs.old))) return { kind: 'none' };
  const options = findings.map((finding, at) => optionsFor(finding, choices[at], base));
  const work = old.length / 4 + base.lines.length + findings.reduce((sum, { body }) => sum + 5 * body.length, 1);
  for (const { placed, variant } of readings(findings, options, Math.ceil(mostWork / work))) {
    if (!meter.spend(work)) break;
    const made = regenerate(base, placed, variant);
    const text = made.kind === 'lines' ? made.lines.map((line) => line.text).join('') : null;
    if (made.kind === 'lines' && text !== null && (await isBlob(text, blobs.new)))
      return { kind: 'proven', lines: made.lines };
  }
  const clear = isWellFormed(file) && !hasForeignIndent(file) && !findings.some(({ body }) => restates(body));
  return clear ? { kind: 'stale' } : { kind: 'denied' };
}

/** The same for a new file, where another file has shown that the checksums are real; `lines` with their `\n`. */
export async function proveNew(lines: readonly string[], blobs: UnifiedSection['blobs']): Promise<Proof> {
  if (blobs === null) return { kind: 'none' };
  const last = lines.at(-1) ?? '';
  const other = [...lines.slice(0, -1), last.endsWith('\n') ? last.slice(0, -1) : `${last}\n`];
  for (const { indent = 'as written', newline } of variants) {
    const made = (newline === undefined ? lines : other).map((line) => reindented(line, indent));
    if (await isBlob(made.join(''), blobs.new))
      return { kind: 'proven', lines: made.map((text) => ({ text, from: null })) };
  }
  return { kind: 'denied' };
}

function baseContent({ lines, open }: BaseText): string {
  return lines.length === 0 ? '' : lines.join('\n') + (open ? '' : '\n');
}

/** The place that was chosen comes first. */
function optionsFor(finding: Finding, choice: Choice | undefined, base: BaseText): readonly Place[] {
  switch (choice?.kind) {
    case 'placed':
      return [choice.place, ...finding.places.filter(({ start }) => start !== choice.place.start)];
    case 'several':
      return finding.cut ? [] : finding.places;
    case 'anchorless':
      return anywhere(finding, base);
    case 'missing':
    case 'contradicted':
    case 'torn':
    case undefined:
      return [];
  }
}

/** The stated line first, then every other. */
function anywhere(finding: Finding, base: BaseText): readonly Place[] {
  const stated = statedStart(finding);
  const starts = Array.from({ length: Math.min(base.lines.length + 1, mostReadings) }, (_, at) => at);
  return [...new Set(stated === null ? starts : [stated, ...starts])].flatMap(
    (at) => placeAt(finding.body, base, at) ?? [],
  );
}

interface Reading {
  readonly placed: readonly Placed[];
  readonly variant: Variant;
}

/** The chosen places with every variant, then every other combination of places as it is written, then with variants. */
function* readings(
  findings: readonly Finding[],
  options: readonly (readonly Place[])[],
  most: number,
): Generator<Reading> {
  if (options.some((list) => list.length === 0)) return;
  const [first, ...others] = combinations(findings, options, Math.min(most, mostReadings));
  let left = most;
  for (const variant of variants) if (first !== undefined && left-- > 0) yield { placed: first, variant };
  for (const variant of variants) for (const placed of others) if (left-- > 0) yield { placed, variant };
}

function combinations(
  findings: readonly Finding[],
  options: readonly (readonly Place[])[],
  most: number,
): readonly (readonly Placed[])[] {
  const counters = options.map(() => 0);
  const made: (readonly Placed[])[] = [];
  for (let at = 0; made.length < most && at < counters.length; ) {
    made.push(
      findings.flatMap(({ body }, index) => {
        const place = options[index]?.[counters[index] ?? 0];
        return place === undefined ? [] : [{ body, place }];
      }),
    );
    for (at = 0; at < counters.length; at += 1) {
      counters[at] = ((counters[at] ?? 0) + 1) % (options[at]?.length ?? 1);
      if (counters[at] !== 0) break;
    }
  }
  return made;
}
