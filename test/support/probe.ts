/** Runs a shell command in a container with exactly these options: the sandbox's own, or the same with one thing weakened. */
import { z } from 'zod';
import { connectDocker, post } from '../../orchestrator/sandbox/docker.ts';
import { containerBody } from '../../orchestrator/sandbox/container.ts';
import type { SandboxPolicy } from '../../orchestrator/sandbox/policy.ts';
import { sandboxHost } from './sandbox-image.ts';

export type Body = ReturnType<typeof containerBody>;

export interface Probed {
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** Where the daemon keeps a log of its own; empty = nowhere. */
  readonly logPath: string;
}

const created = z.looseObject({ Id: z.string() });

/** `weaken` gets the real create body and answers what is sent instead. The command takes the entrypoint's place. */
export async function probe(
  policy: SandboxPolicy,
  command: string,
  weaken: (body: Body) => object = (body) => body,
): Promise<Probed> {
  const { dockerSocket, image } = await sandboxHost();
  const docker = connectDocker(dockerSocket);
  const deadline = new Date(Date.now() + 60_000);
  const place = { image, imageEnvironment: [], runtime: 'runc', instanceId: 'probe', slot: 0, deadline };
  const body = weaken(containerBody(policy, { jobId: 'probe', role: 'base' }, place));
  const asked = { ...body, Entrypoint: ['/bin/sh', '-c', command] };
  const { Id } = created.parse(await post(docker, '/containers/create', asked, AbortSignal.timeout(30_000)));
  const container = docker.getContainer(Id);
  try {
    await container.start();
    await container.wait();
    const { State, LogPath } = await container.inspect();
    return { exitCode: State.ExitCode, oomKilled: State.OOMKilled, logPath: LogPath };
  } finally {
    await container.remove({ force: true, v: true });
  }
}
