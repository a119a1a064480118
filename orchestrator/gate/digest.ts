import { createHash } from 'node:crypto';
import type { ProposalContent } from '../ports/proposal.ts';

/** What an approval is given under, besides the proposal's own words. */
export interface Terms {
  /** SHA-256 (hex) of the policies in force. */
  readonly policyDigest: string;
  readonly model: string;
}

/**
 * What a person approves, as one value: SHA-256 (hex) over canonical JSON of the content, the policy and the model.
 * Anything that changes makes another digest, and so voids the approval. Other fields of `content` are left out.
 */
export function approvalDigest(content: ProposalContent, { policyDigest, model }: Terms): string {
  const { title, description, repo, baseBranch, testCommand, riskLevel, scope, allowedPaths } = content;
  // Written out key by key, in alphabetical order: the same content always gives the same bytes.
  const canonical = JSON.stringify({
    content: {
      // Only where there are any: an approval from before there were such lists keeps its digest.
      ...(allowedPaths.length > 0 && { allowedPaths }),
      baseBranch,
      description,
      repo,
      riskLevel,
      ...(scope.length > 0 && { scope }),
      testCommand,
      title,
    },
    model,
    policyDigest,
    version: 1,
  });
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}
