import { readable } from '../byte-text.ts';
import type { Problem } from '../problem.ts';
import type { UnifiedSection } from '../edit.ts';
import { isWellFormed, type Located, type Searched } from './locate.ts';
import type { Meter } from '../../text/meter.ts';
import { newFileLines } from '../write/new-file.ts';
import type { Plan } from '../plan/plan.ts';
import { type Proof, prove, proveNew } from './prove.ts';

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
  return checked.some(({ proof }) => proof.kind !== 'none') ? checkNew(checked) : checked;
}

/** New files of an answer whose checksums are real: they have no old lines, but what happened to others is theirs too. */
async function checkNew(checked: readonly Checked[]): Promise<readonly Checked[] | Problem> {
  const damaged = checked.some(({ located }) => located !== null && !isWellFormed(located));
  const result: Checked[] = [];
  for (const each of checked) {
    const { target } = each.plan;
    const lines = target.kind === 'create' && target.blobs !== null ? newFileLines(target.hunks) : null;
    const proof = lines === null ? each.proof : await proveNew(lines, blobsOf(each.plan));
    if (lines !== null && proof.kind === 'denied' && damaged) return denied(target.path);
    result.push({ ...each, proof });
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
    'so something in it was lost. Copy all white space exactly; if you changed a diff of git, leave the "index" line out.';
  return { kind: 'problem', code: 'diff_ambiguous', reason };
}
