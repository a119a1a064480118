/** What was mended, for the log and the pull request. */
import { readable } from './byte-text.ts';
import { statedStart } from './place/find-hunk.ts';
import type { Located } from './place/locate.ts';
import type { Place } from './place/place.ts';
import type { Plan } from './plan/plan.ts';

const mostRepairs = 40;

export function repairsOf(plans: readonly Plan[], files: readonly Located[]): readonly string[] {
  const whole = plans.flatMap(({ target }) =>
    target.kind === 'write' ? [`${readable(target.path)}: given as a whole file`] : [],
  );
  const hunks = files.flatMap((file) =>
    file.choices.flatMap((choice, at) => {
      const finding = file.findings[at];
      if (choice.kind !== 'placed' || finding === undefined) return [];
      const what = [
        movedBy(statedStart(finding), choice.place),
        misfit(choice.place),
        misremembered(choice.place),
      ].filter((each) => each !== null);
      return what.map((each) => `${readable(file.path)}, hunk ${at + 1}: ${each}`);
    }),
  );
  return [...whole, ...hunks].slice(0, mostRepairs);
}

function movedBy(stated: number | null, { start }: Place): string | null {
  if (stated === null) return `found by its content at line ${start + 1}`;
  return stated === start ? null : `stated at line ${stated + 1}, found at line ${start + 1}`;
}

function misfit({ fit }: Place): string | null {
  switch (fit) {
    case 'exact':
      return null;
    case 'trailing':
      return 'white space at line ends taken from the base';
    case 'spacing':
      return 'tabs and blanks taken from the base';
    case 'shifted':
      return 'indentation taken from the base';
  }
}

function misremembered({ odd }: Place): string | null {
  return odd === null ? null : 'one context line was not as in the base';
}
