/**
 * From what a model answered to a diff that strict `git apply` takes, or a refusal. Tolerance ends here: each hunk is
 * found by its content, what is not changed keeps the bytes of the base, and where more than one change could be meant
 * there is none.
 */
import { refuse, type Refused } from '../outcome.ts';
import { type BaseReader, openBaseFiles } from './plan/base-files.ts';
import { splitLines, toBytes, toByteText } from './byte-text.ts';
import { collectSections } from './read/collect-sections.ts';
import type { Problem } from './problem.ts';
import { compose } from './write/compose.ts';
import { cutPieces } from './read/cut-pieces.ts';
import { damageOf } from './write/damage.ts';
import type { Section } from './edit.ts';
import { explain } from './explain.ts';
import { hasForeignReturns, locateAll } from './place/locate.ts';
import { type Meter, openMeter } from '../text/meter.ts';
import { type Plan, planAll } from './plan/plan.ts';
import { proveAll } from './place/prove-all.ts';
import { repairsOf } from './repairs.ts';
import { resolveSection } from './plan/resolve.ts';
import type { Target } from './plan/target.ts';

export type { BaseReader } from './plan/base-files.ts';

export interface Mended {
  readonly kind: 'mended';
  /** A well-formed unified diff against the base, for strict `git apply --cached`. */
  readonly diff: Uint8Array;
  /** What had to be mended, one short line each; empty = nothing. */
  readonly repairs: readonly string[];
}

/** Characters of an answer; anything longer is no diff that a person would review. */
const longestAnswer = 4_000_000;
const mostLines = 100_000;
/** Ten times what policy lets through as a line of a diff. */
const longestLine = 100_000;
const mostHunks = 5_000;

/**
 * Refuses with `model_output_invalid` (no change in it), `diff_empty`, `diff_invalid`, `diff_binary`,
 * `diff_not_applicable` (lines that are not there), `diff_ambiguous` (more than one reading) or `diff_too_large`.
 */
export async function mend(answer: string, base: BaseReader): Promise<Mended | Refused> {
  return mendWithin(answer, base, openMeter());
}

/** The same within a given budget of work: denial of service by hostile text ends as `diff_too_large`. */
export async function mendWithin(answer: string, base: BaseReader, meter: Meter): Promise<Mended | Refused> {
  if (answer.length > longestAnswer) return tooLarge();
  const { lines } = splitLines(toByteText(answer.startsWith('\uFEFF') ? answer.slice(1) : answer));
  if (lines.length > mostLines || lines.some((line) => line.length > longestLine)) return tooLarge();
  const files = await openBaseFiles(base, meter);
  const sections = collectSections(cutPieces(lines), (path) => files.has(path), meter);
  if (!Array.isArray(sections)) return 'kind' in sections ? refused(sections) : tooLarge();
  if (sections.length === 0)
    return refuse('model_output_invalid', 'The answer holds no change: no diff, no SEARCH/REPLACE block, no file.');
  if (countHunks(sections) > mostHunks) return tooLarge();
  const targets: Target[] = [];
  for (const section of sections) {
    const target = await resolveSection(section, files);
    if (target.kind === 'problem') return refused(target);
    targets.push(target);
  }
  const plans = await planAll(targets, files, meter);
  if ('kind' in plans) return refused(plans);
  return meter.exhausted ? tooLarge() : write(plans, meter);
}

async function write(plans: readonly Plan[], meter: Meter): Promise<Mended | Refused> {
  const located = locateAll(
    plans.flatMap(({ searched }) => searched ?? []),
    meter,
  );
  // A search that ran out of budget has not seen every place: what it found must not count as unique.
  if (meter.exhausted) return tooLarge();
  const checked = await proveAll(plans, located, meter);
  if ('kind' in checked) return refused(checked);
  const files = checked.flatMap((each) => each.located ?? []);
  const unproven = checked.flatMap(({ located: file, proof }) => (proof.kind === 'proven' ? [] : (file ?? [])));
  const explanation = explain(unproven, meter);
  if (explanation !== null) return refuse(explanation.code, explanation.reason);
  const whole = { returned: files.some(hasForeignReturns), damage: damageOf(files) };
  let text = '';
  for (const { plan, located: file, proof } of checked) {
    const composed = compose(plan, { ...whole, located: file, proof }, meter);
    if (composed.kind === 'problem') return refused(composed);
    text += composed.text;
  }
  if (meter.exhausted) return tooLarge();
  if (text === '') return refuse('diff_empty', 'The answer changes nothing: the base has all of it already.');
  return { kind: 'mended', diff: toBytes(text), repairs: repairsOf(plans, files) };
}

function countHunks(sections: readonly Section[]): number {
  return sections.reduce((sum, section) => sum + (section.kind === 'unified' ? section.hunks.length : 1), 0);
}

/** Names and lines of the answer are part of reasons, so these need an end. */
function refused({ code, reason }: Problem): Refused {
  return refuse(code, reason.slice(0, 2_000));
}

function tooLarge(): Refused {
  return refuse(
    'diff_too_large',
    'The answer is too large or too repetitive to find its lines in the base. Make a smaller change.',
  );
}
