/** Which repository of which GitHub. */
import type { Repository } from '../ports/git.ts';

export interface GithubRepository {
  readonly owner: string;
  readonly repo: string;
}

/**
 * Owner and name of a repository under this GitHub, or null if it isn't one.
 * `githubUrl` is the web URL, e.g. `https://github.com`.
 */
export function toGithubRepository(repository: Repository, githubUrl: string): GithubRepository | null {
  if (repository.kind !== 'remote' || !URL.canParse(repository.id)) return null;
  const url = new URL(repository.id);
  const github = new URL(githubUrl);
  // The token goes to its own host only: not to github.com.evil.example, not to plain http, not to another port.
  if (url.origin !== github.origin) return null;
  const base = github.pathname.replace(/\/*$/, '/');
  if (!url.pathname.startsWith(base)) return null;
  const [owner, name, ...rest] = url.pathname.slice(base.length).replace(/\/$/, '').split('/');
  const repo = name?.replace(/\.git$/, '');
  if (owner === undefined || repo === undefined || rest.length > 0) return null;
  return isName(owner) && isName(repo) ? { owner, repo } : null;
}

/** Path traversal: with `..` as a name, a request for one repository would be one for another. */
function isName(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,100}$/.test(text) && text !== '.' && text !== '..';
}
