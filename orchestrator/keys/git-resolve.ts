/** From what a proposer wrote to a repository that we may use. */
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { canonicalPathPrefix, canonicalUrl, canonicalUrlPrefix, isWithin } from '../git/allowed.ts';
import { hasCode } from '../git/error-code.ts';
import { printable } from '../git/printable.ts';
import { refuse, type Refused } from '../outcome.ts';
import type { Repository } from '../ports/git.ts';
import { leadsElsewhere, lendersOf } from './git-borrowed.ts';

export interface ResolveRules {
  /** Absolute paths and http(s) URLs, as in SELF_CODING_ALLOWED_REPO_PREFIXES. */
  readonly allowedPrefixes: readonly string[];
  readonly stateDir: string;
}

export type Resolved = { readonly kind: 'repository'; readonly repository: Repository };

const setting = 'SELF_CODING_ALLOWED_REPO_PREFIXES';

/** Throws with the setting's name for a prefix that could never match: it would be a typing error that nobody sees. */
export function checkPrefixes(prefixes: readonly string[]): void {
  const wrong = prefixes.find((prefix) => canonicalPathPrefix(prefix) === null && canonicalUrlPrefix(prefix) === null);
  if (wrong === undefined) return;
  const rule = 'must be an absolute path without "..", an https URL, or an http URL of this machine';
  throw new TypeError(`${setting}: ${printable(wrong, 200)} ${rule}. Example: /srv/repos,https://github.com/acme/`);
}

/**
 * A path (absolute, or relative to the current directory) or a URL, in canonical form.
 * `repo_not_allowed` when no prefix covers it, `repo_unsupported` when it is no repository that can be worked with.
 */
export async function resolveRepository(rules: ResolveRules, text: string): Promise<Resolved | Refused> {
  if (text === '' || text.length > 4096 || /\p{C}/u.test(text)) {
    return refuse('repo_unsupported', 'A repository is a path or an https URL, of at most 4096 printable characters.');
  }
  const colon = text.indexOf(':');
  const slash = text.indexOf('/');
  // As git reads it: a colon before the first slash makes it a URL, host:path, or a transport such as ext::.
  return colon === -1 || (slash !== -1 && slash < colon) ? resolveLocal(rules, text) : resolveRemote(rules, text);
}

function resolveRemote({ allowedPrefixes }: ResolveRules, text: string): Resolved | Refused {
  const id = canonicalUrl(text);
  if (id === null) {
    const rule = 'only https://host/path works (http for this machine), without user, query, "%" or ".."';
    // Not repeated in the message: what is wrong with it may be the password in it.
    return refuse('repo_unsupported', `This is no URL of a repository that can be used: ${rule}.`);
  }
  const prefixes = allowedPrefixes.map(canonicalUrlPrefix);
  return prefixes.some((prefix) => prefix !== null && isWithin(prefix, id)) ? found('remote', id) : notAllowed(id);
}

async function resolveLocal(rules: ResolveRules, text: string): Promise<Resolved | Refused> {
  const { path, exists } = await realPlace(resolve(text));
  // Judged before anything is said about what lies there: no one can look around the disk with this.
  if (!(await isAllowedPath(rules, path))) return notAllowed(path);
  if (!exists) return refuse('repo_unsupported', `There is no ${printable(path)}.`);
  const layout = await layoutOf(path);
  switch (layout) {
    case 'bare':
      return (await checkBorrowing(rules, path)) ?? found('local', path);
    case 'work tree':
      return (await checkBorrowing(rules, join(path, '.git'))) ?? found('local', path);
    case 'linked':
      // A .git file or link names another place, which no prefix may cover.
      return refuse('repo_unsupported', `${printable(path)} keeps its .git elsewhere; give the main repository.`);
    case 'inside':
      return refuse('repo_unsupported', `${printable(path)} is inside a repository; give the directory that holds it.`);
    case 'none':
      return refuse('repo_unsupported', `${printable(path)} is no git repository (nor the top directory of one).`);
  }
}

/** A repository could show the objects of another one as its own, and the prefixes would have been passed by. */
async function checkBorrowing(rules: ResolveRules, gitDir: string): Promise<Refused | null> {
  const elsewhere = await leadsElsewhere(gitDir);
  if (elsewhere !== null) {
    const reason = `${printable(gitDir)} keeps a part of itself elsewhere (${printable(elsewhere)}); clone it whole.`;
    return refuse('repo_unsupported', reason);
  }
  const lenders = await lendersOf(join(gitDir, 'objects'));
  if (lenders === null) {
    return refuse('repo_unsupported', `${printable(gitDir)} borrows objects in an unusual way; clone it whole.`);
  }
  for (const lender of lenders) {
    if (await isAllowedPath(rules, (await realPlace(lender)).path)) continue;
    const reason = `${printable(gitDir)} borrows objects from a place that ${setting} does not list; clone it whole.`;
    return refuse('repo_not_allowed', reason);
  }
  return null;
}

async function isAllowedPath({ allowedPrefixes, stateDir }: ResolveRules, path: string): Promise<boolean> {
  // Our own mirrors are no one's repository, even where the state directory lies in an allowed place.
  const { path: own } = await realPlace(join(resolve(stateDir), 'git'));
  if (isWithin(own, path)) return false;
  for (const prefix of allowedPrefixes.map(canonicalPathPrefix)) {
    if (prefix === null) continue;
    const real = await realPlace(prefix === '' ? '/' : prefix);
    if (isWithin(real.path === '/' ? '' : real.path, path)) return true;
  }
  return false;
}

/** Symlinks resolved as far as the path exists: a link inside an allowed directory is judged by where it leads. */
async function realPlace(path: string): Promise<{ readonly path: string; readonly exists: boolean }> {
  try {
    return { path: await realpath(path), exists: true };
  } catch (error) {
    const known = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'].some((code) => hasCode(error, code));
    if (!known || path === '/') throw error;
    const parent = await realPlace(dirname(path));
    return { path: join(parent.path, basename(path)), exists: false };
  }
}

/** What kind of repository a directory is, by a plain look; git is not asked, for it would read a configuration. */
export async function layoutOf(path: string): Promise<'work tree' | 'bare' | 'linked' | 'inside' | 'none'> {
  if (basename(path) === '.git') return 'inside';
  const dotGit = await kindOf(join(path, '.git'));
  if (dotGit === 'directory') return (await isGitDir(join(path, '.git'))) ? 'work tree' : 'none';
  if (dotGit !== 'none') return 'linked';
  return (await isGitDir(path)) ? 'bare' : 'none';
}

async function isGitDir(path: string): Promise<boolean> {
  const [head, objects, refs] = await Promise.all(['HEAD', 'objects', 'refs'].map((name) => kindOf(join(path, name))));
  return head === 'other' && objects === 'directory' && refs === 'directory';
}

async function kindOf(path: string): Promise<'directory' | 'other' | 'none'> {
  try {
    return (await lstat(path)).isDirectory() ? 'directory' : 'other';
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') || hasCode(error, 'EACCES')) return 'none';
    throw error;
  }
}

function found(kind: Repository['kind'], id: string): Resolved {
  return { kind: 'repository', repository: { kind, id } };
}

function notAllowed(id: string): Refused {
  return refuse(
    'repo_not_allowed',
    `${printable(id)} is in no place that ${setting} lists; add it, or its parent, there.`,
  );
}
