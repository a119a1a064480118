/** The tests on an untouched base, remembered: another draft or proposal on the same commit need not run them again. */
import type { Refused } from '../outcome.ts';
import type { Runner, SandboxOrder, SandboxRun } from '../ports/sandbox.ts';

/** With their logs at most 128 KiB each. */
const keptRuns = 32;

/**
 * A runner that answers a base run from memory when commit, command and environment are those of an earlier one that
 * ran to its exit. A run that was cut short says nothing about the base and is never kept.
 */
export function cacheBaseRuns(runner: Runner): Runner {
  const kept = new Map<string, SandboxRun>();
  return {
    ready: () => runner.ready(),
    run: async (order, watch) => {
      if (order.role !== 'base') return runner.run(order, watch);
      const key = keyOf(order);
      const known = kept.get(key);
      if (known !== undefined) return known;
      const run = await runner.run(order, watch);
      if (isWhole(run)) remember(kept, key, run);
      return run;
    },
  };
}

function keyOf({ base, testCommand, environment, wallClockSeconds }: SandboxOrder): string {
  return JSON.stringify([base, testCommand, environment, wallClockSeconds]);
}

function isWhole(run: SandboxRun | Refused): run is SandboxRun {
  return run.kind === 'ran' && run.end === 'exited' && run.bundle !== null;
}

function remember(kept: Map<string, SandboxRun>, key: string, run: SandboxRun): void {
  kept.set(key, run);
  for (const oldest of kept.keys()) if (kept.size > keptRuns) kept.delete(oldest);
}
