/**
 * The `index` line of a diff that git made holds the ids of both blobs. If the first is really the base's, the second is
 * a checksum of what was meant: it decides between readings, and it refuses a result that is not it. Models make such
 * lines up; then the first id is wrong and the line says nothing.
 */
import type { BaseText } from '../plan/base-text.ts';
import { isBlob } from './blob-id.ts';
import type { Choice } from './decide.ts';
import type { UnifiedSection } from '../edit.ts';
import { type Finding, placeAt, statedStart } from './find-hunk.ts';
import type { Located } from './locate.ts';
import type { Meter } from '../meter.ts';
import { agree } from './numbers.ts';
import type { Place } from './place.ts';
import { regenerate, type ResultLine } from '../write/regenerate.ts';
import type { Placed } from '../write/reindent.ts';

/** proven: these lines have the stated id. denied: nothing that the text can mean has it. none: there is nothing to go by. */
export type Proof =
  | { readonly kind: 'proven'; readonly lines: readonly ResultLine[] }
  | { readonly kind: 'denied' }
  | { readonly kind: 'none' };

const mostReadings = 2_000;
const variants = [{}, { newline: 'other' }, { indent: 'as written' }] as const;

export async function prove(file: Located, blobs: UnifiedSection['blobs'], meter: Meter): Promise<Proof> {
  const { base } = file;
  const old = baseContent(base);
  if (blobs === null || !meter.spend(old.length) || !(await isBlob(old, blobs.old))) return { kind: 'none' };
  const options = file.findings.map((finding, at) => optionsFor(finding, file.choices[at], base));
  const count = options.reduce((product, list) => product * list.length, 1);
  if (count > mostReadings) return { kind: 'none' };
  for (const variant of variants) {
    for (const placed of readings(file.findings, options)) {
      const made = regenerate(base, placed, variant);
      if (!meter.spend(old.length / 4 + base.lines.length)) return { kind: 'none' };
      const text = made.kind === 'lines' ? made.lines.map((line) => line.text).join('') : null;
      if (made.kind === 'lines' && text !== null && (await isBlob(text, blobs.new)))
        return { kind: 'proven', lines: made.lines };
    }
  }
  return isWellFormed(file) ? { kind: 'none' } : { kind: 'denied' };
}

/** The same for a new file, where another file has shown that the checksums are real. */
export async function isStatedContent(lines: readonly string[], blobs: UnifiedSection['blobs']): Promise<boolean> {
  return blobs === null || (await isBlob(lines.join(''), blobs.new));
}

function baseContent({ lines, open }: BaseText): string {
  return lines.length === 0 ? '' : lines.join('\n') + (open ? '' : '\n');
}

function optionsFor(finding: Finding, choice: Choice | undefined, base: BaseText): readonly Place[] {
  switch (choice?.kind) {
    case 'placed':
      return [choice.place];
    case 'several':
      return finding.cut ? [] : finding.places;
    case 'anchorless':
      return anywhere(finding, base);
    case 'missing':
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

function* readings(findings: readonly Finding[], options: readonly (readonly Place[])[]): Generator<readonly Placed[]> {
  const counters = options.map(() => 0);
  if (options.some((list) => list.length === 0)) return;
  for (;;) {
    yield findings.flatMap(({ body }, at) => {
      const place = options[at]?.[counters[at] ?? 0];
      return place === undefined ? [] : [{ body, place }];
    });
    let at = 0;
    for (; at < counters.length; at += 1) {
      counters[at] = ((counters[at] ?? 0) + 1) % (options[at]?.length ?? 1);
      if (counters[at] !== 0) break;
    }
    if (at === counters.length) return;
  }
}

/** Strict git takes it as it is. A stale checksum on such a diff is git's to ignore, as it does. */
export function isWellFormed({ findings, choices }: Located): boolean {
  const exact = findings.every((finding, at) => {
    const choice = choices[at];
    if (choice?.kind !== 'placed') return false;
    const { start, fit, odd } = choice.place;
    return fit === 'exact' && odd === null && start === statedStart(finding);
  });
  return exact && agree(findings);
}
