/**
 * Told of everything that happens in a job, in order; for the timeline and the live log.
 * Types only; `main.ts` wires the real ones. Ids are lower-case hex, bytes are `Uint8Array`,
 * durations are milliseconds unless a name says otherwise.
 */
import type { Stage } from './proposal.ts';
import type { SandboxOrder } from './sandbox.ts';

export interface Watcher {
  /** A stage begins; what is returned is called when it is over. Stages may overlap. */
  stage(stage: Stage, what: string): () => void;
  log(role: SandboxOrder['role'], chunk: Uint8Array): void;
}
