/** Weakening of tests that can be seen in the change itself. What can't is left to the runs and to the reviewer. */
import { refuse, type Refused } from '../outcome.ts';
import { type ChangedFile, lineChanges } from './changed-file.ts';
import type { DiffPolicy } from './policy.ts';
import { matcher, type Rules } from './rules.ts';
import { hasSkip, holdsTests, type Marks, marksOf } from './test-marks.ts';
import { loosenedLine } from './tolerances.ts';

/** Does this path belong to the tests? Compiled once per inspection. */
export function testMatcher({ tests, own }: DiffPolicy): (path: string) => boolean {
  const [operators, repositorys] = [matcher(tests.files, true), matcher(own.tests, true)];
  return (path) => operators(path) || repositorys(path);
}

/** The patterns that are about a file's own name, by which runners find tests; the others are about where it lies. */
function namePatterns({ tests }: DiffPolicy): readonly string[] {
  return tests.files.filter((pattern) => !pattern.endsWith('/'));
}

/**
 * `tests_weakened` for tests that are deleted, skipped, or have fewer assertions than before, all changed test files
 * taken together, and for a tolerance or threshold that is let out. A file that the approval lists is not judged.
 */
export function inspectTests(files: readonly ChangedFile[], { policy, approved }: Rules): Refused | null {
  const isTest = testMatcher(policy);
  const judged = files.filter(({ path }) => !approved.paths.includes(path));
  const tests = judged.filter((file) => isTest(file.path) || holdsTests(textOf(file.before)));
  return deleted(tests, policy) ?? fewer(tests) ?? loosened(judged, new Set(tests));
}

/** A file that only moved, to a name under which runners still find it, is not gone; counting sees what it lost on the way. */
function deleted(tests: readonly ChangedFile[], policy: DiffPolicy): Refused | null {
  if (!tests.some(({ status }) => status === 'D')) return null;
  const isNamed = matcher(namePatterns(policy), true);
  const arrived = tests.filter(({ status }) => status === 'A');
  const gone = tests.find(
    (file) =>
      file.status === 'D' &&
      !arrived.some((other) => (isNamed(other.path) || !isNamed(file.path)) && isMostly(file.before, other.after)),
  );
  return gone === undefined ? null : weakened(gone.path, 'belongs to the tests and would be deleted');
}

/** At least half of the lines of the first are in the second, as git asks of a rename. */
function isMostly(before: Uint8Array | null, after: Uint8Array | null): boolean {
  const lines = textOf(before)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const there = new Set(textOf(after).split('\n'));
  return lines.filter((line) => there.has(line)).length * 2 >= lines.length;
}

interface Counted {
  readonly file: ChangedFile;
  /** What there is more now than before; below 0 = less. */
  readonly more: Marks;
}

function fewer(tests: readonly ChangedFile[]): Refused | null {
  const counted = tests.map((file) => ({ file, more: moreMarks(file) }));
  if (sumOf(counted, 'ends') > 0) return skipped(counted, 'ends');
  // A new file may leave out what it brings; but where a file is gone, a new one may be what it was.
  const gone = tests.some(({ status }) => status === 'D');
  const old = counted.filter(({ file }) => gone || file.status !== 'A');
  if (sumOf(old, 'skips') > 0) return skipped(old, 'skips');
  for (const [mark, what] of [
    ['tests', 'tests'],
    ['assertions', 'assertions that can fail'],
  ] as const) {
    const lost = -sumOf(counted, mark);
    if (lost > 0)
      return weakened(
        sorted(counted, mark)[0]?.file.path ?? '',
        `would lose ${what} (${lost}, all changed test files together)`,
      );
  }
  return null;
}

function moreMarks({ path, before, after }: ChangedFile): Marks {
  const [was, now] = [marksOf(path, textOf(before)), marksOf(path, textOf(after))];
  return {
    tests: now.tests - was.tests,
    assertions: now.assertions - was.assertions,
    skips: now.skips - was.skips,
    ends: now.ends - was.ends,
  };
}

function sumOf(counted: readonly Counted[], mark: keyof Marks): number {
  return counted.reduce((total, { more }) => total + more[mark], 0);
}

/** The file with the least of it first. */
function sorted(counted: readonly Counted[], mark: keyof Marks): readonly Counted[] {
  return counted.toSorted((a, b) => a.more[mark] - b.more[mark]);
}

function skipped(counted: readonly Counted[], mark: 'skips' | 'ends'): Refused | null {
  const file = sorted(counted, mark).at(-1)?.file;
  if (file === undefined) return null;
  const line = lineChanges(file).added.find(({ text }) => hasSkip(file.path, text));
  const where = line === undefined ? file.path : `${file.path}:${line.number}`;
  return weakened(where, 'would leave out tests, or let them end early');
}

/** Thresholds stand in other files too. */
function loosened(files: readonly ChangedFile[], tests: ReadonlySet<ChangedFile>): Refused | null {
  for (const file of files) {
    if (file.status !== 'M') continue;
    if (!tests.has(file) && !/cov|fail.?under|threshold/i.test(textOf(file.before))) continue;
    const line = loosenedLine(lineChanges(file));
    if (line !== null) return weakened(`${file.path}:${line}`, 'would make a tolerance wider, or a threshold lower');
  }
  return null;
}

function weakened(where: string, what: string): Refused {
  const reason = `${where} ${what}; if that is what shall be done, the proposal has to list the file (--allow-path). See "tests" in policies/diff.json.`;
  return refuse('tests_weakened', reason);
}

function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? '' : new TextDecoder().decode(bytes);
}
