/** What a model, or who speaks in its name, answers: used as text, refused, or a fault; within bounds of bytes and time. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { Fault } from '../../orchestrator/outcome.ts';
import { apiKey, modelOf, never, request } from '../support/model-asker.ts';
import { type Answer, startModelServer } from '../support/model-server.ts';
import { type AnswerCase, type GivenAnswer, type GivenText, textOf } from './texts-cases.ts';
import { startStreamServer } from './texts-stream-server.ts';

const limits = { maxAnswerBytes: 1_000_000, timeoutMs: 1_500 };

export async function playAnswer({ answers, expected }: AnswerCase): Promise<void> {
  await using server = await serverOf(answers);
  const lines: string[] = [];
  const log = pino({ base: null, level: 'trace' }, { write: (line) => void lines.push(line) });
  const ending = await modelOf(server, { ...limits, log })
    .draft(request, never)
    .catch((error: unknown) => {
      assert.ok(error instanceof Fault, inspect(error));
      return error;
    });
  const { ending: wanted, requests, answer, ...numbers } = expected;
  assert.equal(endingOf(ending), wanted, inspect(ending));
  assert.equal(server.count(), requests);
  if ('answer' in ending) {
    if (answer !== undefined) assert.equal(ending.answer, textOf(answer));
    assert.deepEqual(
      Object.keys(ending).toSorted(),
      ['answer', 'kind', 'model', 'usage'],
      'nothing else is taken over',
    );
    const known = {
      promptTokens: ending.usage.promptTokens,
      completionTokens: ending.usage.completionTokens,
      model: ending.model,
    };
    assert.deepEqual({ ...known, ...numbers }, known);
  }
  assertNoKey(`${inspect(ending, { depth: null, showHidden: true })}${lines.join('')}`);
}

function endingOf(
  ending: Fault | { readonly kind: string } | { readonly kind: 'refused'; readonly code: string },
): string {
  if (ending instanceof Fault) return `fault: ${ending.code}`;
  return 'code' in ending ? ending.code : ending.kind;
}

function assertNoKey(said: string): void {
  const forms = [
    apiKey,
    encodeURIComponent(apiKey),
    Buffer.from(apiKey).toString('hex'),
    Buffer.from(apiKey).toString('base64').replace(/=+$/, ''),
  ];
  for (const form of forms) assert.ok(!said.includes(form), 'the key is in an error, a reason or a line of the log');
}

async function serverOf(answers: readonly GivenAnswer[]) {
  const [first] = answers;
  if (typeof first === 'object' && 'kind' in first && first.kind === 'stream') return startStreamServer(first.what);
  const server = await startModelServer({ script: answers.map(toAnswer), apiKey });
  return {
    baseUrl: server.baseUrl,
    count: () => server.requests.length,
    [Symbol.asyncDispose]: async () => {
      assert.deepEqual(server.violations, []);
      await server[Symbol.asyncDispose]();
    },
  };
}

/** `{key}` is the key that the server was sent. */
function filled(given: GivenText): string {
  const base64 = Buffer.from(apiKey).toString('base64');
  return textOf(given).replaceAll('{key}', apiKey).replaceAll('{keyInBase64}', base64);
}

/** As the scripted server takes it. */
export function toAnswer(given: GivenAnswer): Answer {
  if (typeof given === 'string' || Array.isArray(given) || !('kind' in given)) return filled(given);
  switch (given.kind) {
    case 'text': {
      const { kind, text, finishReason, usage, model } = given;
      return {
        kind,
        text: filled(text),
        ...(finishReason === undefined ? {} : { finishReason }),
        ...(model === undefined ? {} : { model }),
        ...('usage' in given ? { usage } : {}),
      };
    }
    case 'raw': {
      const { kind, status, contentType, body } = given;
      return {
        kind,
        body: filled(body),
        ...(status === undefined ? {} : { status }),
        ...(contentType === undefined ? {} : { contentType }),
      };
    }
    case 'status': {
      const { kind, status, code, retryAfter } = given;
      return {
        kind,
        status,
        ...(code === undefined ? {} : { code }),
        ...(retryAfter === undefined ? {} : { retryAfter }),
      };
    }
    case 'stream':
      throw new Error('a stream has a server of its own');
    case 'message':
    case 'choices':
    case 'redirect':
    case 'half_body':
    case 'reset':
    case 'hang':
      return given;
  }
}
