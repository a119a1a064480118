/** Inspections for people and scripts: a repository on this disk, a revision, a diff or a model's answer. */
import { inspect, type Accepted } from '../inspect/inspect.ts';
import type { DiffPolicy } from '../inspect/policy.ts';
import { readPolicyAt } from '../inspect/policy-at.ts';
import type { Approved } from '../inspect/rules.ts';
import { mendAnswer } from '../job/mend-answer.ts';
import { fetchRevision, type Revision } from '../keys/fetch-revision.ts';
import type { Mended } from '../mend/mend.ts';
import type { Refused } from '../outcome.ts';
import { type Policies, readPolicies } from '../policy.ts';
import type { Context } from './context.ts';
import { openSharedTrials, type SharedTrials } from './shared-trials.ts';

export interface Subject {
  readonly repo: string;
  /** Anything that names a commit. */
  readonly base: string;
  /** A diff, or what a model answered. */
  readonly text: Uint8Array;
}

export interface Inspector extends AsyncDisposable {
  /** The tree and what to look at, with `repairs` if the text had to be mended; or why not. */
  readonly inspect: (
    subject: Subject,
    how: { readonly mend: boolean; readonly approved: Approved },
  ) => Promise<(Accepted & { readonly repairs?: readonly string[] }) | Refused>;
  readonly mend: (subject: Subject) => Promise<Mended | Refused>;
}

/** Mirrors that a batch keeps at hand; rows usually come in runs of one repository. */
const keptRevisions = 64;

interface Known extends Revision {
  readonly policy: DiffPolicy;
}

/** Leaves nothing behind but a mirror of each revision below the state directory. `many` = made for many inspections. */
export async function openInspector(context: Context, many: boolean): Promise<Inspector> {
  const trials = many ? openSharedTrials() : ownTrials;
  const find = finder(context, await readPolicies(context.config));
  return {
    inspect: async ({ repo, base, text }, { mend, approved }) => {
      const known = await find(repo, base);
      if (known.kind === 'refused') return known;
      const mended = mend ? await mendAnswer(known, decoded(text)) : null;
      if (mended?.kind === 'refused') return mended;
      const rules = { policy: known.policy, approved, findSecret: context.scrubber.find };
      const result = await trials.use(known, ({ git }) => inspect(known.commit, mended?.diff ?? text, git, rules));
      return mended === null || result.kind === 'refused' ? result : { ...result, repairs: mended.repairs };
    },
    mend: async ({ repo, base, text }) => {
      const known = await find(repo, base);
      return known.kind === 'refused' ? known : mendAnswer(known, decoded(text));
    },
    [Symbol.asyncDispose]: () => trials[Symbol.asyncDispose](),
  };
}

/** One for each try, with nothing that stays. */
const ownTrials: SharedTrials = {
  use: async (revision, work) => {
    await using trial = await revision.openTrial(false);
    return await work(trial);
  },
  [Symbol.asyncDispose]: async () => undefined,
};

/** What comes from a model over JSON is text too: what is no UTF-8 was lost before it came here. */
function decoded(text: Uint8Array): string {
  return new TextDecoder().decode(text);
}

type Find = (repo: string, base: string) => Promise<Known | Refused>;

/** Looks a revision up once for a run of rows; the least recently used is forgotten first. */
function finder(context: Context, policies: Policies): Find {
  const known = new Map<string, ReturnType<Find>>();
  return (repo, revision) => {
    const key = `${repo}\0${revision}`;
    const found = known.get(key) ?? look(repo, revision, context, policies);
    known.delete(key);
    known.set(key, found);
    // What failed may go better for the next row.
    found.catch(() => known.delete(key));
    for (const oldest of known.keys()) if (known.size > keptRevisions) known.delete(oldest);
    return found;
  };
}

async function look(
  repo: string,
  revision: string,
  { config, signal }: Context,
  policies: Policies,
): Promise<Known | Refused> {
  const found = await fetchRevision({ stateDir: config.SELF_CODING_STATE_DIR, repo, revision }, signal);
  if (found.kind === 'refused') return found;
  const read = await readPolicyAt(found.commit, found.git, policies.diffFor(found.repository));
  return read.kind === 'refused' ? read : { ...found, policy: read.policy };
}
