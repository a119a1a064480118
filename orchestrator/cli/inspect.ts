import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { type Approved, nothingMore } from '../inspect/rules.ts';
import type { Accepted } from '../inspect/inspect.ts';
import { describe, refuse } from '../outcome.ts';
import { type Context, refusalLine, refused, UsageError } from './context.ts';
import { exit, type ExitCode } from './exit.ts';
import { flagLine } from './flag-line.ts';
import { type Inspector, openInspector, type Subject } from './inspector.ts';

export interface SubjectOptions {
  readonly repo?: string;
  readonly base?: string;
  readonly diff?: string;
}

export interface InspectOptions extends SubjectOptions {
  readonly batch?: boolean;
  readonly mend?: boolean;
  readonly scope?: readonly string[];
  readonly allowPath?: readonly string[];
}

/** An inspection waits for git most of the time; a few at once keep the cores busy. */
const rowsAtOnce = Math.max(2, availableParallelism() + 1);

const idSchema = z.object({ id: z.union([z.string(), z.number()]) });
const rowSchema = idSchema.extend({
  repo: z.string(),
  base: z.string(),
  diff: z.string(),
  scope: z.array(z.string()).optional(),
  allowPaths: z.array(z.string()).optional(),
});

/** `self-coding inspect`: what policy says of a diff, one or many. Needs no Docker, no database, no model. */
export async function inspectDiffs(options: InspectOptions, context: Context): Promise<ExitCode> {
  await using inspector = await openInspector(context, options.batch === true);
  const mend = options.mend === true;
  const approved = { scope: options.scope ?? nothingMore.scope, paths: options.allowPath ?? nothingMore.paths };
  if (options.batch === true) return await inspectBatch(inspector, { mend, approved }, context);
  const result = await inspector.inspect(await subjectOf('inspect', options), { mend, approved });
  if (result.kind === 'refused') return refused(context.output, result);
  context.output.result(result, () => pageOf(result));
  return exit.done;
}

function pageOf({ tree, files, flags, repairs = [] }: Accepted & { readonly repairs?: readonly string[] }): string {
  return [
    `accepted: tree ${tree}`,
    ...repairs.map((repair) => `  mended: ${repair}`),
    ...files.map(({ path, status }) => `  ${status} ${path}`),
    ...flags.map((flag) => `  look at ${flagLine(flag)}`),
  ].join('\n');
}

/** What to look at, from a file or stdin. */
export async function subjectOf(command: string, { repo, base, diff }: SubjectOptions): Promise<Subject> {
  if (repo === undefined || base === undefined) {
    throw new UsageError(`${command} needs --repo and --base${command === 'inspect' ? ', or --batch' : ''}`);
  }
  return { repo, base, text: diff === undefined ? await buffer(process.stdin) : await readInput(diff) };
}

async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new UsageError(`--diff ${path} can't be read`, { cause });
  }
}

interface How {
  readonly mend: boolean;
  readonly approved: Approved;
}

/** One JSON line in, one out, in order; a line that is no row is answered too, so that no id goes missing unseen. */
async function inspectBatch(inspector: Inspector, how: How, { output, signal }: Context): Promise<ExitCode> {
  const underWay: Promise<object>[] = [];
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    signal.throwIfAborted();
    underWay.push(answerTo(line, inspector, how));
    if (underWay.length >= rowsAtOnce) output.line(await underWay.shift());
  }
  for (const row of underWay) output.line(await row);
  return exit.done;
}

async function answerTo(line: string, inspector: Inspector, { mend, approved }: How): Promise<object> {
  const given = parseJson(line);
  const id = idSchema.safeParse(given).data?.id ?? null;
  const row = rowSchema.safeParse(given);
  if (!row.success) {
    return { id, ...refusalLine(refuse('diff_invalid', `not a row: ${z.prettifyError(row.error).slice(0, 300)}`)) };
  }
  const { repo, base, diff, scope = approved.scope, allowPaths = approved.paths } = row.data;
  const subject = { repo, base, text: Buffer.from(diff) };
  try {
    const result = await inspector.inspect(subject, { mend, approved: { scope, paths: allowPaths } });
    return { id, ...(result.kind === 'refused' ? refusalLine(result) : result) };
  } catch (error) {
    // One unreadable repository must not end a batch; the row says what happened to it.
    return { id, ...refusalLine(refuse('internal_error', describe(error))) };
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
