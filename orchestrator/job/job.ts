/** What every step of one self_build job has at hand. */
import type { DiffPolicy } from '../inspect/policy.ts';
import type { Rules } from '../inspect/rules.ts';
import type { BundleArchive, Forge } from '../ports/forge.ts';
import type { Repositories, Repository } from '../ports/git.ts';
import type { Model } from '../ports/model.ts';
import type { Delivery, Proposal, ProposalContent, Proposals, Stage } from '../ports/proposal.ts';
import type { Runner } from '../ports/sandbox.ts';
import type { Watcher } from '../ports/watcher.ts';

/** The switches that bound a job, parsed once by config.ts. */
export interface Rails {
  readonly enabled: boolean;
  readonly allowHighRisk: boolean;
  readonly skipTests: boolean;
  readonly push: boolean;
  readonly pullRequest: boolean;
  /** Drafts per job, the first one included. */
  readonly maxAttempts: number;
  /** Wall clock of one test run. */
  readonly testSeconds: number;
  /** The operator's policy for diffs of one repository. */
  readonly diffPolicy: (repository: Repository) => DiffPolicy;
  /** Where in a text one of our own secrets begins; null = nowhere. */
  readonly findSecret: Rules['findSecret'];
  /** What an approval of this content must have been given for, under the policy and the model of today. */
  readonly digest: (content: ProposalContent) => string;
}

export interface Ports {
  readonly rails: Rails;
  readonly proposals: Proposals;
  readonly repositories: Repositories;
  readonly model: Model;
  readonly runner: Runner;
  readonly forge: Forge;
  readonly archive: BundleArchive;
  readonly watcher: Watcher;
  readonly now: () => Date;
}

export interface Job {
  readonly delivery: Delivery;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  /** Runs one stage: noted on the row and told to the watcher before it starts, its time added up. */
  readonly stage: <T>(name: Stage, what: string, work: () => Promise<T>) => Promise<T>;
  /** Milliseconds spent in each stage so far. */
  readonly timings: () => Readonly<Record<string, number>>;
}

export type Admitted = {
  readonly kind: 'admitted';
  readonly proposal: Proposal;
  readonly approvedAt: Date;
};

/** Opens a job for one delivery; nothing is done yet. */
export function openJob(delivery: Delivery, ports: Ports, signal: AbortSignal): Job {
  const spent = new Map<string, number>();
  return {
    delivery,
    ports,
    signal,
    timings: () => Object.fromEntries(spent),
    stage: async (name, what, work) => {
      signal.throwIfAborted();
      const over = ports.watcher.stage(name, what);
      const started = performance.now();
      try {
        await ports.proposals.progress(delivery, { stage: name });
        return await work();
      } finally {
        over();
        spent.set(name, Math.round((spent.get(name) ?? 0) + performance.now() - started));
      }
    },
  };
}
