/** One file of the answer: its new content, with what is known of the whole answer, and its part of the diff. */
import type { BaseText } from '../plan/base-text.ts';
import { readable, trim } from '../byte-text.ts';
import type { Problem } from '../problem.ts';
import { type Damage, hasLostEnd, hasTwinEnd, isDoubtfulFile, isForeignIndent } from './damage.ts';
import { type Located, placedOf } from '../place/locate.ts';
import type { Meter } from '../../text/meter.ts';
import { newFileLines } from './new-file.ts';
import type { Plan } from '../plan/plan.ts';
import type { Proof } from '../place/prove.ts';
import { regenerate, type Regenerated, type ResultLine } from './regenerate.ts';
import type { Placed } from './reindent.ts';
import { rewrite } from './rewrite.ts';
import type { CreateTarget, DeleteTarget, EditTarget, MoveTarget } from '../plan/target.ts';
import { writeCreated, writeDeleted, writeEdited, writeMoved } from './write-file.ts';

/** Byte text; empty where nothing changes. */
export interface Composed {
  readonly kind: 'composed';
  readonly text: string;
}

export interface Known {
  /** Null = there are no hunks. */
  readonly located: Located | null;
  /** What the diff's own checksum says of the hunks (prove.ts). */
  readonly proof: Proof;
  /** The answer's lines end with `\r` where the base's don't. */
  readonly returned: boolean;
  readonly damage: Damage;
}

interface Result {
  readonly kind: 'result';
  readonly lines: readonly ResultLine[];
}

export function compose(plan: Plan, known: Known, meter: Meter): Composed | Problem {
  const { target, base } = plan;
  switch (target.kind) {
    case 'create':
      return composeCreated(target, known);
    case 'write': {
      if (base === null)
        return composed(
          writeCreated(
            target.path,
            '100644',
            target.lines.map((line) => `${line}\n`),
          ),
        );
      const result = rewritten(base, target.lines, meter);
      return result.kind === 'problem' ? result : composed(writeEdited(base, target.path, null, result.lines));
    }
    case 'edit':
      return composeEdited(plan, target, known, meter);
    case 'delete':
      return composeDeleted(plan, target, known, meter);
    case 'move':
      return composeMoved(plan, target, known, meter);
  }
}

function composeCreated({ path, mode, hunks }: CreateTarget, { returned, damage, proof }: Known): Composed | Problem {
  if (proof.kind === 'proven') {
    const proven = proof.lines.map(({ text }) => text);
    return composed(writeCreated(path, mode, proven));
  }
  const lines = newFileLines(hunks);
  if (lines === null) {
    return problem('diff_invalid', `It is unclear which lines ${readable(path)} shall have: mark each with "+".`);
  }
  if (isDoubtfulFile(path, lines, damage)) return unknownIndent(path);
  return composed(writeCreated(path, mode, returned ? lines.map((line) => line.replace(/\r\n$/, '\n')) : lines));
}

function composeEdited(plan: Plan, target: EditTarget, known: Known, meter: Meter): Composed | Problem {
  const result = resultOf(plan, known, meter);
  if (plan.base === null || result.kind === 'problem') return result.kind === 'problem' ? result : noPlace();
  const added = result.lines.flatMap(({ text, from }) => (from === null ? [text] : []));
  const proven = known.proof.kind === 'proven';
  if (!proven && isForeignIndent(plan.base, added, known.damage)) return unknownIndent(target.path);
  const twins = known.located?.form === 'block' && hasTwinEnd(known.located);
  if (!proven && (twins || hasLostEnd(plan.base, result.lines, known.damage))) return unknownEnd(target.path);
  return composed(writeEdited(plan.base, target.path, target.modes, result.lines));
}

function composeDeleted(plan: Plan, target: DeleteTarget, known: Known, meter: Meter): Composed | Problem {
  const result = target.hunks.length === 0 ? null : resultOf(plan, known, meter);
  if (plan.base === null || result?.kind === 'problem') return result?.kind === 'problem' ? result : noPlace();
  if (result !== null && result.lines.length > 0) {
    const reason = `${readable(target.path)} is to be deleted, but the hunks leave ${result.lines.length} of its lines.`;
    return problem('diff_not_applicable', reason);
  }
  return composed(writeDeleted(plan.base, target.path, target.mode));
}

function composeMoved(plan: Plan, target: MoveTarget, known: Known, meter: Meter): Composed | Problem {
  const result = plan.base === null || target.hunks.length === 0 ? null : resultOf(plan, known, meter);
  if (result?.kind === 'problem') return result;
  // Without hunks the content is not looked at: an answer can copy one large file many times.
  return composed(result === null ? writeMoved(null, target, null) : writeMoved(plan.base, target, result.lines));
}

/** What the hunks make of the file; where the answer also gives it as a whole, both must agree. */
function resultOf({ base, whole }: Plan, { located, proof }: Known, meter: Meter): Result | Problem {
  if (proof.kind === 'proven') return { kind: 'result', lines: proof.lines };
  const placed = located === null ? null : placedOf(located);
  if (base === null || placed === null) return noPlace();
  const marked = placed.some(({ body }) => body.some((line) => line.open));
  const result = regenerated(base, placed, located?.form === 'block' && !marked);
  if (whole === null || result.kind === 'problem') return result;
  const other = rewritten(base, whole, meter);
  const [text, shown] = [textOf(result), trim(whole.join('\n'))];
  if (other.kind === 'result' && textOf(other) === text) return result;
  // An excerpt that only shows a part of the file, as it is or as it shall be.
  if (other.kind === 'problem' && (text.includes(shown) || base.lines.join('\n').includes(shown))) return result;
  return problem('diff_ambiguous', `The answer gives ${readable(base.path)} twice, and not alike. Give it once.`);
}

function rewritten(base: BaseText, lines: readonly string[], meter: Meter): Result | Problem {
  const whole = rewrite(base, lines, meter);
  if (whole.kind === 'rewritten') return regenerated(base, [whole.placed], true);
  const reason = `The block of ${readable(base.path)} can't be taken as the whole file: ${whole.why}. Send a diff.`;
  return problem('diff_ambiguous', reason);
}

/** `unmarked`: written in a form that knows no "\ No newline at end of file". */
function regenerated(base: BaseText, placed: readonly Placed[], unmarked: boolean): Result | Problem {
  const made = regenerate(base, placed, unmarked ? { ending: 'of the base' } : {});
  return made.kind === 'lines' ? { kind: 'result', lines: made.lines } : unmade(base, made);
}

function unmade(base: BaseText, made: Exclude<Regenerated, { readonly kind: 'lines' }>): Problem {
  const hunk = `${readable(base.path)}, hunk ${made.hunk + 1}`;
  switch (made.kind) {
    case 'conflict':
      return problem(
        'diff_ambiguous',
        `${hunk} changes the same place as hunk ${made.with + 1}. Write it as one hunk.`,
      );
    case 'unknown_newline':
      return problem(
        'diff_ambiguous',
        `${hunk} replaces the last line by itself. Leave it out, or mark the side that has no newline.`,
      );
    case 'unknown_byte':
      return problem(
        'diff_ambiguous',
        `${hunk}: the file is not UTF-8, and it can't be known which byte U+FFFD stands for in the line ` +
          `"${readable(made.line.slice(0, 200))}". Leave lines with such characters as they are.`,
      );
    case 'unknown_space':
      return problem(
        'diff_ambiguous',
        `${hunk}: the white space that the file has was not copied, so it can't be known how this line was meant: ` +
          `"${readable(made.line.slice(0, 200))}". Copy tabs, and blanks at line ends, exactly.`,
      );
  }
}

function textOf({ lines }: Result): string {
  return lines.map(({ text }) => text).join('');
}

function unknownIndent(path: string): Problem {
  const reason =
    `${readable(path)}: elsewhere in the answer tabs and blanks were exchanged, so it can't be known which this file ` +
    'shall have. Copy white space exactly as it is in the files.';
  return problem('diff_ambiguous', reason);
}

function unknownEnd(path: string): Problem {
  const reason =
    `${readable(path)}: the answer has lost white space at line ends, and adds a line that the file has with such white ` +
    'space. Copy blanks at line ends exactly.';
  return problem('diff_ambiguous', reason);
}

function noPlace(): Problem {
  return problem('diff_not_applicable', 'A hunk has no place.');
}

function composed(text: string): Composed {
  return { kind: 'composed', text };
}

function problem(code: Problem['code'], reason: string): Problem {
  return { kind: 'problem', code, reason };
}
