import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { describe, Fault } from '../outcome.ts';
import type { Runner, SandboxOrder } from '../ports/sandbox.ts';
import { aliveEveryMs, type faultSchema, type Line, lineSchema, silenceMs } from './wire.ts';

/**
 * Runs an order and answers with its log, signs of life, and its result, a JSON line each. The run ends when the engine
 * hangs up or `closing` is aborted. What waits to be sent is bounded by the policy's cap on the log.
 */
export async function serveRun(
  runner: Runner,
  order: SandboxOrder,
  reply: FastifyReply,
  closing: AbortSignal,
): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new Error('the engine hung up')));
  // An engine that doesn't read must not keep a finished run's memory for ever.
  reply.raw.setTimeout(silenceMs, () => reply.raw.destroy());
  const lines = new PassThrough();
  const write = (line: Line) => lines.write(`${JSON.stringify(z.encode(lineSchema, line))}\n`);
  const beat = setInterval(() => write({ kind: 'alive' }), aliveEveryMs);
  write({ kind: 'alive' });
  void reply.type('application/x-ndjson').send(lines);
  try {
    const signal = AbortSignal.any([gone.signal, closing]);
    write({
      kind: 'result',
      result: await runner.run(order, { signal, onLog: (bytes) => write({ kind: 'log', bytes }) }),
    });
  } catch (error) {
    write(faultOf(error));
  } finally {
    clearInterval(beat);
    lines.end();
  }
  return reply;
}

/** A thrown value as it goes over the wire; bounded, and without its stack. */
export function faultOf(error: unknown): z.output<typeof faultSchema> {
  const { code, subject } =
    error instanceof Fault ? error : { code: 'sandbox_start_failed' as const, subject: 'runner' };
  return { kind: 'fault', code, subject: subject.slice(0, 1000), message: describe(error).slice(0, 4000) };
}
