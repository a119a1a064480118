import type { Proposal, ProposalContent, Status } from '../ports/proposal.ts';
import type { Db, ProposalRow, Trx } from './schema.ts';
import { recordEvent } from './events.ts';
import { isUuid } from './storable.ts';

export interface NewProposal extends ProposalContent {
  readonly proposedBy: string;
  /** Who or what it came from, e.g. `person` or a pattern detector. */
  readonly source?: string;
  /** The same for proposals about the same thing. */
  readonly fingerprint?: string;
  readonly complexity?: 'simple' | 'complex';
}

/** Writes a proposal and its first event. The content is checked by gate/propose.ts; the table only bounds it. */
export async function insertProposal(db: Db, proposal: NewProposal): Promise<Proposal> {
  return await db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('ai_improvement_proposals')
      .values({
        title: proposal.title,
        description: proposal.description,
        repo: proposal.repo,
        base_branch: proposal.baseBranch,
        test_command: proposal.testCommand,
        risk_level: proposal.riskLevel,
        proposed_by: proposal.proposedBy,
        ...(proposal.source !== undefined && { source: proposal.source }),
        ...(proposal.fingerprint !== undefined && { fingerprint: proposal.fingerprint }),
        ...(proposal.complexity !== undefined && { complexity: proposal.complexity }),
        scope: JSON.stringify(proposal.scope),
        allowed_paths: JSON.stringify(proposal.allowedPaths),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordEvent(trx, { proposalId: row.id, actor: proposal.proposedBy, from: null, to: 'proposed' });
    return toProposal(row);
  });
}

/** The proposal, or null when there is none; an id that is no UUID is not found. */
export async function findProposal(db: Db, id: string): Promise<Proposal | null> {
  if (!isUuid(id)) return null;
  const row = await db.selectFrom('ai_improvement_proposals').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : toProposal(row);
}

/** Like `findProposal`, and nobody else changes the row until the transaction ends. */
export async function lockProposal(trx: Trx, id: string): Promise<Proposal | null> {
  if (!isUuid(id)) return null;
  const locked = trx.selectFrom('ai_improvement_proposals').selectAll().where('id', '=', id).forUpdate();
  const row = await locked.executeTakeFirst();
  return row === undefined ? null : toProposal(row);
}

export interface ProposalFilter {
  readonly status?: Status;
  /** 1 to 500; 50 when not given. */
  readonly limit?: number;
  /** 0 to 100,000. */
  readonly offset?: number;
}

/** Newest first. Limit and offset are brought into their bounds. */
export async function listProposals(db: Db, filter: ProposalFilter = {}): Promise<readonly Proposal[]> {
  const all = db.selectFrom('ai_improvement_proposals').selectAll();
  const asked = filter.status === undefined ? all : all.where('status', '=', filter.status);
  const rows = await asked
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(within(filter.limit ?? 50, 1, 500))
    .offset(within(filter.offset ?? 0, 0, 100_000))
    .execute();
  return rows.map(toProposal);
}

function within(value: number, least: number, most: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(Math.trunc(value), least), most) : least;
}

function toProposal(row: ProposalRow): Proposal {
  return {
    id: row.id,
    status: row.status,
    title: row.title,
    description: row.description,
    repo: row.repo,
    baseBranch: row.base_branch,
    testCommand: row.test_command,
    riskLevel: row.risk_level,
    scope: row.scope,
    allowedPaths: row.allowed_paths,
    proposedBy: row.proposed_by,
    createdAt: row.created_at,
    approval: toApproval(row),
    auditNote: row.audit_note,
    failure: row.failure,
  };
}

function toApproval(row: ProposalRow): Proposal['approval'] {
  const { approved_by: by, approved_at: at, approval_expires_at: expiresAt, approval_digest: digest } = row;
  if (by === null || at === null || expiresAt === null || digest === null) return null;
  return { by, at, expiresAt, digest };
}
