/**
 * How things end. Three kinds, never mixed: a value (go on), a `Refused` value (we decided; final),
 * a thrown `Fault` (something broke; the queue may retry).
 */

/**
 * Every failure code, and what it means for the queue:
 * `refused` is final, `fault` is retried with backoff and then dead-lettered,
 * `by cause` is refused where a setting or a person is to blame, and thrown where a service or another worker is.
 */
export const endings = {
  proposal_invalid: 'refused',
  engine_disabled: 'refused',
  repo_not_allowed: 'refused',
  risk_not_allowed: 'refused',
  approval_stale: 'refused',
  worktree_not_clean: 'refused',
  base_moved: 'refused',
  repo_unsupported: 'refused',
  ai_core_unavailable: 'by cause',
  model_output_invalid: 'refused',
  budget_exceeded: 'refused',
  diff_empty: 'refused',
  diff_too_large: 'refused',
  diff_invalid: 'refused',
  diff_not_applicable: 'refused',
  diff_ambiguous: 'refused',
  diff_binary: 'refused',
  diff_suffix_not_allowed: 'refused',
  diff_path_invalid: 'refused',
  diff_path_protected: 'refused',
  diff_path_out_of_scope: 'refused',
  diff_path_collision: 'refused',
  diff_mode_forbidden: 'refused',
  diff_unicode: 'refused',
  diff_secret: 'refused',
  tests_failed: 'refused',
  tests_not_run: 'refused',
  tests_weakened: 'refused',
  tests_timeout: 'refused',
  tests_flaky: 'refused',
  environment_failed: 'refused',
  sandbox_unsupported_host: 'refused',
  sandbox_config_drift: 'refused',
  sandbox_start_failed: 'fault',
  sandbox_oom: 'refused',
  sandbox_crash: 'refused',
  sandbox_output_limit: 'refused',
  bundle_missing: 'refused',
  bundle_invalid: 'refused',
  bundle_too_large: 'refused',
  bundle_mismatch: 'refused',
  push_rejected: 'refused',
  push_conflict: 'refused',
  forge_unavailable: 'by cause',
  lease_lost: 'by cause',
  cancelled: 'by cause',
  internal_error: 'fault',
} as const;

/** One class of failure; see docs/concepts.md. */
export type Code = keyof typeof endings;

/** We looked and decided: this job ends here. `reason` is one sentence that says what to do about it. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: Code;
  /** Where: a path, or a path and line. Shown as `code:detail`. */
  readonly detail: string | null;
  readonly reason: string;
}

/** Builds a refusal; `detail` is the `PATH` or `PATH:LINE` that the code names, if it names one. */
export function refuse(code: Code, reason: string, detail: string | null = null): Refused {
  return { kind: 'refused', code, detail, reason };
}

/** A refusal as it is stored and printed: `code` or `code:detail`. */
export function label(refused: Pick<Refused, 'code' | 'detail'>): string {
  return refused.detail === null ? refused.code : `${refused.code}:${refused.detail}`;
}

/** A code that may be thrown. */
export type FaultCode = { [C in Code]: (typeof endings)[C] extends 'refused' ? never : C }[Code];

/** Is this the name of a code that may be thrown? For what comes from another process. */
export function isFaultCode(code: unknown): code is FaultCode {
  return Object.entries(endings).some(([known, ending]) => known === code && ending !== 'refused');
}

/** Something outside us broke. `subject` names what (a container id, a URL, a job); the queue may try again. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly subject: string;

  constructor(code: FaultCode, subject: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'Fault';
    this.code = code;
    this.subject = subject;
  }
}

/** The text of an unknown thrown value, with its causes, for people and logs. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
