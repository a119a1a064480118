/** Which forge a repository belongs to. */
import type { Forge } from '../ports/forge.ts';
import type { Repository } from '../ports/git.ts';

/** One forge for all repositories: local ones keep their pull requests here, remote ones with their host. */
export function createForge(forges: { readonly local: Forge; readonly remote: Forge }): Forge {
  const forgeOf = (repository: Repository) => (repository.kind === 'local' ? forges.local : forges.remote);
  return {
    ready: (repository) => forgeOf(repository).ready(repository),
    openPullRequest: (input, signal) => forgeOf(input.repository).openPullRequest(input, signal),
  };
}
