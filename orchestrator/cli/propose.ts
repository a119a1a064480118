import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { propose as writeProposal, type Proposed } from '../gate/propose.ts';
import type { Db } from '../store/schema.ts';
import { openStore } from '../wire-store.ts';
import { refuse } from '../outcome.ts';
import { type Context, refused, UsageError } from './context.ts';
import { exit, type ExitCode } from './exit.ts';

export interface ProposeOptions {
  readonly repo: string;
  readonly base?: string;
  readonly title: string;
  readonly description?: string;
  readonly descriptionFile?: string;
  readonly testCommand?: string;
  readonly risk?: string;
  readonly by?: string;
  readonly scope?: readonly string[];
  readonly allowPath?: readonly string[];
}

const descriptionLimit = 1_000_000;

/** `self-coding propose`: writes a proposal down; nothing happens to it before somebody approves. */
export async function propose(options: ProposeOptions, context: Context): Promise<ExitCode> {
  const { config, output, log, signal } = context;
  await using store = await openStore(config, { role: 'sender', log, signal });
  const proposed = await proposeFrom(options, config, store.db);
  if (proposed.kind === 'invalid') {
    return refused(output, refuse('proposal_invalid', proposed.problems.join('; ')));
  }
  const { id, status, title } = proposed.proposal;
  output.result(
    { proposalId: id, status, title },
    () => `proposed ${id}\n\nnext: self-coding show ${id}; self-coding approve ${id} --as NAME`,
  );
  return exit.done;
}

/** Reads the description, fills in the defaults and writes the proposal. */
export async function proposeFrom(options: ProposeOptions, config: Config, db: Db): Promise<Proposed> {
  return writeProposal(db, {
    title: options.title,
    description: await descriptionOf(options),
    repo: isUrl(options.repo) ? options.repo : resolve(options.repo),
    baseBranch: options.base ?? config.SELF_CODING_BASE_BRANCH,
    testCommand: options.testCommand ?? config.SELF_CODING_TEST_COMMAND,
    riskLevel: options.risk ?? 'low',
    scope: options.scope ?? [],
    allowedPaths: options.allowPath ?? [],
    proposedBy: options.by ?? 'cli',
  });
}

function isUrl(repo: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(repo) || /^[\w.-]+@[\w.-]+:/.test(repo);
}

async function descriptionOf({ description, descriptionFile }: ProposeOptions): Promise<string> {
  if (description !== undefined && descriptionFile !== undefined) {
    throw new UsageError('give --description or --description-file, not both');
  }
  if (descriptionFile === undefined) return description ?? '';
  const bytes = await readFile(descriptionFile).catch((cause: unknown) => {
    throw new UsageError(`--description-file ${descriptionFile} can't be read`, { cause });
  });
  if (bytes.byteLength > descriptionLimit)
    throw new UsageError(`${descriptionFile} has more than ${descriptionLimit} bytes`);
  return bytes.toString('utf8');
}
