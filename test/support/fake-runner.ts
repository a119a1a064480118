import assert from 'node:assert/strict';
import { Fault } from '../../orchestrator/outcome.ts';
import { createLocalRunner } from '../../orchestrator/sandbox/local-runner.ts';
import { type FakeDocker, fakeImage } from './fake-docker.ts';
import { anOrder, watching } from './sandbox-orders.ts';
import { sandboxPolicy } from './sandbox-policy.ts';

/** A runner on a fake daemon, with room for one sandbox; `messages` is its log. */
export async function runnerOn(
  { socketPath }: Pick<FakeDocker, 'socketPath'>,
  more: { readonly reapEveryMs?: number } = {},
) {
  const messages: string[] = [];
  const note = (_fields: object, text: string) => messages.push(text);
  const policy = await sandboxPolicy();
  const log = { warn: note, error: note };
  const options = { dockerSocket: socketPath, image: fakeImage, policy, instanceId: 'test', concurrency: 1, log };
  return { messages, runner: await createLocalRunner({ ...options, ...more }) };
}

/** The code of a refusal, `fault` and its code, or how the run ended. */
export async function endOf(docker: FakeDocker, order = anOrder()): Promise<string> {
  const { runner } = await runnerOn(docker);
  try {
    const result = await runner.run(order, watching());
    return result.kind === 'refused' ? result.code : result.end;
  } catch (error) {
    assert.ok(error instanceof Fault);
    return `fault ${error.code}`;
  } finally {
    await runner[Symbol.asyncDispose]();
  }
}
