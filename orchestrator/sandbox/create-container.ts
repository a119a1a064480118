import type Docker from 'dockerode';
import { z } from 'zod';
import { describe, Fault, refuse, type Refused } from '../outcome.ts';
import { type ContainerBody, labels } from './container.ts';
import { call, post, refusalStatus } from './docker.ts';
import { drift } from './drift.ts';
import type { Log } from './log.ts';
import { openContainer, type SandboxContainer } from './open-container.ts';
import { removeContainer } from './remove-container.ts';

const created = z.looseObject({ Id: z.string().regex(/^[0-9a-f]{64}$/), Warnings: z.array(z.string()).nullish() });

/**
 * Creates a container and makes sure, before anything runs in it, that it is what was asked for.
 * Refuses with `sandbox_unsupported_host` (no such image or runtime here) or `sandbox_config_drift`; it is removed then.
 */
export async function createContainer(
  docker: Docker,
  body: ContainerBody,
  log: Log,
): Promise<SandboxContainer | Refused> {
  const answer = await create(docker, body);
  if (answer.kind === 'refused') return answer;
  const { id, warnings } = answer;
  try {
    const found = await call(id, 'inspect a new container', (abortSignal) =>
      docker.getContainer(id).inspect({ abortSignal }),
    );
    const differing = drift(body, found, warnings);
    if (differing.length === 0) return openContainer(docker, id, log);
    await removeContainer(docker, id, log);
    return refuse('sandbox_config_drift', `Docker made another container than was asked for: ${differing.join(', ')}.`);
  } catch (error) {
    await removeContainer(docker, id, log);
    throw error;
  }
}

async function create(docker: Docker, body: ContainerBody) {
  try {
    const answer = await call(body.Labels[labels.job], 'create a container', (signal) =>
      post(docker, '/containers/create', body, signal),
    );
    const { Id, Warnings } = created.parse(answer);
    return { kind: 'created', id: Id, warnings: Warnings ?? [] } as const;
  } catch (error) {
    const status = refusalStatus(error);
    if (!(error instanceof Fault) || (status !== 400 && status !== 404)) throw error;
    // 404: no such image. 400: no such runtime, or a limit that this machine doesn't have. Trying again changes neither.
    return refuse('sandbox_unsupported_host', `${describe(error.cause)}; run: npm run -s self-coding -- doctor`);
  }
}
