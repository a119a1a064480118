/**
 * The model: asked for a diff, believed in nothing.
 * Types only; `main.ts` wires the real ones. Ids are lower-case hex, bytes are `Uint8Array`,
 * durations are milliseconds unless a name says otherwise.
 */
import type { Refused } from '../outcome.ts';

export interface ModelUsage {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface DraftRequest {
  readonly title: string;
  readonly description: string;
  readonly testCommand: string;
  readonly allowedSuffixes: readonly string[];
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Paths that exist but are not shown. */
  readonly otherPaths: readonly string[];
  readonly earlier: readonly EarlierDraft[];
}

/** An earlier round: what the model wrote, and what we say about it. */
export interface EarlierDraft {
  readonly answer: string;
  readonly problem: string;
}

export interface Drafted {
  readonly kind: 'drafted';
  readonly model: string;
  /** The model's words, untrusted, at most a few MiB. */
  readonly answer: string;
  readonly usage: ModelUsage;
}

export interface Model {
  /** Before anything is spent: is there a key, does the server answer, does it know the model? `unknown` = it can't say. */
  check(signal: AbortSignal): Promise<{ readonly kind: 'available' | 'unknown' } | Refused>;
  draft(request: DraftRequest, signal: AbortSignal): Promise<Drafted | Refused>;
}
