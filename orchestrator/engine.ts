/** The engine: takes jobs from the queue and runs them on real ports. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Scrubber } from './keys/scrub.ts';
import type { Config } from './config.ts';
import { deliver } from './deliver.ts';
import { approvalDigest, type Terms } from './gate/digest.ts';
import { queueApproved } from './gate/queue-approved.ts';
import type { Ports, Rails } from './job/job.ts';
import { describe } from './outcome.ts';
import { type Policies, readPolicies } from './policy.ts';
import type { Runner } from './ports/sandbox.ts';
import type { Watcher } from './ports/watcher.ts';
import { cacheBaseRuns } from './sandbox/cache-base-runs.ts';
import { createBundleArchive } from './store/bundle-archive.ts';
import { createProposals } from './store/create-proposals.ts';
import { endDead } from './store/dead.ts';
import { openKeys } from './wire-keys.ts';
import { openRunner } from './wire-runner.ts';
import type { Store } from './wire-store.ts';

export interface EngineOptions {
  readonly log: Logger;
  readonly scrubber: Scrubber;
  readonly watcher: Watcher;
}

/** One test run gets at most this part of a job's time, so that a repair round still has some. */
const testShare = 0.4;

/** What an approval under these settings stands for. */
export function termsOf(config: Config, policies: Policies): Terms {
  // The same name on another server is another model.
  return {
    policyDigest: policies.digest,
    model: `${config.SELF_CODING_MODEL} at ${config.OPENAI_BASE_URL ?? 'OpenAI'}`,
  };
}

/** Begins to work on jobs. Disposing gives running jobs back to the queue, then closes the runner. */
export async function startEngine(config: Config, store: Store, options: EngineOptions): Promise<AsyncDisposable> {
  const { log } = options;
  const policies = await readPolicies(config);
  const runner = await openRunner(config, log);
  const ports = portsOf(config, { ...options, store, policies, runner });
  const timeoutSeconds = config.AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS;
  const onDead = (dead: Parameters<typeof endDead>[1]) => endDead(store.db, dead);
  await store.queue.work({ concurrency: config.SELF_CODING_CONCURRENCY, onDead }, async (delivery, signal) => {
    const onFault = (error: unknown) => log.warn({ ...delivery, reason: describe(error) }, 'a job met a fault');
    const ending = await deliver(delivery, ports, { signal, timeoutSeconds, onFault });
    log.info({ ...delivery, ...ending }, 'a delivery ended');
  });
  if (config.ENABLE_SELF_CODING_ENGINE && !store.ownJobsOnly) await queueApproved(store, termsOf(config, policies));
  return {
    [Symbol.asyncDispose]: async () => {
      // Jobs first: while one is still under way its sandbox must not be taken from it.
      await store.queue.stop();
      await runner[Symbol.asyncDispose]();
    },
  };
}

function portsOf(
  config: Config,
  parts: EngineOptions & { readonly store: Store; readonly policies: Policies; readonly runner: Runner },
): Ports {
  return {
    ...openKeys(config, parts),
    rails: railsOf(config, parts),
    proposals: createProposals(parts.store.db),
    runner: cacheBaseRuns(parts.runner),
    archive: createBundleArchive(join(config.SELF_CODING_STATE_DIR, 'bundles')),
    watcher: parts.watcher,
    now: () => new Date(),
  };
}

function railsOf(
  config: Config,
  { policies, scrubber }: { readonly policies: Policies; readonly scrubber: Scrubber },
): Rails {
  return {
    enabled: config.ENABLE_SELF_CODING_ENGINE,
    allowHighRisk: config.SELF_CODING_ALLOW_HIGH_RISK,
    skipTests: config.SELF_CODING_SKIP_TESTS,
    push: config.SELF_CODING_ENABLE_PUSH,
    pullRequest: config.SELF_CODING_ENABLE_PR,
    maxAttempts: config.SELF_CODING_MAX_ATTEMPTS,
    testSeconds: Math.max(5, Math.floor(config.AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS * testShare)),
    diffPolicy: ({ id }) => policies.diffFor(id),
    findSecret: (text) => scrubber.find(text),
    digest: (content) => approvalDigest(content, termsOf(config, policies)),
  };
}
