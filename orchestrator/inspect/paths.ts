/** Which paths a change may touch, judged on what `git diff-tree` says, never on the diff's text. */
import ignore, { type Ignore } from 'ignore';
import { refuse, type Refused } from '../outcome.ts';
import type { Change } from '../ports/git.ts';
import type { DiffPolicy } from './policy.ts';

/** Letters, digits, marks, spaces inside, and harmless punctuation; no control, format, private or unassigned characters. */
const nameAllowed = /^[\p{L}\p{M}\p{N} !#$%&'()+,.;=@[\]^_{}~-]+$/u;
const windowsDevice = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\..*)?$/i;

/** Compiled once per policy; `judge` returns the first refusal for a change, or null. */
export function pathJudge(policy: DiffPolicy): (change: Change) => Refused | null {
  const blocked = patterns(policy.blocked);
  const guarded = patterns(policy.protected);
  return ({ path }) => {
    const flaw = flawOf(path, policy);
    if (flaw !== null) return refuse('diff_path_invalid', `The path ${printable(path)} ${flaw}.`, printable(path));
    const plain = fold(path);
    if (blocked.ignores(plain))
      return refuse('diff_path_protected', `${path} is blocked; no setting can open it.`, path);
    if (guarded.ignores(plain)) {
      return refuse(
        'diff_path_protected',
        `${path} decides how code is built, run or reviewed; see "protected" in policies/diff.json.`,
        path,
      );
    }
    if (!policy.suffixes.some((suffix) => path.endsWith(suffix))) {
      const allowed = policy.suffixes.join(', ');
      return refuse(
        'diff_suffix_not_allowed',
        `${path} ends in none of ${allowed}; see SELF_CODING_ALLOWED_FILE_SUFFIXES.`,
        path,
      );
    }
    return null;
  };
}

/** Is a path one that no setting can open? Compiled once per policy. Also for a path that no diff could have. */
export function isBlocked(policy: DiffPolicy): (path: string) => boolean {
  const blocked = patterns(policy.blocked);
  return (path) => !ignore.isPathValid(path) || blocked.ignores(fold(path));
}

function patterns(lines: readonly string[]): Ignore {
  return ignore({ ignorecase: true }).add([...lines]);
}

/** Compatibility-composed and lower case: full-width and other look-alike spellings of a protected name are that name. */
function fold(path: string): string {
  return path.normalize('NFKC').toLowerCase();
}

function flawOf(path: string, policy: DiffPolicy): string | null {
  if (Buffer.byteLength(path) > policy.limits.pathBytes) return `is longer than ${policy.limits.pathBytes} bytes`;
  for (const name of path.split('/')) {
    if (name === '' || name === '.' || name === '..') return 'has an empty, "." or ".." part';
    if (Buffer.byteLength(name) > policy.limits.nameBytes)
      return `has a part longer than ${policy.limits.nameBytes} bytes`;
    if (!nameAllowed.test(name)) return 'has a control, invisible or otherwise unusual character';
    if (name.startsWith('-') || name.startsWith(' ') || /[ .]$/.test(name))
      return 'has a part with a leading "-" or space, or a trailing "." or space';
    if (windowsDevice.test(name) || /~\d/.test(name)) return 'has a part that is a device or short name on Windows';
    if (fold(name) === '.git') return 'leads into a .git directory';
  }
  return null;
}

/** A path for people: everything that is not plainly printable is escaped. */
export function printable(text: string): string {
  return text
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
    .slice(0, 400);
}
