/** One file of the diff: its new content, and how it is written down. */
import type { BaseText } from './base-text.ts';
import { readable } from './byte-text.ts';
import type { Problem } from './collect-sections.ts';
import type { Modes } from './edit.ts';
import { type Located, placedOf } from './locate.ts';
import type { Meter } from './meter.ts';
import { newFileLines } from './new-file.ts';
import type { Plan } from './plan.ts';
import type { Proof } from './prove.ts';
import { writeName } from './read-label.ts';
import { regenerate, type ResultLine } from './regenerate.ts';
import type { Placed } from './reindent.ts';
import { rewrite } from './rewrite.ts';
import { changesOf, writeDiff } from './write-diff.ts';

/** Byte text; empty where nothing changes. */
export interface Composed {
  readonly kind: 'composed';
  readonly text: string;
}

interface Result {
  readonly kind: 'result';
  readonly lines: readonly ResultLine[];
}

/** `proof`: what the diff's own checksum says of the hunks (prove.ts). */
export function compose(plan: Plan, located: Located | null, proof: Proof, meter: Meter): Composed | Problem {
  const { target, base } = plan;
  switch (target.kind) {
    case 'create': {
      const lines = newFileLines(target.hunks);
      if (lines !== null) return created(target.path, target.mode, lines);
      return problem(
        'diff_invalid',
        `It is unclear which lines ${readable(target.path)} shall have: mark each with "+".`,
      );
    }
    case 'write':
      return base === null
        ? created(target.path, '100644', wholeLines(target.lines))
        : written(plan, base, target.lines, meter);
    case 'edit': {
      const result = proof.kind === 'proven' ? resultOfProof(proof) : resultOf(plan, located, meter);
      return result.kind === 'problem' ? result : edited(base, target.path, target.modes, result);
    }
    case 'delete': {
      const result = target.hunks.length === 0 ? null : resultOf(plan, located, meter);
      return result?.kind === 'problem' ? result : deleted(plan, target.mode, result);
    }
    case 'move': {
      const none = base === null || target.hunks.length === 0;
      const result = none ? null : proof.kind === 'proven' ? resultOfProof(proof) : resultOf(plan, located, meter);
      return result?.kind === 'problem' ? result : moved(plan, result);
    }
  }
}

function resultOfProof({ lines }: Extract<Proof, { readonly kind: 'proven' }>): Result {
  return { kind: 'result', lines };
}

/** What the hunks make of the file; where the answer also gives it as a whole, both must agree. */
function resultOf({ base, whole }: Plan, located: Located | null, meter: Meter): Result | Problem {
  const placed = located === null ? null : placedOf(located);
  if (base === null || placed === null || located === null) return problem('diff_invalid', 'A hunk has no place.');
  const result = regenerated(base, placed);
  if (whole === null || result.kind === 'problem') return result;
  const other = rewritten(base, whole, meter);
  if (other.kind === 'result' && textOf(other) === textOf(result)) return result;
  return problem('diff_ambiguous', `The answer gives ${readable(base.path)} twice, and not alike. Give it once.`);
}

function regenerated(base: BaseText, placed: readonly Placed[]): Result | Problem {
  const made = regenerate(base, placed);
  const path = readable(base.path);
  switch (made.kind) {
    case 'lines':
      return { kind: 'result', lines: made.lines };
    case 'conflict':
      return problem(
        'diff_ambiguous',
        `${path}: hunks ${made.with + 1} and ${made.hunk + 1} change the same place. Write it as one hunk.`,
      );
    case 'unknown_newline':
      return problem(
        'diff_ambiguous',
        `${path}, hunk ${made.hunk + 1} replaces the last line by itself. Leave it out, or mark the side that has no newline.`,
      );
    case 'unknown_indent':
      return problem(
        'diff_not_applicable',
        `${path}, hunk ${made.hunk + 1}: tabs were turned into blanks, and it can't be known how this line was meant: ` +
          `"${readable(made.line.slice(0, 200))}". Copy white space exactly as it is in the file.`,
      );
  }
}

function written(plan: Plan, base: BaseText, lines: readonly string[], meter: Meter): Composed | Problem {
  const result = rewritten(base, lines, meter);
  return result.kind === 'problem' ? result : edited(base, plan.target.path, null, result);
}

function rewritten(base: BaseText, lines: readonly string[], meter: Meter): Result | Problem {
  const whole = rewrite(base, lines, meter);
  if (whole.kind === 'rewritten') return regenerated(base, [whole.placed]);
  return problem(
    'diff_ambiguous',
    `The block of ${readable(base.path)} can't be taken as the whole file: ${whole.why}. Send a diff.`,
  );
}

function textOf({ lines }: Result): string {
  return lines.map(({ text }) => text).join('');
}

function created(path: string, mode: string, lines: readonly string[]): Composed {
  const changes = lines.length === 0 ? [] : [{ at: 0, removed: [], added: lines }];
  const headers = [`new file mode ${mode}`];
  return { kind: 'composed', text: writeDiff({ old: null, new: path, headers, base: [], changes }) };
}

function wholeLines(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${line}\n`);
}

function edited(base: BaseText | null, path: string, modes: Modes | null, { lines }: Result): Composed {
  const old = base === null ? [] : fullLines(base);
  const changes = changesOf(old, lines);
  const headers = modeLines(modes);
  const empty = changes.length === 0 && headers.length === 0;
  return { kind: 'composed', text: empty ? '' : writeDiff({ old: path, new: path, headers, base: old, changes }) };
}

function deleted({ target, base }: Plan, mode: string, result: Result | null): Composed | Problem {
  const old = base === null ? [] : fullLines(base);
  if (result !== null && result.lines.length > 0) {
    const reason = `${readable(target.path)} is to be deleted, but the hunks leave ${result.lines.length} of its lines.`;
    return problem('diff_not_applicable', reason);
  }
  const changes = old.length === 0 ? [] : [{ at: 0, removed: old, added: [] }];
  const headers = [`deleted file mode ${mode}`];
  return { kind: 'composed', text: writeDiff({ old: target.path, new: null, headers, base: old, changes }) };
}

/** Written as git writes a rename: that alone keeps the mode, and the content of what is no text. */
function moved({ target, base }: Plan, result: Result | null): Composed | Problem {
  if (target.kind !== 'move') return problem('diff_invalid', 'No rename.');
  const word = target.copy ? 'copy' : 'rename';
  const headers = [
    ...modeLines(target.modes),
    `${word} from ${writeName(target.from)}`,
    `${word} to ${writeName(target.path)}`,
  ];
  const old = base === null ? [] : fullLines(base);
  const changes = result === null ? [] : changesOf(old, result.lines);
  return { kind: 'composed', text: writeDiff({ old: target.from, new: target.path, headers, base: old, changes }) };
}

function modeLines(modes: Modes | null): readonly string[] {
  const before = modes?.before ?? null;
  const after = modes?.after ?? null;
  return [...(before === null ? [] : [`old mode ${before}`]), ...(after === null ? [] : [`new mode ${after}`])];
}

function fullLines({ lines, open }: BaseText): readonly string[] {
  return lines.map((line, at) => (open && at === lines.length - 1 ? line : `${line}\n`));
}

function problem(code: Problem['code'], reason: string): Problem {
  return { kind: 'problem', code, reason };
}
