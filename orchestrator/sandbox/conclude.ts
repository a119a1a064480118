import { describe, refuse, type Refused } from '../outcome.ts';
import type { SandboxRun } from '../ports/sandbox.ts';
import type { RunEnd } from './first-end.ts';
import type { EndState } from './open-container.ts';

/** Exit codes of the entrypoint before its first part is out (sandbox-image/entrypoint.sh). */
const failedStep: Readonly<Record<number, string>> = {
  70: 'it could not read its parcel',
  71: 'it could not clone the base commit',
  72: 'the diff did not apply in its clone',
  73: 'it could not export the patch',
};

/** What came out before the end, and whether it ended properly. */
export interface Received {
  readonly bundle: SandboxRun['bundle'];
  readonly complete: boolean;
}

type Conclusion = Pick<SandboxRun, 'end' | 'exitCode'> & { readonly kind: 'ended' };

/** How a run ended: our clock and our caps first, then the daemon's word, last what came out. Never what the log says. */
export function conclude(end: RunEnd, state: EndState, received: Received): Conclusion | Refused {
  switch (end.kind) {
    case 'refused':
      return end;
    case 'out_of_time':
    case 'output_limit':
      // The exit code is that of our own kill.
      return { kind: 'ended', end: end.kind, exitCode: null };
    case 'closed':
      return concludeClosed(end.cause, state, received);
  }
}

function concludeClosed(cause: unknown, state: EndState, { bundle, complete }: Received): Conclusion | Refused {
  // A part of the output must not be taken for all of it.
  if (state.running) {
    const why = cause === null ? 'Docker closed it' : describe(cause);
    return refuse('sandbox_crash', `The output stream broke off while the sandbox was running: ${why}.`);
  }
  // Also when the exit code is 0: the one killed may have been a child that nobody asked about.
  if (state.oomKilled) return { kind: 'ended', end: 'oom', exitCode: state.exitCode };
  if (bundle === null) {
    const why = failedStep[state.exitCode] ?? `exit code ${state.exitCode}`;
    return refuse('bundle_missing', `The sandbox ended before it had handed back its patch: ${why}; see its log.`);
  }
  if (!complete) {
    return refuse('bundle_invalid', 'The sandbox ended in the middle of its archive; did the tests kill its shell?');
  }
  return { kind: 'ended', end: 'exited', exitCode: state.exitCode };
}
