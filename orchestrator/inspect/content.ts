/** What the changed files would hold: text at all, of bounded size, nothing unseen, no secret, no weaker tests. */
import { refuse, type Refused } from '../outcome.ts';
import type { BareGit, Change } from '../ports/git.ts';
import type { Flag } from '../ports/sandbox.ts';
import { type ChangedFile, lineChanges, readChanged } from './changed-file.ts';
import { flagsOf } from './flags.ts';
import type { Rules } from './rules.ts';
import { inspectSecrets } from './secrets.ts';
import { inspectTests, testMatcher } from './tests.ts';
import { inspectUnicode } from './unicode.ts';

/** Git LFS writes this in place of a file's content, which nobody here has seen. */
const pointer = Buffer.from('version https://git-lfs.github.com/spec/');

export async function inspectContent(
  changes: readonly Change[],
  git: BareGit,
  rules: Rules,
): Promise<{ readonly kind: 'flags'; readonly flags: readonly Flag[] } | Refused> {
  const files = await readChanged(changes, git);
  if (files === 'too much') return refuse('diff_too_large', 'The changed files are too large to be read together.');
  const total = files.reduce((sum, { after }) => sum + (after?.byteLength ?? 0), 0);
  const { totalBytes } = rules.policy.limits;
  if (total > totalBytes) {
    const reason = `The changed files would have ${total} bytes together; at most ${totalBytes} are allowed ("limits.totalBytes" in policies/diff.json).`;
    return refuse('diff_too_large', reason);
  }
  const unreadable = files.map((file) => inspectForm(file, rules)).find((refused) => refused !== null);
  if (unreadable !== undefined) return unreadable;
  const isTest = testMatcher(rules.policy);
  const flags: Flag[] = [];
  for (const file of files) {
    const { added } = lineChanges(file);
    const refused = inspectUnicode(file.path, added, rules.policy) ?? (await inspectSecrets(file.path, added, rules));
    if (refused !== null) return refused;
    flags.push(...flagsOf(file, added, isTest(file.path)));
  }
  return inspectTests(files, rules) ?? { kind: 'flags', flags };
}

function inspectForm({ path, before, after }: ChangedFile, { policy }: Rules): Refused | null {
  const { fileBytes } = policy.limits;
  for (const side of [before, after]) {
    if (side === null) continue;
    if (side.byteLength > fileBytes) {
      const reason = `${path} has ${side.byteLength} bytes; at most ${fileBytes} may a changed file have ("limits.fileBytes" in policies/diff.json).`;
      return refuse('diff_too_large', reason, path);
    }
    if (side === after && side.includes(0)) return refuse('diff_binary', `${path} is not text.`, path);
    if (Buffer.from(side.buffer, side.byteOffset, side.byteLength).subarray(0, pointer.length).equals(pointer)) {
      return refuse('diff_binary', `${path} is a pointer to content kept elsewhere (Git LFS).`, path);
    }
  }
  return null;
}
