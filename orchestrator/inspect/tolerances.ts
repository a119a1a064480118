/** Numbers that say how exact a test is, or how much must be covered. */
import type { LineChanges } from './changed-file.ts';

/** A larger number after one of these is a weaker test: pytest.approx, numpy, Go's and JUnit's delta, GoogleTest. */
const looser =
  /\b(?:abs(?:_tol)?|rel(?:_tol)?|rtol|atol|tol(?:erance)?|eps(?:ilon)?|delta|max_?diff\w*|retries|InDelta|NEAR)\b/i;
/** A smaller one is: unittest, Jest, coverage tools. */
const stricter =
  /\b(?:places|decimals?|digits|precision|toBeCloseTo|fail[_-]under|cov-fail-under|min(?:imum)?[_-]?coverage|coverage\w*|threshold\w*|branches|functions|lines|statements)\b/i;
const number = /(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/gi;

/** A line that stays but for a number that makes it weaker, with the line's number now; null = there is none. */
export function loosenedLine({ replaced }: LineChanges): number | null {
  const found = replaced.find(([was, now]) => isLooser(was.text, now.text));
  return found === undefined ? null : found[1].number;
}

function isLooser(was: string, now: string): boolean {
  if (was.replace(number, '#') !== now.replace(number, '#')) return false;
  const [olds, news] = [[...was.matchAll(number)], [...now.matchAll(number)]];
  return olds.some((old, at) => {
    const change = Number(news[at]?.[0]) - Number(old[0]);
    if (change === 0) return false;
    // The name that the number belongs to is the nearest one before it.
    const name = /[A-Za-z][\w-]*(?=[^A-Za-z]*$)/.exec(was.slice(0, old.index))?.[0] ?? '';
    const call = /\.(?:toBeCloseTo|InDelta)\b/.exec(was.slice(0, old.index))?.[0].slice(1) ?? '';
    const last = at === olds.length - 1 ? call : '';
    return change > 0 ? looser.test(`${name} ${last}`) : stricter.test(`${name} ${last}`);
  });
}
