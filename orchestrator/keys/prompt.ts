/** What the model is told, as plain messages. Pure: the same request gives the same bytes. */
import { z } from 'zod';
import { type Refused, refuse } from '../outcome.ts';
import type { DraftRequest } from '../ports/model.ts';

/** `policies/prompt.json`: the fixed rules, and the largest prompt in UTF-8 bytes. */
export const promptPolicySchema = z.strictObject({
  version: z.literal(1),
  maxBytes: z.int().min(10_000).max(8_000_000),
  system: z.array(z.string()).min(1),
});

export type PromptPolicy = Readonly<z.output<typeof promptPolicySchema>>;

export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface Prompt {
  readonly kind: 'prompt';
  readonly messages: readonly PromptMessage[];
}

/**
 * A fixed system message, the task and its files as one JSON document, then one pair of messages an earlier round.
 * Paths that are only named are left out when they don't fit (`otherPathsLeftOut` counts them);
 * whatever else is too large is refused with `budget_exceeded`.
 */
export function buildPrompt(policy: PromptPolicy, request: DraftRequest): Prompt | Refused {
  const system: PromptMessage = { role: 'system', content: policy.system.join('\n') };
  const rounds = request.earlier.flatMap(earlierRound);
  const fixed = sizeOf([system, dataMessage(request, []), ...rounds]);
  const paths = fitting(request.otherPaths, policy.maxBytes - fixed);
  const messages = [system, dataMessage(request, paths), ...rounds];
  const size = sizeOf(messages);
  if (size > policy.maxBytes) {
    const reason = `the prompt would be ${size} bytes, at most ${policy.maxBytes} are sent: propose something smaller`;
    return refuse('budget_exceeded', reason);
  }
  return { kind: 'prompt', messages };
}

/** A rough count of tokens, for budgets when a server reports none or too few: four characters are about one token. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/**
 * Prompt injection: text from proposals and repositories only ever goes here, as JSON in a user message,
 * where no delimiter or fake turn of its own can end the data.
 */
function dataMessage(request: DraftRequest, otherPaths: readonly string[]): PromptMessage {
  const { title, description, testCommand, allowedSuffixes } = request;
  const data = {
    task: { title, description, testCommand, allowedSuffixes },
    files: request.files.map(({ path, text }) => ({ path, text })),
    otherPaths,
    otherPathsLeftOut: request.otherPaths.length - otherPaths.length,
  };
  return { role: 'user', content: JSON.stringify(data) };
}

/** Strict servers take no turn without words, and a model may have answered with none. */
function earlierRound({ answer, problem }: DraftRequest['earlier'][number]): readonly PromptMessage[] {
  const said: PromptMessage = { role: 'assistant', content: answer };
  const heard: PromptMessage = { role: 'user', content: JSON.stringify({ problem }) };
  return answer.trim() === '' ? [heard] : [said, heard];
}

function fitting(paths: readonly string[], room: number): readonly string[] {
  let left = room;
  const end = paths.findIndex((path) => {
    left -= Buffer.byteLength(JSON.stringify(path)) + 1;
    return left < 0;
  });
  return end === -1 ? paths : paths.slice(0, end);
}

function sizeOf(messages: readonly PromptMessage[]): number {
  return messages.reduce((sum, message) => sum + Buffer.byteLength(message.content), 0);
}
