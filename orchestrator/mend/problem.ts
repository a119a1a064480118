/** Why an answer can't be mended, before it becomes a refusal. */
export interface Problem {
  readonly kind: 'problem';
  readonly code: 'diff_invalid' | 'diff_binary' | 'diff_ambiguous' | 'diff_not_applicable';
  readonly reason: string;
}
