import { inspectBytes } from '../inspect/bytes.ts';
import { type Accepted, inspect } from '../inspect/inspect.ts';
import type { Rules } from '../inspect/rules.ts';
import type { Refused } from '../outcome.ts';
import type { Base, TreeId } from '../ports/git.ts';
import type { EarlierDraft, ModelUsage } from '../ports/model.ts';
import type { Proposal } from '../ports/proposal.ts';
import type { SandboxRun } from '../ports/sandbox.ts';
import { draft } from './draft.ts';
import type { Job } from './job.ts';
import { judge } from './judge.ts';
import { mendAnswer } from './mend-answer.ts';
import type { Preparation } from './prepare.ts';
import { inspectBundle, prove } from './prove.ts';

export interface Proven {
  readonly kind: 'proven';
  readonly tree: TreeId;
  readonly files: Accepted['files'];
  readonly flags: Accepted['flags'];
  readonly run: SandboxRun;
}

/** One draft and how far it came. */
export interface Trial {
  readonly result: Proven | Refused;
  readonly answer: string | null;
  readonly usage: ModelUsage | null;
  readonly tree: TreeId | null;
  readonly run: SandboxRun | null;
}

export interface Subject {
  readonly proposal: Proposal;
  readonly base: Base;
  readonly preparation: Preparation;
  readonly rules: Rules;
}

/** draft → inspect → prove → inspect again. Stops at the first refusal and says how far it came. */
export async function attempt(job: Job, subject: Subject, earlier: readonly EarlierDraft[]): Promise<Trial> {
  const { proposal, base, preparation, rules } = subject;
  const nothing = { answer: null, usage: null, tree: null, run: null };

  const what = earlier.length === 0 ? 'asking the model' : `asking again, round ${earlier.length + 1}`;
  const drafted = await job.stage('draft', what, () => draft(job, subject, earlier));
  if (drafted.kind === 'refused') return { ...nothing, result: drafted };
  const asked = { ...nothing, answer: drafted.answer, usage: drafted.usage };

  const mended = await job.stage('inspect', 'mending the draft', () => mendAnswer(base, drafted.answer));
  if (mended.kind === 'refused') return { ...asked, result: mended };
  const accepted = await job.stage('inspect', 'the draft', () => inspect(base.commit, mended.diff, base.git, rules));
  if (accepted.kind === 'refused') return { ...asked, result: accepted };
  const judged = { ...asked, tree: accepted.tree };
  // The bundle's patch is git's own, which for a rename is longer than the model's: better refused now than after a run.
  const unfit = inspectBytes(await base.git.patch(base.commit, accepted.tree), rules);
  if (unfit !== null) return { ...judged, result: unfit };

  const prepared = await preparation.result();
  if (prepared.kind === 'refused') return { ...judged, result: prepared };
  const parcel = { pack: prepared.pack, diff: mended.diff };
  const run = await job.stage('prove', 'tests on the patched tree', () => prove(job, proposal, base, parcel));
  if (run.kind === 'refused') return { ...judged, result: run };

  const refused =
    (await job.stage('inspect', 'the bundle', () => inspectBundle(base, run, { accepted, rules }))) ??
    verdict(job, run, prepared.baseRun);
  if (refused !== null) return { ...judged, run, result: refused };
  return {
    ...judged,
    run,
    result: { kind: 'proven', tree: accepted.tree, files: accepted.files, flags: accepted.flags, run },
  };
}

/** With tests switched off the sandbox has still applied and exported the diff; there is no verdict to give. */
function verdict(job: Job, run: SandboxRun, base: SandboxRun | null): Refused | null {
  return job.ports.rails.skipTests && run.exitCode === 0 ? null : judge(run, base);
}
