/**
 * The sandbox host: one container, one run, and what it showed.
 * Types only; `main.ts` wires the real ones. Ids are lower-case hex, bytes are `Uint8Array`,
 * durations are milliseconds unless a name says otherwise.
 */
import type { Refused } from '../outcome.ts';
import type { CommitId, TreeId } from './git.ts';

/** Everything an engine may say about a sandbox. No container option is among it: those come from policies/. */
export interface SandboxOrder {
  readonly jobId: string;
  readonly role: 'base' | 'patched';
  /** Name of an environment; `default` is the sandbox image itself. */
  readonly environment: string;
  /** Run by `/bin/sh -c` in the clone; null = apply and export only. */
  readonly testCommand: string | null;
  /** At most the policy's own wall clock. */
  readonly wallClockSeconds: number;
  readonly base: CommitId;
  readonly pack: Uint8Array;
  /** Empty = the untouched base. */
  readonly diff: Uint8Array;
}

export interface Bundle {
  readonly manifest: {
    readonly version: 1;
    readonly base: CommitId;
    readonly tree: TreeId;
    readonly tools: Readonly<Record<string, string>>;
  };
  readonly patch: Uint8Array;
}

/** Claims of untrusted code: what a JUnit report says. */
export interface ReportCounts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

export interface BoundedLog {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly totalBytes: number;
}

export interface SandboxRun {
  readonly kind: 'ran';
  /** What the daemon and our clock say; the container has no voice in it. */
  readonly end: 'exited' | 'out_of_time' | 'output_limit' | 'oom';
  readonly exitCode: number | null;
  /** What came out before any code of the repository ran; null = the run ended before that. */
  readonly bundle: Bundle | null;
  readonly report: ReportCounts | null;
  readonly log: BoundedLog;
  readonly image: string;
  readonly runtime: string;
  readonly timingsMs: { readonly start: number; readonly bundle: number | null; readonly total: number };
}

export interface Runner {
  /** One container, one run. Refuses with a `sandbox_*` or `bundle_*` code, throws `Fault` when Docker is gone. */
  run(order: SandboxOrder, watch: SandboxWatch): Promise<SandboxRun | Refused>;
  /** Is a sandbox possible here at all? Cheap; called before the model is asked. */
  ready(): Promise<{ readonly kind: 'ready' } | Refused>;
}

export interface SandboxWatch {
  readonly signal: AbortSignal;
  readonly onLog: (chunk: Uint8Array) => void;
}

/** What the runs showed. */
export interface TestRun {
  readonly exitCode: number | null;
  readonly end: SandboxRun['end'];
  readonly report: ReportCounts | null;
  readonly durationMs: number;
  /** Printable, bounded, control characters escaped. */
  readonly log: string;
}

/** Something in the change that a reviewer should look at twice. */
export interface Flag {
  readonly flag: 'tests-changed' | 'env-detection' | 'obfuscated' | 'network' | 'guarded';
  readonly path: string;
  /** In the new file; null = the file as a whole. */
  readonly line: number | null;
}

export interface Evidence {
  readonly base: TestRun | null;
  readonly patched: TestRun | null;
  readonly image: string | null;
  readonly runtime: string | null;
  readonly rounds: readonly { readonly tree: TreeId | null; readonly failure: string | null }[];
  /** Of the draft that was proven. */
  readonly flags: readonly Flag[];
}
