import type { Watcher } from '../ports/watcher.ts';
import type { Output } from './output.ts';

/** One line for each stage as it begins, with the seconds since the first; test output is left to `show`. */
export function stageLines(output: Output): Watcher {
  const started = performance.now();
  return {
    stage: (stage, what) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
      output.progress(`${seconds} s  ${stage.padEnd(8)} ${what}`);
      return () => undefined;
    },
    log: () => undefined,
  };
}
