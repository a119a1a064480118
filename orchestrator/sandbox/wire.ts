/** What engine and runner say to each other. Every message is parsed strictly on arrival, on both sides. */
import { z } from 'zod';
import { type Code, endings, type FaultCode, isFaultCode } from '../outcome.ts';
import { manifestSchema, objectId } from './read-bundle.ts';

/** Everything an engine may say about a sandbox, its two files aside. No container option is among it, nor ever will be. */
export const orderSchema = z.strictObject({
  jobId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/),
  role: z.enum(['base', 'patched']),
  environment: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  testCommand: z.string().min(1).max(65_536).nullable(),
  wallClockSeconds: z.int().min(1).max(86_400),
  base: objectId,
});

const raw = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const bytes = z.codec(z.base64(), raw, {
  decode: (text) => new Uint8Array(Buffer.from(text, 'base64')),
  encode: (content) => Buffer.from(content).toString('base64'),
});
const count = z.int().min(0);
const milliseconds = z.number().min(0);
const code = z.custom<Code>((value) => typeof value === 'string' && Object.hasOwn(endings, value));
const words = z.string().max(4096);

export const refusedSchema = z.strictObject({
  kind: z.literal('refused'),
  code,
  detail: words.nullable(),
  reason: words,
});

export const readySchema = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('ready') }), refusedSchema]);

const runSchema = z.strictObject({
  kind: z.literal('ran'),
  end: z.enum(['exited', 'out_of_time', 'output_limit', 'oom']),
  exitCode: z.int().nullable(),
  bundle: z.strictObject({ manifest: manifestSchema, patch: bytes }).nullable(),
  report: z.strictObject({ tests: count, failures: count, errors: count, skipped: count }).nullable(),
  log: z.strictObject({ head: bytes, tail: bytes, totalBytes: count }),
  image: words,
  runtime: words,
  timingsMs: z.strictObject({ start: milliseconds, bundle: milliseconds.nullable(), total: milliseconds }),
});

/** Our side is broken, not the order: the queue may try again. */
const faultCode = z.custom<FaultCode>(isFaultCode);
export const faultSchema = z.strictObject({
  kind: z.literal('fault'),
  code: faultCode,
  subject: words,
  message: words,
});

/** One line of the answer to a run. `alive` comes when nothing else does; `result` and `fault` are the last. */
export const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('log'), bytes }),
  z.strictObject({ kind: z.literal('alive') }),
  z.strictObject({ kind: z.literal('result'), result: z.discriminatedUnion('kind', [runSchema, refusedSchema]) }),
  faultSchema,
]);

export type Line = z.output<typeof lineSchema>;

/** How often a runner says that it is still there, and after how long a silence it is not. */
export const aliveEveryMs = 10_000;
export const silenceMs = 60_000;

/** The files of a run's request body, a tar; exactly these, in this order. */
export const requestFiles = ['order.json', 'base.pack', 'change.diff'] as const;
export const requestType = 'application/x-tar';
