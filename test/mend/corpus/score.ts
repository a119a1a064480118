/** One row, one verdict: the mended diff is applied by strict git, and the tree must be the intended one. */
import { type BaseReader, mend } from '../../../orchestrator/mend/mend.ts';
import type { Commit } from './commits.ts';
import type { Oracle } from './git.ts';
import type { Row } from './rows.ts';

export type Verdict = 'right' | 'wrong' | 'refused';

/**
 * determined: the text says what was meant. open: it does not, and so must be refused (or be right by another sign).
 * other: it is a well-formed diff of another change, and nobody can see that this was not meant; right is what it says.
 */
export type Says = 'determined' | 'open' | 'other';

export interface Scored {
  readonly row: Row;
  readonly says: Says;
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
  const apply = (base: string, diff: Uint8Array): Promise<string | null> => {
    const key = `${base} ${Buffer.from(diff).toString('latin1')}`;
    const tree = applied.get(key) ?? oracle.apply(base, diff);
    applied.set(key, tree);
    return tree;
  };
  return {
    score: async (row) => {
      const { base, intended } = oracle.trees(row.commit);
      const literal = row.determined ? null : await oracle.applyBare(base, asText(row.literal));
      const says = row.determined ? 'determined' : literal === null || literal === intended ? 'open' : 'other';
      const mended = await mend(asText(row.answer).toString(), readerOf(row.commit));
      if (mended.kind === 'refused') return { row, says, verdict: 'refused', why: `${mended.code}: ${mended.reason}` };
      const found = await apply(base, mended.diff);
      const right = found === intended || (says === 'other' && found === literal);
      if (right) return { row, says, verdict: 'right', why: mended.repairs.join('; ') };
      return { row, says, verdict: 'wrong', why: found === null ? 'git refused the mended diff' : 'another tree' };
    },
  };
}

/** What a model says is text: bytes that are no UTF-8 are lost on the way. */
function asText(bytes: string): Buffer {
  return Buffer.from(Buffer.from(bytes, 'latin1').toString('utf8'));
}
