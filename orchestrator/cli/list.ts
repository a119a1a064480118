import { z } from 'zod';
import { listProposals } from '../store/proposals.ts';
import { openStore } from '../wire-store.ts';
import { type Context, UsageError } from './context.ts';
import { exit, type ExitCode } from './exit.ts';
import { table } from './output.ts';

const statuses = [
  'proposed',
  'approved',
  'rejected',
  'queued_for_self_build',
  'self_build_completed',
  'self_build_failed',
  'pr_opened',
  'pr_merged',
  'pr_closed',
  'applied',
] as const;

export interface ListOptions {
  readonly status?: string;
  readonly limit?: string;
}

const optionsSchema = z.object({
  status: z.enum(statuses, { error: `--status must be one of ${statuses.join(', ')}` }).optional(),
  limit: z.coerce.number({ error: '--limit must be a number' }).int().min(1).max(500).default(50),
});

/** `self-coding list`: the newest proposals, one line each. */
export async function list(options: ListOptions, { config, output, log, signal }: Context): Promise<ExitCode> {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new UsageError(parsed.error.issues.map((issue) => issue.message).join('; '));
  const { status, limit } = parsed.data;
  await using store = await openStore(config, { role: 'sender', log, signal });
  const proposals = await listProposals(store.db, status === undefined ? { limit } : { status, limit });
  output.result(
    proposals.map(({ id, status, title, repo, riskLevel, createdAt, failure }) => ({
      proposalId: id,
      status,
      failure,
      title,
      repo,
      riskLevel,
      createdAt,
    })),
    () => {
      if (proposals.length === 0)
        return 'no proposals yet; write one with: self-coding propose --repo PATH_OR_URL --title TEXT';
      const rows = proposals.map(({ id, status, failure, title }) => [
        id,
        failure === null ? status : `${status} (${failure})`,
        title,
      ]);
      return table(['id', 'status', 'title'], rows);
    },
  );
  return exit.done;
}
