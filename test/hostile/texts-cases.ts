/** What a case of group P may say; see corpus/texts. */
import { z } from 'zod';
import { anyCase } from './corpus.ts';

/** Text, text that is repeated, code points, or these one after the other. */
const piece = z.union([
  z.string(),
  z.strictObject({ repeat: z.tuple([z.string(), z.int()]) }),
  z.strictObject({ codes: z.array(z.int()) }),
]);
const text = z.union([piece, z.array(piece)]);

export type GivenText = z.output<typeof text>;

export function textOf(given: GivenText): string {
  if (Array.isArray(given)) return given.map(textOf).join('');
  if (typeof given === 'string') return given;
  return 'repeat' in given ? given.repeat[0].repeat(given.repeat[1]) : String.fromCodePoint(...given.codes);
}

/** Fields of a proposal over those of an ordinary one. */
const fields = z.partialRecord(
  z.enum(['title', 'description', 'testCommand', 'repo', 'baseBranch', 'proposedBy']),
  text,
);

export function fieldsOf(given: z.output<typeof fields>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, textOf(value)]));
}

/** Written down, or not, and why. */
export const createCase = anyCase
  .extend({
    kind: z.literal('create'),
    proposal: fields,
    expected: z.union([
      z.strictObject({ problem: z.string() }),
      /** Kept as it is: what is shown and sent is what was given. */
      z.literal('kept'),
    ]),
  })
  .strict();

/** Commit message, title and body of a pull request. */
export const publishCase = anyCase
  .extend({
    kind: z.literal('publish'),
    proposal: fields,
    approvedBy: text.optional(),
    paths: z.array(z.string()).optional(),
    expected: z.strictObject({ subject: z.string() }),
  })
  .strict();

/** The body of the request that a model gets. */
export const promptCase = anyCase
  .extend({
    kind: z.literal('prompt'),
    proposal: fields,
    files: z.record(z.string(), text).optional(),
    earlier: z.array(z.strictObject({ answer: text, problem: text })).optional(),
    expected: z.strictObject({ roles: z.array(z.string()) }),
  })
  .strict();

const answer = z.union([
  text,
  z.strictObject({
    kind: z.literal('text'),
    text: text,
    finishReason: z.string().nullable().optional(),
    usage: z.unknown().optional(),
    model: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('message'), message: z.record(z.string(), z.unknown()) }),
  z.strictObject({ kind: z.literal('choices'), texts: z.array(z.string()) }),
  z.strictObject({
    kind: z.literal('raw'),
    status: z.int().optional(),
    contentType: z.string().optional(),
    body: text,
  }),
  z.strictObject({
    kind: z.literal('status'),
    status: z.int(),
    code: z.string().optional(),
    retryAfter: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('redirect'), to: z.string() }),
  z.strictObject({ kind: z.enum(['half_body', 'reset', 'hang']) }),
  z.strictObject({ kind: z.literal('stream'), what: z.enum(['drips', 'flood', 'headers', 'gzip', 'self-signed']) }),
]);

export type GivenAnswer = z.output<typeof answer>;

/** One question to a model that answers like this; the last answer again and again. */
export const answerCase = anyCase
  .extend({
    kind: z.literal('answer'),
    answers: z.array(answer).min(1),
    expected: z.strictObject({
      /** `drafted`, the code of a refusal, or `fault: <code>`. */
      ending: z.string(),
      requests: z.int(),
      answer: text.optional(),
      model: z.string().optional(),
      promptTokens: z.int().optional(),
      completionTokens: z.int().optional(),
    }),
  })
  .strict();

/** A whole job on real parts: a model that obeys whoever speaks to it last. */
export const jobCase = anyCase
  .extend({
    kind: z.literal('job'),
    proposal: fields,
    files: z.record(z.string(), z.string()).optional(),
    answers: z.array(answer).min(1),
    expected: z.strictObject({
      /** `pr_opened`, or the code. */
      ending: z.string(),
      asked: z.int(),
      /** In no text that leaves the machine, and in no object of the commit. */
      absent: z.array(z.string()).optional(),
    }),
  })
  .strict();

export type CreateCase = z.output<typeof createCase>;
export type PublishCase = z.output<typeof publishCase>;
export type PromptCase = z.output<typeof promptCase>;
export type AnswerCase = z.output<typeof answerCase>;
export type JobCase = z.output<typeof jobCase>;
export const textCase = z.discriminatedUnion('kind', [createCase, publishCase, promptCase, answerCase, jobCase]);
