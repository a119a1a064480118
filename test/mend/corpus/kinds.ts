/** All kinds of damage by name, in the order in which they happen to an answer. */
import { asBlocks, asFiles, asMixture } from './form-kinds.ts';
import { lostTrailing, misremembered, blanksToTabs, outdented, tabsToBlanks } from './line-kinds.ts';
import {
  bareHunks,
  type Corrupt,
  dottedHunks,
  headingHunks,
  outOfOrder,
  shiftedStarts,
  wrongCounts,
  wrongStarts,
} from './number-kinds.ts';
import { addedBlanksUnmarked, asPatch, elided, gapsBetweenHunks, gluedContext, lineNumbers } from './model-kinds.ts';
import {
  bareNames,
  blanksUnmarked,
  contextUnmarked,
  datedNames,
  dottedNames,
  doubledNames,
  gitLinesMissing,
  newlineMarksMissing,
  noFinalNewline,
  quotedNames,
  windowsEnds,
} from './style-kinds.ts';
import { asEmail, bareInfo, explainedAtOnce, fencedTwice, inFence, inProse, severalBlocks } from './wrap-kinds.ts';

export interface Kind {
  readonly name: string;
  /** Lines of context of the diff that it starts from. */
  readonly context: 0 | 1 | 3;
  /** Kinds of one group exclude each other. */
  readonly group: string;
  readonly corrupt: Corrupt;
}

const same: Corrupt = (draft) => draft;
const kind = (name: string, group: string, corrupt: Corrupt): Kind => ({ name, group, corrupt, context: 3 });

export const kinds: readonly Kind[] = [
  { ...kind('context of one line', 'context', same), context: 1 },
  { ...kind('no context', 'context', same), context: 0 },
  kind('misremembered context', 'memory', misremembered),
  kind('lost trailing space', 'space', lostTrailing),
  kind('tabs to blanks', 'space', tabsToBlanks),
  kind('blanks to tabs', 'space', blanksToTabs),
  kind('lost outer indent', 'space', outdented),
  kind('wrong starts', 'start', wrongStarts),
  kind('shifted starts', 'start', shiftedStarts),
  kind('wrong counts', 'counts', wrongCounts),
  kind('bare @@', 'start', bareHunks),
  kind('@@ ... @@', 'start', dottedHunks),
  kind('@@ heading @@', 'start', headingHunks),
  kind('out of order', 'order', outOfOrder),
  kind('unmarked blank lines', 'marks', blanksUnmarked),
  kind('unmarked context', 'marks', contextUnmarked),
  kind('unmarked added blanks', 'marks', addedBlanksUnmarked),
  kind('no git lines', 'git', gitLinesMissing),
  kind('no a/ b/', 'names', bareNames),
  kind('./ names', 'names', dottedNames),
  kind('a// names', 'names', doubledNames),
  kind('dated names', 'names', datedNames),
  kind('quoted names', 'names', quotedNames),
  kind('no newline marks', 'newline', newlineMarksMissing),
  kind('search/replace', 'form', asBlocks),
  kind('whole files', 'form', asFiles),
  kind('diff and blocks', 'form', asMixture),
  kind('*** Begin Patch', 'form', asPatch),
  kind('line numbers', 'listing', lineNumbers),
  kind('dots for context', 'listing', elided),
  kind('context behind @@', 'heading', gluedContext),
  kind('gaps between hunks', 'gaps', gapsBetweenHunks),
  kind('several blocks', 'wrap', severalBlocks),
  kind('fence and prose', 'wrap', inFence),
  kind('prose, no fence', 'wrap', inProse),
  kind('fenced twice', 'wrap', fencedTwice),
  kind('"diff" before it', 'wrap', bareInfo),
  kind('text right behind', 'wrap', explainedAtOnce),
  kind('email', 'wrap', asEmail),
  kind('CRLF', 'bytes', windowsEnds),
  kind('no final newline', 'end', noFinalNewline),
];
