/** What the changed files would hold: text at all, of bounded size, nothing unseen, no secret, no weaker tests. */
import { refuse, type Refused } from '../outcome.ts';
import type { BareGit, Change } from '../ports/git.ts';
import type { Flag } from '../ports/sandbox.ts';
import { compare, readChanged } from './changed-file.ts';
import { flagsOf } from './flags.ts';
import { inspectForm } from './form.ts';
import { pairMoves } from './moves.ts';
import type { Rules } from './rules.ts';
import { inspectSecrets } from './secrets.ts';
import { inspectTests, testMatcher } from './tests.ts';
import { inspectUnicode } from './unicode.ts';

export async function inspectContent(
  changes: readonly Change[],
  git: BareGit,
  rules: Rules,
): Promise<{ readonly kind: 'flags'; readonly flags: readonly Flag[] } | Refused> {
  const read = await readChanged(changes, git);
  if (read === 'too much') return refuse('diff_too_large', 'The changed files are too large to be read together.');
  const unreadable = inspectForm(read, rules);
  if (unreadable !== null) return unreadable;
  const files = pairMoves(read).map(compare);
  const isTest = testMatcher(rules.policy);
  const flags: Flag[] = [];
  for (const file of files) {
    const refused = inspectUnicode(file, rules.policy) ?? (await inspectSecrets(file.path, file.lines.added, rules));
    if (refused !== null) return refused;
    flags.push(...flagsOf(file, isTest(file.path)));
  }
  return inspectTests(files, rules) ?? { kind: 'flags', flags };
}
