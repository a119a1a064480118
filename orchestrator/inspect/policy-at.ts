import { refuse, type Refused } from '../outcome.ts';
import type { BareGit, CommitId } from '../ports/git.ts';
import type { DiffPolicy } from './policy.ts';
import { parseRepositoryPolicy, repositoryPolicyPath, tighten } from './repository-policy.ts';

/**
 * The operator's policy, tightened by the `.self-coding.json` of the base commit where there is one: of the base, never
 * of what a diff makes of it. `repo_unsupported` when that file can't be read.
 */
export async function readPolicyAt(
  base: CommitId,
  git: BareGit,
  policy: DiffPolicy,
): Promise<{ readonly kind: 'policy'; readonly policy: DiffPolicy } | Refused> {
  const bytes = await git.file(base, repositoryPolicyPath);
  if (bytes === null) return { kind: 'policy', policy };
  if (bytes === 'no file')
    return refuse('repo_unsupported', `${repositoryPolicyPath} of the base commit is no file of at most 64 KiB.`);
  const parsed = parseRepositoryPolicy(bytes);
  return parsed.kind === 'refused' ? parsed : { kind: 'policy', policy: tighten(policy, parsed.policy) };
}
