import type { SandboxOrder, SandboxWatch } from '../../orchestrator/ports/sandbox.ts';
import { baseId } from './bundles.ts';

/** An order with small made-up content, some of it changed. */
export function anOrder(changes: Partial<SandboxOrder> = {}): SandboxOrder {
  return {
    jobId: 'job-1',
    role: 'patched',
    environment: 'default',
    testCommand: 'make test',
    wallClockSeconds: 60,
    base: baseId,
    pack: Buffer.from('PACK'),
    diff: new Uint8Array(),
    ...changes,
  };
}

export interface Watching extends SandboxWatch {
  /** The live log so far. */
  readonly text: () => string;
  readonly abort: (reason: Error) => void;
  /** Resolves when the live log first holds `text`. */
  readonly seen: (text: string) => Promise<void>;
}

/** A watch that remembers what it was told. */
export function watching(): Watching {
  const controller = new AbortController();
  const waiting = new Map<string, () => void>();
  let log = '';
  return {
    signal: controller.signal,
    onLog: (chunk) => {
      log += Buffer.from(chunk).toString('latin1');
      for (const [text, resolve] of waiting) if (log.includes(text)) resolve();
    },
    text: () => log,
    abort: (reason) => controller.abort(reason),
    seen: (text) =>
      new Promise((resolve) => {
        if (log.includes(text)) resolve();
        else waiting.set(text, resolve);
      }),
  };
}
