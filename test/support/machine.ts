/** What the whole test suite needs of the machine: Docker Engine and the sandbox image, set up where they are missing. */
import { readConfig } from '../../orchestrator/config.ts';
import { setUp } from '../../orchestrator/set-up/set-up.ts';
import { showSteps } from '../../orchestrator/set-up/steps.ts';
import { setUpOptions } from '../../orchestrator/wire-local-runner.ts';

/** Ctrl-C stops it in order: nothing half-made is left. */
export async function prepareMachine(): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error('stopped'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  await setUp(setUpOptions(readConfig(), showSteps(process.stderr)), stop.signal);
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}
