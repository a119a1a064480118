/** Reads a chat completion: everything about it is checked, nothing in it is believed. */
import { z } from 'zod';
import { type Refused, refuse } from '../outcome.ts';

export interface ModelAnswer {
  readonly kind: 'answer';
  readonly content: string;
  /** As the server names it, if that is a plain name. */
  readonly model: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const nothing = z.union([z.null(), z.literal(''), z.tuple([])]).optional();
const count = z.int().nonnegative().catch(0);

// Servers add fields of their own, so unknown ones are dropped here; each that we read is checked.
const completion = z.object({
  choices: z.tuple([
    z.object({
      finish_reason: z.string().nullish(),
      message: z.object({
        role: z.literal('assistant').optional(),
        content: z.string().nullish(),
        refusal: nothing,
        tool_calls: nothing,
        function_call: nothing,
      }),
    }),
  ]),
  model: z
    .string()
    .regex(/^[\w.:/@+-]{1,128}$/)
    .nullable()
    .catch(null),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullable().catch(null),
});

/**
 * Takes the body of a 200: JSON with exactly one finished choice that is plain text.
 * Several choices, tool calls, a refusal, a cut-off or empty text, HTML or half a document are `model_output_invalid`.
 */
export function readAnswer(body: string): ModelAnswer | Refused {
  const parsed = completion.safeParse(parseJson(body));
  if (!parsed.success) return invalid(`the model's answer makes no sense: ${whatIsWrong(parsed.error)}`);
  const { choices, model, usage } = parsed.data;
  const [choice] = choices;
  // A diff that was cut off by a limit or a filter could still apply, and do half of a change.
  if (choice.finish_reason !== 'stop') return invalid(`the model stopped early: ${printable(choice.finish_reason)}`);
  const { content } = choice.message;
  if (typeof content !== 'string' || content.trim() === '') return invalid('the model answered with nothing');
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = usage ?? none;
  return { kind: 'answer', content, model, promptTokens, completionTokens };
}

/** The document, or undefined if it is none. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const none = { prompt_tokens: 0, completion_tokens: 0 } as const;

function invalid(reason: string): Refused {
  return refuse('model_output_invalid', reason);
}

function whatIsWrong(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined || issue.path.length === 0) return 'it is no chat completion in JSON';
  return `${issue.path.join('.')} is not as expected`;
}

function printable(reason: string | null | undefined): string {
  return reason === null || reason === undefined ? 'no reason given' : reason.replace(/[^\w-]/g, '?').slice(0, 40);
}
