import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { Fault, type Refused } from '../outcome.ts';
import { packParcel, type ParcelFile } from './pack-parcel.ts';
import { readLines } from './read-lines.ts';
import { faultSchema, refusedSchema, requestType, silenceMs } from './wire.ts';

export interface RunnerAddress {
  /** `unix:/absolute/path` or `http://host:port`, as SELF_CODING_RUNNER has it. */
  readonly address: string;
  readonly token: string | null;
}

export interface RunnerCall {
  readonly path: string;
  /** Sent as a tar by POST; null = a GET. */
  readonly files: readonly ParcelFile[] | null;
  readonly signal: AbortSignal;
}

/** Asks a runner, and answers with its response once the headers are there. Rejects with the socket's own error. */
export function askRunner(to: RunnerAddress, { path, files, signal }: RunnerCall): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(to.token === null ? {} : { authorization: `Bearer ${to.token}` }),
      // A runner that is full says so before the parcel is sent, and is asked again and again.
      ...(files === null ? {} : { 'content-type': requestType, expect: '100-continue' }),
    };
    const method = files === null ? 'GET' : 'POST';
    // A connection of its own for each call: when it breaks, it is this run that ends.
    const outgoing = request({ ...place(to.address), path, method, headers, signal, agent: false, timeout: silenceMs });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`silent for ${silenceMs} ms`)));
    outgoing.on('error', reject);
    outgoing.on('response', resolve);
    if (files === null) outgoing.end();
    else outgoing.once('continue', () => void pipeline(packParcel(files), outgoing).catch(reject)).flushHeaders();
  });
}

function place(address: string): RequestOptions {
  if (address.startsWith('unix:')) return { socketPath: address.slice('unix:'.length) };
  const { hostname, port } = new URL(address);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port) };
}

const failure = z.discriminatedUnion('kind', [refusedSchema, faultSchema]);
const failureBytes = 65_536;

/** What a response with another status than 200 says: a refusal, or a `Fault`, which is thrown. */
export async function readFailure(response: IncomingMessage, address: string): Promise<Refused> {
  const lines: string[] = [];
  for await (const line of readLines(response, { lineBytes: failureBytes, totalBytes: failureBytes })) lines.push(line);
  const answer = failure.parse(JSON.parse(lines.join('\n')));
  if (answer.kind === 'refused') return answer;
  throw new Fault(answer.code, address, answer.message);
}
