import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { inspect, type Accepted } from '../inspect/inspect.ts';
import { fetchRevision, type Revision } from '../keys/fetch-revision.ts';
import { describe, type Refused, refuse } from '../outcome.ts';
import { type Policies, readPolicies } from '../policy.ts';
import { type Context, refusalLine, refused, UsageError } from './context.ts';
import { exit, type ExitCode } from './exit.ts';

export interface InspectOptions {
  readonly repo?: string;
  readonly base?: string;
  readonly diff?: string;
  readonly batch?: boolean;
}

/** Mirrors that a batch keeps at hand; rows usually come in runs of one repository. */
const keptRevisions = 64;

/** An inspection waits for git most of the time; a few at once keep the cores busy. */
const rowsAtOnce = Math.max(2, availableParallelism() + 1);

const idSchema = z.object({ id: z.union([z.string(), z.number()]) });
const rowSchema = idSchema.extend({ repo: z.string(), base: z.string(), diff: z.string() });

/** `self-coding inspect`: what policy says of a diff, one or many. Needs no Docker, no database, no model. */
export async function inspectDiffs(options: InspectOptions, context: Context): Promise<ExitCode> {
  const policies = await readPolicies(context.config);
  if (options.batch === true) return inspectBatch(policies, context);
  const { repo, base } = options;
  if (repo === undefined || base === undefined) throw new UsageError('inspect needs --repo and --base, or --batch');
  const diff = options.diff === undefined ? await buffer(process.stdin) : await readDiff(options.diff);
  const result = await inspectOne({ repo, base, diff }, revisions(context), policies);
  if (result.kind === 'refused') return refused(context.output, result);
  const files = result.files.map(({ path, status }) => `  ${status} ${path}`).join('\n');
  context.output.result(result, () => `accepted: tree ${result.tree}\n${files}`);
  return exit.done;
}

async function readDiff(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new UsageError(`--diff ${path} can't be read`, { cause });
  }
}

/** One JSON line in, one out, in order; a line that is no row is answered too, so that no id goes missing unseen. */
async function inspectBatch(policies: Policies, context: Context): Promise<ExitCode> {
  const find = revisions(context);
  const underWay: Promise<object>[] = [];
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    context.signal.throwIfAborted();
    underWay.push(answerTo(line, find, policies));
    if (underWay.length >= rowsAtOnce) context.output.line(await underWay.shift());
  }
  for (const row of underWay) context.output.line(await row);
  return exit.done;
}

async function answerTo(line: string, find: FindRevision, policies: Policies): Promise<object> {
  const given = parseJson(line);
  const id = idSchema.safeParse(given).data?.id ?? null;
  const row = rowSchema.safeParse(given);
  if (!row.success) {
    return { id, ...refusalLine(refuse('diff_invalid', `not a row: ${z.prettifyError(row.error).slice(0, 300)}`)) };
  }
  const { repo, base, diff } = row.data;
  try {
    const result = await inspectOne({ repo, base, diff: Buffer.from(diff) }, find, policies);
    return { id, ...(result.kind === 'refused' ? refusalLine(result) : result) };
  } catch (error) {
    // One unreadable repository must not end a batch; the row says what happened to it.
    return { id, ...refusalLine(refuse('internal_error', describe(error))) };
  }
}

type FindRevision = (repo: string, base: string) => Promise<Revision | Refused>;

async function inspectOne(
  { repo, base, diff }: { readonly repo: string; readonly base: string; readonly diff: Uint8Array },
  find: FindRevision,
  policies: Policies,
): Promise<Accepted | Refused> {
  const revision = await find(repo, base);
  return revision.kind === 'refused' ? revision : inspect(revision.commit, diff, revision.git, policies.diff);
}

/** Looks a revision up once for a run of rows; the least recently used is forgotten first. */
function revisions({ config, signal }: Context): FindRevision {
  const known = new Map<string, Promise<Revision | Refused>>();
  return (repo, revision) => {
    const key = `${repo}\0${revision}`;
    const found = known.get(key) ?? fetchRevision({ stateDir: config.SELF_CODING_STATE_DIR, repo, revision }, signal);
    known.delete(key);
    known.set(key, found);
    for (const oldest of known.keys()) if (known.size > keptRevisions) known.delete(oldest);
    return found;
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
