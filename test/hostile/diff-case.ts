/** The form of test/hostile/corpus/diffs/*.json: one hostile (or merely odd) diff, and what must become of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { canaryForms } from './canary.ts';
import type { OracleFile, OracleTree } from './oracle.ts';

const bytes = z.strictObject({ base64: z.base64() });
const repeat = z.strictObject({ repeat: z.string(), times: z.int().min(1) });
/** Text that no answer may echo; in pieces, so that no scanner takes this corpus for a leak. */
const secret = z.strictObject({ secret: z.array(z.string()) });
/** One of the engine's own secrets, in one of its forms. */
const canary = z.strictObject({ canary: z.enum(canaryForms.names) });
const piece = z.union([z.string(), bytes, repeat, secret, canary]);
/** One line without its end: text, or pieces that follow each other. */
const line = z.union([piece, z.array(piece)]);
/** The lines between, for each n of a range, `{n}` replaced. */
const range = z.strictObject({ each: z.array(z.string()), from: z.int(), to: z.int() });
/** A string is everything, an array is lines. */
const content = z.union([z.string(), bytes, z.array(z.union([line, range]))]);
const mode = z.enum(['100644', '100755', '120000', '160000']);
const file = z.union([content, z.strictObject({ mode, content })]);

const flag = z.strictObject({
  flag: z.enum(['tests-changed', 'env-detection', 'obfuscated', 'network', 'guarded']),
  path: z.string(),
  /** Left out = any line. */
  line: z.int().nullable().optional(),
});

export const diffCaseSchema = z.strictObject({
  /** The row of the list of hostile cases that it belongs to; `OK` for what only looks odd. */
  id: z.string().regex(/^(?:D-\d\d|OK)$/),
  title: z.string().min(3),
  /** Why it must be so, where a reader could doubt it. */
  note: z.string().optional(),
  base: z.record(z.string(), file),
  diff: content,
  approved: z
    .strictObject({ scope: z.array(z.string()).default([]), paths: z.array(z.string()).default([]) })
    .default({ scope: [], paths: [] }),
  /** Instead of the suffixes that most cases allow. */
  suffixes: z.array(z.string()).optional(),
  /** Of this machine, outside of the engine's directory; must not come to be. */
  absent: z.array(z.string()).default([]),
  expected: z.union([
    /** `code` (whatever it names), `code:PATH` (any line or none) or `code:PATH:LINE`; `|` between what may be equally. */
    z.strictObject({ code: z.string() }),
    /** Exactly these paths change, to this content; null = gone. */
    z.strictObject({
      files: z.record(z.string(), z.union([file, z.null()])),
      /** At least these; an empty list = none, left out = any. */ flags: z.array(flag).optional(),
    }),
  ]),
});

type Content = z.output<typeof content>;
type Piece = z.output<typeof piece>;
export type DiffCase = z.output<typeof diffCaseSchema> & { readonly name: string };

const folder = resolve(import.meta.dirname, 'corpus', 'diffs');

/** All of them; a file that is not of this form is an error. */
export function readDiffCases(): readonly DiffCase[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.toSorted().map((name) => {
    const parsed = diffCaseSchema.safeParse(JSON.parse(readFileSync(resolve(folder, name), 'utf8')));
    if (!parsed.success) throw new Error(`${name}: ${z.prettifyError(parsed.error)}`);
    if (!name.startsWith(parsed.data.id)) throw new Error(`${name} is a case of ${parsed.data.id}`);
    return { ...parsed.data, name: name.replace(/\.json$/, '') };
  });
}

export function bytesOf(content: Content): Uint8Array {
  if (!isLines(content)) return pieceBytes(content);
  const lines = content.flatMap((line) => {
    if (isLine(line)) return [Buffer.concat(line.map(pieceBytes))];
    return typeof line === 'object' && 'each' in line ? rangeBytes(line) : [pieceBytes(line)];
  });
  return Buffer.concat(lines.flatMap((bytes) => [bytes, Buffer.from('\n')]));
}

type Lines = Extract<Content, readonly unknown[]>;

function isLines(content: Content): content is Lines {
  return Array.isArray(content);
}

function isLine(line: Lines[number]): line is Piece[] {
  return Array.isArray(line);
}

function rangeBytes({ each, from, to }: z.output<typeof range>): readonly Uint8Array[] {
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return numbers.flatMap((n) => each.map((text) => Buffer.from(text.replaceAll('{n}', String(n)))));
}

function pieceBytes(piece: Piece): Uint8Array {
  if (typeof piece === 'string') return Buffer.from(piece);
  if ('base64' in piece) return Buffer.from(piece.base64, 'base64');
  if ('repeat' in piece) return Buffer.from(piece.repeat.repeat(piece.times));
  if ('secret' in piece) return Buffer.from(piece.secret.join(''));
  return Buffer.from(canaryForms.of(piece.canary));
}

/** What a case hides in its diff and must not be found in an answer. */
export function secretsOf({ diff }: DiffCase): readonly string[] {
  if (!isLines(diff)) return [];
  const pieces = diff.flatMap((line) => (isLine(line) ? line : []));
  return pieces.flatMap((piece) => (typeof piece === 'object' && 'secret' in piece ? [piece.secret.join('')] : []));
}

export function fileOf(entry: z.output<typeof file>): OracleFile {
  if (typeof entry === 'object' && 'mode' in entry) return { mode: entry.mode, bytes: bytesOf(entry.content) };
  return { mode: '100644', bytes: bytesOf(entry) };
}

export function baseOf({ base }: DiffCase): OracleTree {
  return new Map(Object.entries(base).map(([path, entry]) => [path, fileOf(entry)]));
}

/** The tree that the base and the expected changes make together. */
export function expectedTree(
  each: DiffCase,
  files: Extract<DiffCase['expected'], { files: object }>['files'],
): OracleTree {
  const tree = new Map(baseOf(each));
  for (const [path, entry] of Object.entries(files)) {
    if (entry === null) tree.delete(path);
    else tree.set(path, fileOf(entry));
  }
  return tree;
}
