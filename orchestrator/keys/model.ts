/** The model behind any OpenAI-compatible server. */
import promptPolicy from '../../policies/prompt.json' with { type: 'json' };
import { type Refused, refuse } from '../outcome.ts';
import type { Model } from '../ports/model.ts';
import { createCaller, type ModelOptions } from './model-caller.ts';
import { checkModel } from './model-check.ts';
import { draftDiff } from './model-draft.ts';
import { promptPolicySchema } from './prompt.ts';

/**
 * The model port over `openai`'s chat completions. Both calls refuse with `ai_core_unavailable` where a setting is to
 * blame and throw that code as a `Fault` where the server is; a useless answer is `model_output_invalid`.
 * The key appears in no error and no log line.
 */
export function createModel(options: ModelOptions): Model {
  const caller = createCaller(options);
  if (caller === null) return { check: async () => noKey(), draft: async () => noKey() };
  const policy = promptPolicySchema.parse(promptPolicy);
  return {
    check: (signal) => checkModel(caller, signal),
    draft: (request, signal) => draftDiff(caller, { policy, request }, signal),
  };
}

function noKey(): Refused {
  const reason = 'no model can be asked: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server that needs no key';
  return refuse('ai_core_unavailable', reason);
}
