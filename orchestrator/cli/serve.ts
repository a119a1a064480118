import { once } from 'node:events';
import { startEngine } from '../engine.ts';
import { openStore } from '../wire-store.ts';
import type { Context } from './context.ts';
import { exit, type ExitCode } from './exit.ts';

/** `self-coding serve`: works on queued jobs until it is told to stop; running jobs are then given back to the queue. */
export async function serve({ config, output, log, scrubber, signal }: Context): Promise<ExitCode> {
  await using store = await openStore(config, { role: 'engine', log, signal });
  const watcher = {
    stage: (stage: string, what: string) => {
      log.info({ stage, what }, 'stage begins');
      return () => log.debug({ stage }, 'stage is over');
    },
    log: () => undefined,
  };
  await using _engine = await startEngine(config, store, { log, scrubber, watcher });
  if (!config.ENABLE_SELF_CODING_ENGINE)
    output.progress('the engine is off (ENABLE_SELF_CODING_ENGINE); jobs will be refused');
  output.result({ kind: 'serving', runner: config.SELF_CODING_RUNNER }, () => 'serving; stop with Ctrl-C');
  if (!signal.aborted) await once(signal, 'abort');
  output.progress('stopping: running jobs go back to the queue');
  return exit.done;
}
