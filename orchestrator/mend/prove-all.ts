import { readable } from './byte-text.ts';
import type { Problem } from './collect-sections.ts';
import type { Located } from './locate.ts';
import type { Meter } from './meter.ts';
import { newFileLines } from './new-file.ts';
import type { Plan } from './plan.ts';
import { isStatedContent, isWellFormed, type Proof, prove } from './prove.ts';

/** By the path of the file that is read. A problem where a checksum that is real is not that of the result. */
export async function proveAll(
  plans: readonly Plan[],
  located: readonly Located[],
  meter: Meter,
): Promise<ReadonlyMap<string, Proof> | Problem> {
  const proofs = new Map<string, Proof>();
  for (const { target, searched } of plans) {
    const file = located.find(({ path }) => path === searched?.path);
    if (file === undefined || (target.kind !== 'edit' && target.kind !== 'move')) continue;
    const proof = await prove(file, target.blobs, meter);
    if (proof.kind === 'denied' && file.choices.every(({ kind }) => kind === 'placed')) return denied(file.path);
    proofs.set(file.path, proof);
  }
  const real = [...proofs.values()].some(({ kind }) => kind !== 'none');
  const damaged = located.some((file) => !isWellFormed(file));
  for (const { target } of plans) {
    if (!real || !damaged || target.kind !== 'create') continue;
    const lines = newFileLines(target.hunks);
    if (lines !== null && !(await isStatedContent(lines, target.blobs))) return denied(target.path);
  }
  return proofs;
}

function denied(path: string): Problem {
  const reason =
    `${readable(path)}: the diff had to be mended, and the result is not the one whose id its "index" line gives, ` +
    'so something in it was lost. Copy all white space exactly, or leave the "index" line out.';
  return { kind: 'problem', code: 'diff_ambiguous', reason };
}
