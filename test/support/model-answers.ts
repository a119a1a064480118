/** The answers of the scripted model server, good and odd. */
import type { ServerResponse } from 'node:http';

export interface TextAnswer {
  readonly kind: 'text';
  readonly text: string;
  readonly finishReason?: string | null;
  /** What the server claims; a lie, if the script wants one. */
  readonly usage?: unknown;
  readonly model?: string;
}

/** One scripted answer; a bare string is a plain, well-formed one. */
export type Answer =
  | string
  | TextAnswer
  /** Fields over those of a well-formed message: tool calls, a refusal, another role. */
  | { readonly kind: 'message'; readonly message: Readonly<Record<string, unknown>> }
  | { readonly kind: 'choices'; readonly texts: readonly string[] }
  | { readonly kind: 'raw'; readonly status?: number; readonly contentType?: string; readonly body: string }
  | { readonly kind: 'status'; readonly status: number; readonly code?: string; readonly retryAfter?: string }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'half_body' | 'reset' | 'hang' }
  | { readonly kind: 'huge'; readonly bytes: number };

/** Writes one answer, or does to the connection what it says. */
export function send(response: ServerResponse, answer: Answer): void {
  if (typeof answer === 'string') return sendText(response, { kind: 'text', text: answer });
  switch (answer.kind) {
    case 'text':
      return sendText(response, answer);
    case 'message':
      return sendJson(
        response,
        200,
        completion([{ message: { role: 'assistant', content: null, ...answer.message } }]),
      );
    case 'choices':
      return sendJson(response, 200, completion(answer.texts.map((content) => choice(content))));
    case 'raw':
      response.writeHead(answer.status ?? 200, { 'content-type': answer.contentType ?? 'application/json' });
      return void response.end(answer.body);
    case 'status':
      if (answer.retryAfter !== undefined) response.setHeader('retry-after', answer.retryAfter);
      return sendJson(response, answer.status, { error: { message: `scripted ${answer.status}`, code: answer.code } });
    case 'redirect':
      return void response.writeHead(302, { location: answer.to }).end();
    case 'half_body':
      return sendHalf(response);
    case 'reset':
      return void response.socket?.resetAndDestroy();
    case 'hang':
      return undefined;
    case 'huge':
      return sendJson(response, 200, completion([choice('x'.repeat(answer.bytes))]));
  }
}

function choice(content: string, finish_reason: string | null = 'stop'): Readonly<Record<string, unknown>> {
  return { finish_reason, message: { role: 'assistant', content, refusal: null } };
}

function completion(choices: readonly Readonly<Record<string, unknown>>[]): Readonly<Record<string, unknown>> {
  const numbered = choices.map((one, index) => ({ index, logprobs: null, finish_reason: 'stop', ...one }));
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  return { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'scripted', choices: numbered, usage };
}

function sendText(response: ServerResponse, { text, finishReason, usage, model }: TextAnswer): void {
  const whole = completion([choice(text, finishReason === undefined ? 'stop' : finishReason)]);
  sendJson(response, 200, {
    ...whole,
    ...(usage === undefined ? {} : { usage }),
    ...(model === undefined ? {} : { model }),
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendHalf(response: ServerResponse): void {
  const whole = JSON.stringify(completion([choice('a diff that never ends')]));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
  response.write(whole.slice(0, whole.length / 2), () => response.destroy());
}
