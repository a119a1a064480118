/** Weakening of tests that can be seen in the change itself. What can't is left to the runs and to the reviewer. */
import { refuse, type Refused } from '../outcome.ts';
import { type ComparedFile, textOf } from './changed-file.ts';
import type { DiffPolicy } from './policy.ts';
import { matcher, type Rules } from './rules.ts';
import { hasSkip, holdsTests, type Marks, moreMarks, ownSkips } from './test-marks.ts';
import { loosenedLine } from './tolerances.ts';

/** Does this path belong to the tests? Compiled once per policy. */
export function testMatcher({ tests, own }: DiffPolicy): (path: string) => boolean {
  const [operators, repositorys] = [matcher(tests.files, true), matcher(own.tests, true)];
  return (path) => operators(path) || repositorys(path);
}

/**
 * `tests_weakened` for tests that are deleted, skipped, or have fewer assertions than before, all changed test files
 * taken together, and for a tolerance or threshold that is let out. A file that the approval lists is not judged.
 */
export function inspectTests(files: readonly ComparedFile[], { policy, approved }: Rules): Refused | null {
  const isTest = testMatcher(policy);
  const judged = files.filter(({ path, from }) => !approved.paths.includes(from ?? path));
  const tests = judged.filter(
    ({ path, from, before }) => isTest(from ?? path) || isTest(path) || holdsTests(textOf(before)),
  );
  return deleted(tests, policy) ?? fewer(tests) ?? loosened(judged, new Set(tests));
}

function deleted(tests: readonly ComparedFile[], policy: DiffPolicy): Refused | null {
  const gone = tests.find(({ status }) => status === 'D');
  if (gone !== undefined) return weakened(gone.path, 'belongs to the tests and would be deleted');
  const lost = tests.find(({ path, from }) => from !== null && !isFoundLike(from, path, policy));
  return lost === undefined
    ? null
    : weakened(lost.from ?? lost.path, `would become ${lost.path}, where test runners don't look for it`);
}

/** By the same pattern: of names, with the same suffix; or of directories, with the same name. */
function isFoundLike(from: string, to: string, { tests, own }: DiffPolicy): boolean {
  if (suffixOf(from) !== suffixOf(to)) return false;
  const patterns = [...tests.files, ...own.tests].filter((pattern) => matcher([pattern], true)(from));
  const named = patterns.filter((pattern) => !pattern.endsWith('/'));
  if (patterns.length === 0) return true;
  const same = named.length > 0 || nameOf(from) === nameOf(to);
  return same && (named.length > 0 ? named : patterns).some((pattern) => matcher([pattern], true)(to));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function suffixOf(path: string): string {
  return /\.[^./]*$/.exec(path)?.[0] ?? '';
}

interface Counted {
  readonly file: ComparedFile;
  /** What there is more now than before; below 0 = less. */
  readonly more: Marks;
}

function fewer(tests: readonly ComparedFile[]): Refused | null {
  const counted = tests.map((file) => ({ file, more: moreMarks(file.path, textOf(file.before), textOf(file.after)) }));
  if (sumOf(counted, 'ends') > 0) return skipped(counted, 'ends');
  // A new file may leave out what it brings, and so may a new test in an old one.
  const old = counted.filter(({ file }) => file.before !== null);
  const own = old.reduce((sum, { file }) => sum + ownSkips(file.path, file.lines.added), 0);
  if (sumOf(old, 'skips') > Math.min(own, Math.max(0, sumOf(old, 'tests')))) return skipped(old, 'skips');
  for (const [mark, what] of [
    ['tests', 'tests'],
    ['assertions', 'assertions that can fail'],
  ] as const) {
    const lost = -sumOf(counted, mark);
    if (lost > 0) {
      const where = sorted(counted, mark)[0]?.file.path ?? '';
      return weakened(where, `would lose ${what} (${lost}, all changed test files together)`);
    }
  }
  return null;
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
  const line = file.lines.added.find(({ text }) => hasSkip(file.path, text));
  const where = line === undefined ? file.path : `${file.path}:${line.number}`;
  return weakened(where, 'would leave out tests, or let them end early');
}

/** Thresholds stand in other files too. */
function loosened(files: readonly ComparedFile[], tests: ReadonlySet<ComparedFile>): Refused | null {
  for (const file of files) {
    const line = loosenedLine(file, tests.has(file));
    if (line !== null) return weakened(`${file.path}:${line}`, 'would make a tolerance wider, or a threshold lower');
  }
  return null;
}

function weakened(where: string, what: string): Refused {
  const reason = `${where} ${what}; if that is what shall be done, the proposal has to list the file (--allow-path). See "tests" in policies/diff.json.`;
  return refuse('tests_weakened', reason);
}
