/** Numbers that say how exact a test is, or how much must be covered. */
import type { ComparedFile } from './changed-file.ts';

/** A larger number behind one of these is a weaker test: pytest, numpy, testify, RSpec, Jest, JUnit, GoogleTest. */
const looser =
  /^(?:abs(?:_?tol)?|rel(?:_?tol)?|rtol|atol|tol(?:erance)?|eps(?:ilon)?|delta|max_?diff\w*|be_within|within|\w*less\w*|isCloseTo|\w*NEAR|retr(?:y|ies)\w*|flaky\w*|reruns)$/i;
/** A smaller one is: unittest, Jest, coverage tools. */
const stricter =
  /^(?:places|decimals?|digits|precision|\w*greater\w*|\w*at_?least|[\w-]*fail[_-]?under|min(?:imum)?[_-]?coverage|coverage[\w-]*|threshold[\w-]*|branches|functions|lines|statements)$/i;
/** Here the last of several arguments is the tolerance. */
const lastArgument = /\b(?:assert_?equals?|assert_?in_?(?:delta|epsilon)|InDelta|InEpsilon|assertArrayEquals)\b/i;
const difference = /abs\w*[ \t]*\(.*[<>]=?[ \t]*$/i;
const number = /(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/gi;
const nameBefore = /([A-Za-z][\w-]{0,60})[^A-Za-z0-9]{0,20}$/;

/** Files that set how much must be covered. */
const settings =
  /(?:^|\/)(?:\.?coveragerc|setup\.cfg|tox\.ini|pyproject\.toml|package\.json|\.?codecov\.ya?ml|[\w.-]*\.config\.\w+|\.?(?:nyc|c8)rc[\w.]*)$/;
const coverage = /fail[_-]?under|coverage/i;
const longestLine = 500;

/** A line that stays but for a number that makes it weaker, with the line's number now; null = there is none. */
export function loosenedLine({ path, lines: { replaced } }: ComparedFile, isTest: boolean): number | null {
  const found = replaced.find(([was, now]) => {
    if (was.text.length > longestLine || now.text.length > longestLine) return false;
    if (!isTest && !settings.test(path) && !coverage.test(was.text)) return false;
    return isLooser(digitsWritten(was.text), digitsWritten(now.text));
  });
  return found === undefined ? null : found[1].number;
}

/** Jest compares two digits where none are given. */
function digitsWritten(line: string): string {
  return line.replace(/(toBeCloseTo\([^,()]{1,200})\)/, '$1, 2)');
}

function isLooser(was: string, now: string): boolean {
  if (was.replace(number, '#') !== now.replace(number, '#')) return false;
  const [olds, news] = [[...was.matchAll(number)], [...now.matchAll(number)]];
  return olds.some((old, at) => {
    const change = Number(news[at]?.[0]) - Number(old[0]);
    if (change === 0) return false;
    const before = was.slice(0, old.index);
    const larger = change > 0;
    const name = nameBefore.exec(before)?.[1] ?? '';
    if (looser.test(name) || difference.test(before)) return larger;
    if (stricter.test(name)) return !larger;
    if (at < olds.length - 1 || at === 0) return false;
    return /toBeCloseTo/.test(before) ? !larger : larger && lastArgument.test(before);
  });
}
