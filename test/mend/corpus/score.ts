/** One row, one verdict: the mended diff is applied by strict git, and the tree must be the intended one. */
import { type BaseReader, mend } from '../../../orchestrator/mend/mend.ts';
import type { Commit } from './commits.ts';
import type { Oracle } from './git.ts';
import type { Row } from './rows.ts';

export type Verdict = 'right' | 'wrong' | 'refused';

export interface Scored {
  readonly row: Row;
  readonly verdict: Verdict;
  /** Code and reason, or what git said. */
  readonly why: string;
}

export function readerOf({ before }: Commit): BaseReader {
  return {
    read: async (path) => {
      const text = before[Buffer.from(path, 'utf8').toString('latin1')];
      return text === undefined ? null : Buffer.from(text, 'latin1');
    },
    paths: async () => Object.keys(before).map((path) => Buffer.from(path, 'latin1').toString('utf8')),
  };
}

export interface Scorer {
  score(row: Row): Promise<Scored>;
}

/** Equal diffs on equal bases are applied once. */
export function openScorer(oracle: Oracle): Scorer {
  const applied = new Map<string, Promise<string | null>>();
  return {
    score: async (row) => {
      const { base, intended } = oracle.trees(row.commit);
      // What a model says is text: bytes that are no UTF-8 are lost on the way.
      const answer = Buffer.from(row.answer, 'latin1').toString('utf8');
      const mended = await mend(answer, readerOf(row.commit));
      if (mended.kind === 'refused') return { row, verdict: 'refused', why: `${mended.code}: ${mended.reason}` };
      const key = `${base} ${Buffer.from(mended.diff).toString('latin1')}`;
      const tree = applied.get(key) ?? oracle.apply(base, mended.diff);
      applied.set(key, tree);
      const found = await tree;
      if (found === intended) return { row, verdict: 'right', why: mended.repairs.join('; ') };
      return { row, verdict: 'wrong', why: found === null ? 'git refused the mended diff' : 'another tree' };
    },
  };
}
