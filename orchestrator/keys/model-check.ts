/** Is there a model to ask? Answered before anything is spent on a job. */
import { APIError } from 'openai';
import { z } from 'zod';
import { Fault, type Refused, refuse } from '../outcome.ts';
import type { ModelCaller } from './model-caller.ts';
import { parseJson } from './model-answer.ts';
import { type Asked, askWithRetries, isSilence, transportFailure } from './model-retry.ts';
import { scrubError } from './scrub.ts';

export type Availability = { readonly kind: 'available' | 'unknown' };

/**
 * Asks `GET /models/{model}` once, and once more if the server was away. Many compatible servers lack that path:
 * whatever isn't a clear yes or no is `unknown`. A refused key or a missing model is `ai_core_unavailable`;
 * a server that can't be reached is that code as a `Fault`.
 */
export async function checkModel(caller: ModelCaller, signal: AbortSignal): Promise<Availability | Refused> {
  try {
    const { text } = await look(caller, signal);
    const found = z.object({ id: z.string().min(1) }).safeParse(parseJson(text));
    return { kind: found.success ? 'available' : 'unknown' };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof APIError && error.status !== undefined) return ruleOn(caller, error, error.status);
    const failure = transportFailure(error)?.failure;
    if (failure === 'broken_body' || failure === 'too_large') return { kind: 'unknown' };
    if (!isSilence(error)) throw scrubError(error, caller.scrubber);
    throw new Fault('ai_core_unavailable', caller.server, `the model server ${caller.server} can't be reached`, {
      cause: scrubError(error, caller.scrubber),
    });
  }
}

function look(caller: ModelCaller, signal: AbortSignal): Promise<Asked> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(caller.limits.checkTimeoutMs)]);
  const once = async () => {
    const response = await caller.client.models.retrieve(caller.model, { signal: within }).asResponse();
    return await response.text();
  };
  return askWithRetries(caller, once, { retries: 1, signal: within });
}

function ruleOn(caller: ModelCaller, error: APIError, status: number): Availability | Refused {
  if (status === 401 || status === 403) {
    return refuse('ai_core_unavailable', `${caller.server} refuses the key (${status}): set OPENAI_API_KEY`);
  }
  if (status === 404 && error.code === 'model_not_found') {
    return refuse('ai_core_unavailable', `${caller.server} has no model ${caller.model}: set SELF_CODING_MODEL`);
  }
  return { kind: 'unknown' };
}
