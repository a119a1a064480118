/** One question to the model: the task in, its words out. */
import { APIError } from 'openai';
import { Fault, type Refused, refuse } from '../outcome.ts';
import type { Drafted, DraftRequest } from '../ports/model.ts';
import type { ModelCaller } from './model-caller.ts';
import { readAnswer } from './model-answer.ts';
import { type Asked, askWithRetries, isSilence, transportFailure } from './model-retry.ts';
import { buildPrompt, estimateTokens, type Prompt, type PromptPolicy } from './prompt.ts';
import { scrubError } from './scrub.ts';

const retries = 2;

export interface Question {
  readonly policy: PromptPolicy;
  readonly request: DraftRequest;
}

/** Asks for a diff; see `createModel` for how it ends. Rejects with the signal's reason when cancelled. */
export async function draftDiff(
  caller: ModelCaller,
  { policy, request }: Question,
  signal: AbortSignal,
): Promise<Drafted | Refused> {
  const prompt = buildPrompt(policy, request);
  if (prompt.kind === 'refused') return prompt;
  try {
    return read(caller, prompt, await ask(caller, prompt, signal));
  } catch (error) {
    signal.throwIfAborted();
    return ruleOn(caller, error);
  }
}

async function ask(caller: ModelCaller, prompt: Prompt, signal: AbortSignal): Promise<Asked> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(caller.limits.timeoutMs)]);
  const question = { model: caller.model, messages: prompt.messages.map((message) => ({ ...message })) };
  const askOnce = async () => {
    // The raw response: parsed by the client, an HTML page would come back as if it were an answer.
    const response = await caller.client.chat.completions.create(question, { signal: within }).asResponse();
    return await response.text();
  };
  return await askWithRetries(caller, askOnce, { retries, signal: within });
}

function read(caller: ModelCaller, prompt: Prompt, { text, requests }: Asked): Drafted | Refused {
  const answer = readAnswer(text);
  if (answer.kind === 'refused') return answer;
  const asked = prompt.messages.map((message) => message.content).join('\n');
  // Budget evasion: a server that reports no tokens would make every job look free.
  const promptTokens = Math.max(answer.promptTokens, estimateTokens(asked));
  const completionTokens = Math.max(answer.completionTokens, estimateTokens(answer.content));
  const usage = { requests, promptTokens, completionTokens };
  return { kind: 'drafted', model: answer.model ?? caller.model, answer: answer.content, usage };
}

function ruleOn(caller: ModelCaller, error: unknown): Refused {
  const failure = transportFailure(error)?.failure;
  if (failure === 'broken_body') return refuse('model_output_invalid', "the model's answer broke off half-way");
  if (failure === 'too_large') return refuse('model_output_invalid', "the model's answer is too large");
  if (error instanceof APIError && error.status !== undefined) return ruleOnStatus(caller, error, error.status);
  if (!isSilence(error)) throw scrubError(error, caller.scrubber);
  throw gone(caller, error, failure === 'connection' ? "can't be reached" : 'gave no answer in time');
}

function ruleOnStatus(caller: ModelCaller, error: APIError, status: number): Refused {
  if (error.code === 'insufficient_quota') return unavailable('the account of OPENAI_API_KEY has no credit left');
  if (status === 401 || status === 403) return unavailable(`${caller.server} refuses OPENAI_API_KEY (${status})`);
  if (status === 404) {
    return unavailable(`${caller.server} has no model ${caller.model} (404): set SELF_CODING_MODEL or OPENAI_BASE_URL`);
  }
  if (status >= 300 && status < 400) {
    return unavailable(
      `${caller.server} redirects (${status}); a key is not sent on: set OPENAI_BASE_URL to the target`,
    );
  }
  if (status === 408 || status === 409 || status === 429 || status >= 500) {
    throw gone(caller, error, `answered ${status}`);
  }
  const said = caller.scrubber.scrub(error.message).replace(/[^\x20-\x7e]+/g, ' ');
  return unavailable(`${caller.server} did not accept the request: ${said.slice(0, 300)}`);
}

function unavailable(reason: string): Refused {
  return refuse('ai_core_unavailable', reason);
}

function gone(caller: ModelCaller, error: unknown, what: string): Fault {
  return new Fault('ai_core_unavailable', caller.server, `the model server ${caller.server} ${what}`, {
    cause: scrubError(error, caller.scrubber),
  });
}
