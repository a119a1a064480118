/** A scripted OpenAI-compatible server on 127.0.0.1: real HTTP, answers from a script, and every oddity on request. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Answer, send } from './model-answers.ts';

export type { Answer } from './model-answers.ts';

const chatRequest = z.strictObject({
  model: z.string().min(1),
  messages: z
    .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string().min(1) }))
    .min(1),
});

export type ChatRequest = z.output<typeof chatRequest>;

export type Script = readonly Answer[] | ((request: ChatRequest, index: number) => Answer | Promise<Answer>);

export interface ModelServerOptions {
  /** Answers in order, the last one again and again; or a function. */
  readonly script: Script;
  /** Names that `GET /v1/models/{name}` knows. */
  readonly models?: readonly string[];
  /** Instead of looking in `models`. */
  readonly modelsAnswer?: Answer;
  /** Wanted as bearer token, if set. */
  readonly apiKey?: string;
}

export interface ModelServer extends AsyncDisposable {
  /** To be used as OPENAI_BASE_URL. */
  readonly baseUrl: string;
  /** Well-formed questions, in order. */
  readonly requests: readonly ChatRequest[];
  /** Requests that a strict server would not have taken: tests assert that there are none. */
  readonly violations: readonly string[];
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

/** Starts the server on a free port; disposing closes it and every connection. */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const requests: ChatRequest[] = [];
  const violations: string[] = [];
  const respond = async (exchange: Exchange) => {
    const answer = await answerTo(exchange, options, { requests, violations });
    send(exchange.response, answer);
  };
  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => respond({ request, response, body }))
      .catch((error: unknown) => {
        violations.push(`the script failed: ${String(error)}`);
        response.destroy();
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the model server has no port');
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    requests,
    violations,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

async function answerTo(
  { request, body }: Exchange,
  options: ModelServerOptions,
  seen: { readonly requests: ChatRequest[]; readonly violations: string[] },
): Promise<Answer> {
  if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`) {
    return { kind: 'status', status: 401, code: 'invalid_api_key' };
  }
  const [, name] = /^\/v1\/models\/([^/]+)$/.exec(request.url ?? '') ?? [];
  if (request.method === 'GET' && name !== undefined) return modelAnswer(decodeURIComponent(name), options);
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    seen.violations.push(`${request.method} ${request.url}`);
    return { kind: 'status', status: 404 };
  }
  const question = chatRequest.safeParse(JSON.parse(body));
  if (!question.success) {
    seen.violations.push(`not a chat request: ${question.error.message}`);
    return { kind: 'status', status: 400 };
  }
  seen.requests.push(question.data);
  const index = seen.requests.length - 1;
  if (typeof options.script === 'function') return await options.script(question.data, index);
  return options.script[index] ?? options.script.at(-1) ?? { kind: 'status', status: 500 };
}

function modelAnswer(name: string, options: ModelServerOptions): Answer {
  if (options.modelsAnswer !== undefined) return options.modelsAnswer;
  if (options.models?.includes(name) !== true) return { kind: 'status', status: 404, code: 'model_not_found' };
  return { kind: 'raw', body: JSON.stringify({ id: name, object: 'model', created: 1, owned_by: 'test' }) };
}
