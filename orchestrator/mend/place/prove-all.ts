import { readable } from '../byte-text.ts';
import type { Problem } from '../problem.ts';
import type { UnifiedSection } from '../edit.ts';
import type { Located, Searched } from './locate.ts';
import type { Meter } from '../meter.ts';
import { newFileLines } from '../write/new-file.ts';
import type { Plan } from '../plan/plan.ts';
import { isStatedContent, isWellFormed, type Proof, prove } from './prove.ts';

/** A plan, where its hunks stand, and what its checksum says. */
export interface Checked {
  readonly plan: Plan;
  /** Null = it has no hunks to place. */
  readonly located: Located | null;
  readonly proof: Proof;
}

/** A problem where a checksum that is real is not that of the result. */
export async function proveAll(
  plans: readonly Plan[],
  located: ReadonlyMap<Searched, Located>,
  meter: Meter,
): Promise<readonly Checked[] | Problem> {
  const checked: Checked[] = [];
  for (const plan of plans) {
    const file = (plan.searched === null ? null : located.get(plan.searched)) ?? null;
    const proof = file === null ? none : await prove(file, blobsOf(plan), meter);
    if (proof.kind === 'denied' && file?.choices.every(({ kind }) => kind === 'placed')) return denied(file.path);
    checked.push({ plan, located: file, proof });
  }
  const real = checked.some(({ proof }) => proof.kind !== 'none');
  const damaged = checked.some((each) => each.located !== null && !isWellFormed(each.located));
  return real && damaged ? checkNew(checked) : checked;
}

/** New files of a damaged answer whose checksums are real. */
async function checkNew(checked: readonly Checked[]): Promise<readonly Checked[] | Problem> {
  const result: Checked[] = [];
  for (const each of checked) {
    const { target } = each.plan;
    const lines = target.kind === 'create' && target.blobs !== null ? newFileLines(target.hunks) : null;
    const right = lines === null || (await isStatedContent(lines, blobsOf(each.plan)));
    if (!right) return denied(target.path);
    result.push(lines === null ? each : { ...each, proof: { kind: 'proven', lines: [] } });
  }
  return result;
}

const none: Proof = { kind: 'none' };

function blobsOf({ target }: Plan): UnifiedSection['blobs'] {
  return target.kind === 'delete' || target.kind === 'write' ? null : target.blobs;
}

function denied(path: string): Problem {
  const reason =
    `${readable(path)}: the diff had to be mended, and the result is not the one whose id its "index" line gives, ` +
    'so something in it was lost. Copy all white space exactly, or leave the "index" line out.';
  return { kind: 'problem', code: 'diff_ambiguous', reason };
}
