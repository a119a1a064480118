/** The one place where the hostile corpus and the fuzzer meet the code under test. */
import { readConfig } from '../../orchestrator/config.ts';
import { createBareGit } from '../../orchestrator/git/bare-git.ts';
import { inspect } from '../../orchestrator/inspect/inspect.ts';
import { type Approved, nothingMore } from '../../orchestrator/inspect/rules.ts';
import { fetchRevision } from '../../orchestrator/keys/fetch-revision.ts';
import { createScrubber } from '../../orchestrator/keys/scrub.ts';
import { readPolicies } from '../../orchestrator/policy.ts';
import { canaries } from './canary.ts';

export interface Question {
  /** A bare repository. */
  readonly gitDir: string;
  readonly base: string;
  readonly diff: Uint8Array;
  readonly approved?: Approved | undefined;
  readonly suffixes?: readonly string[] | undefined;
}

/** What a case allows if it says nothing else: the languages of the corpus, and texts. */
const commonSuffixes: readonly string[] =
  '.py .js .mjs .ts .tsx .go .rs .java .rb .c .sh .md .txt .json .yml .yaml .toml .html .css .csv .snap'.split(' ');

const policy = (await readPolicies(readConfig({}))).diffFor('/any');
const { find: findSecret } = createScrubber(canaries);

/** The policy as it is shipped, for a repository without one of its own. */
export async function judge({ gitDir, base, diff, approved = nothingMore, suffixes = commonSuffixes }: Question) {
  const rules = { policy: { ...policy, suffixes }, approved, findSecret };
  return inspect(base, diff, createBareGit(gitDir), rules);
}

/** The same for many diffs on one commit, the way that a batch of the command line does it. */
export async function openJudge(stateDir: string, repo: string, revision = 'main') {
  const found = await fetchRevision({ stateDir, repo, revision }, new AbortController().signal);
  if (found.kind === 'refused') return found;
  const trial = await found.openTrial(true);
  const rules = { policy: { ...policy, suffixes: commonSuffixes }, approved: nothingMore, findSecret };
  return {
    kind: 'judge' as const,
    judge: (diff: Uint8Array) => inspect(found.commit, diff, trial.git, rules),
    [Symbol.asyncDispose]: () => trial[Symbol.asyncDispose](),
  };
}

/** One diff on a revision of a repository that may be of any kind. */
export async function judgeIn(stateDir: string, repo: string, { revision = 'main', diff = '' }) {
  const opened = await openJudge(stateDir, repo, revision);
  if (opened.kind === 'refused') return opened;
  await using judge = opened;
  return await judge.judge(Buffer.from(diff, 'latin1'));
}
