import { z } from 'zod';
import type { Proposal } from '../ports/proposal.ts';
import { insertProposal } from '../store/proposals.ts';
import type { Db } from '../store/schema.ts';
import { block, line, problemsOf } from './visible-text.ts';

/** A path as git writes it, from the root of the repository. */
const path = line(400).refine(
  (text) => !text.split('/').some((part) => part === '' || part === '.' || part === '..'),
  'must be a path from the root of the repository, without ".", ".." or a slash at either end',
);

/** gitignore syntax; what it would take for a comment, or for nothing, is no pattern. */
const pattern = line(400).refine((text) => !/^(?:#|!$|!!|!#)/.test(text), 'must be a pattern that says something');

const proposal = z.strictObject({
  title: line(300),
  description: block(200_000).default(''),
  repo: line(4096),
  baseBranch: line(255),
  testCommand: block(4096).refine((text) => text.trim() !== '', 'must not be empty'),
  riskLevel: z.enum(['low', 'medium', 'high', 'critical']).default('low'),
  scope: z.array(pattern).max(100).default([]),
  allowedPaths: z.array(path).max(100).default([]),
  proposedBy: line(200),
});

export type ProposeInput = z.input<typeof proposal>;

export type Proposed =
  | { readonly kind: 'proposed'; readonly proposal: Proposal }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/**
 * Checks a proposal and writes it down as `proposed`. `input` may be anything; it is judged here, and so is its size.
 * Nothing is read from the repository yet, and nothing is done before somebody approves.
 */
export async function propose(db: Db, input: unknown): Promise<Proposed> {
  const parsed = proposal.safeParse(input);
  if (!parsed.success) return { kind: 'invalid', problems: problemsOf(parsed.error) };
  return { kind: 'proposed', proposal: await insertProposal(db, parsed.data) };
}
