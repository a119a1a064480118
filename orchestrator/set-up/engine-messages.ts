/** The stream of JSON lines in which the engine tells of a pull, an import or a build. */
import { z } from 'zod';

const message = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  error: z.string().optional(),
  aux: z.object({ ID: z.string().optional() }).optional(),
});

export type EngineMessage = z.output<typeof message>;

/** A build that goes wrong says so in its last lines. */
const keptLines = 40;

/** The engine gave up; `output` is the end of what it had said until then. */
export class EngineFailed extends Error {
  readonly output: string;

  constructor(problem: string, output: string) {
    super(output === '' ? problem : `${problem}\n${output}`);
    this.name = 'EngineFailed';
    this.output = output;
  }
}

async function* lines(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  yield rest;
}

/**
 * Reads to the end and returns the last lines of it. Throws `EngineFailed` when the engine reports an error, but only
 * at the end of the stream: by then it has cleaned up after itself.
 */
export async function followEngine(
  stream: NodeJS.ReadableStream,
  onMessage: (message: EngineMessage) => void = () => undefined,
): Promise<readonly string[]> {
  const said: string[] = [];
  let problem: string | null = null;
  for await (const line of lines(stream)) {
    if (line.trim() === '') continue;
    const parsed = message.parse(JSON.parse(line));
    onMessage(parsed);
    problem ??= parsed.error ?? null;
    said.push((parsed.stream ?? parsed.status ?? '').trimEnd());
    if (said.length > keptLines) said.shift();
  }
  if (problem !== null) throw new EngineFailed(problem, said.filter((line) => line !== '').join('\n'));
  return said;
}
