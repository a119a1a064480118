/** Set-up can't go on by itself: `message` says what is wrong, and `remedy` what a person can do about it. */
export class SetUpError extends Error {
  readonly remedy: string;

  constructor(problem: string, remedy: string, options?: { readonly cause?: unknown }) {
    super(`${problem}\n${remedy}`, options);
    this.name = 'SetUpError';
    this.remedy = remedy;
  }
}
