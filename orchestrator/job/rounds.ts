import type { Code, Refused } from '../outcome.ts';
import type { Base } from '../ports/git.ts';
import type { EarlierDraft } from '../ports/model.ts';
import type { Proposal } from '../ports/proposal.ts';
import { attempt, type Proven, type Trial } from './attempt.ts';
import { printable } from './evidence.ts';
import type { Job } from './job.ts';
import { openPreparation, type Prepared } from './prepare.ts';
import { readRules } from './read-rules.ts';

export interface Rounds {
  readonly result: Proven | Refused;
  readonly trials: readonly Trial[];
  readonly prepared: Prepared | null;
}

/** What a model can mend when it is told. Everything else would be refused again, or is not its business. */
const mendable: ReadonlySet<Code> = new Set<Code>([
  'model_output_invalid',
  'diff_empty',
  'diff_invalid',
  'diff_not_applicable',
  'diff_ambiguous',
  'tests_failed',
]);

/** Characters of test output that go back to the model; the end of a log is where tests say what failed. */
const problemLimit = 8_000;

/**
 * Attempts, each in a fresh sandbox, until one holds, one can't be mended, or `maxAttempts` are used up.
 * No container starts before the model is known to answer: with `available` the base run overlaps the first draft.
 */
export async function runRounds(job: Job, proposal: Proposal, base: Base): Promise<Rounds> {
  const rules = await readRules(job, proposal, base);
  if ('kind' in rules) return { result: rules, trials: [], prepared: null };
  const model = await job.stage('draft', 'is the model there?', () => job.ports.model.check(job.signal));
  if (model.kind === 'refused') return { result: model, trials: [], prepared: null };
  await using preparation = openPreparation(job, proposal, base);
  if (model.kind === 'available')
    preparation.result().catch(() => 'attempt() awaits the same promise and has its error');
  const trials: Trial[] = [];
  const earlier: EarlierDraft[] = [];
  for (;;) {
    const trial = await attempt(job, { proposal, base, preparation, rules }, earlier);
    trials.push(trial);
    if (
      trial.result.kind === 'proven' ||
      !mendable.has(trial.result.code) ||
      trials.length >= job.ports.rails.maxAttempts
    ) {
      return { result: trial.result, trials, prepared: await preparedOf(trial, preparation) };
    }
    earlier.push({ answer: trial.answer ?? '', problem: problemOf(trial.result, trial) });
  }
}

/** The base run belongs to the evidence of whatever got as far as a sandbox. */
async function preparedOf(trial: Trial, preparation: { readonly result: () => Promise<Prepared | Refused> }) {
  if (trial.run === null) return null;
  const prepared = await preparation.result();
  return prepared.kind === 'refused' ? null : prepared;
}

function problemOf(refused: Refused, { run }: Trial): string {
  if (run === null) return `${refused.code}: ${refused.reason}`;
  return `${refused.code}: ${refused.reason}\n${printable(run.log).slice(-problemLimit)}`;
}
