/** A variant while it is being made: the true diff, changed step by step as models change it. */
import type { Commit } from './commits.ts';
import type { ModelFile, Style } from './diff-model.ts';

export interface Draft {
  readonly commit: Commit;
  readonly files: readonly ModelFile[];
  readonly style: Style;
  readonly form: 'diff' | 'blocks' | 'files' | 'mixed' | 'patch';
  /** What the hunk numbers are worth. */
  readonly numbers: 'right' | 'wrong' | 'none';
  /** White space was lost or converted, so that equal text is no proof. */
  readonly damaged: boolean;
  /** A removed line has lost white space at its end: where equal lines are context, nobody sees that it was to go. */
  readonly cleaned: boolean;
  /** The text does not say any more what was meant: the only right answer is a refusal (or luck). */
  readonly lost: boolean;
  /** What surrounds the text, applied in order. */
  readonly wrappers: readonly ((text: string) => string)[];
  /** One block for each hunk or file instead of a single text. */
  readonly split: boolean;
}

/** Lines of the file before the commit, without their ends, and with `\r`. */
export function baseLines(commit: Commit, path: string): readonly string[] {
  const text = commit.before[path] ?? '';
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

export function mapHunks(
  draft: Draft,
  change: (hunk: ModelFile['hunks'][number], file: ModelFile) => ModelFile['hunks'][number],
): Draft {
  return {
    ...draft,
    files: draft.files.map((file) => ({ ...file, hunks: file.hunks.map((hunk) => change(hunk, file)) })),
  };
}

export function isNew(file: ModelFile): boolean {
  return file.labels?.[0] === '/dev/null' || file.header.some((line) => line.startsWith('new file'));
}

export function isDeleted(file: ModelFile): boolean {
  return file.labels?.[1] === '/dev/null' || file.header.some((line) => line.startsWith('deleted file'));
}

export function isRename(file: ModelFile): boolean {
  return file.header.some((line) => line.startsWith('rename '));
}
