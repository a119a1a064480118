import { readConfig } from '../../orchestrator/config.ts';
import { ensureImages } from '../../orchestrator/set-up/set-up.ts';
import { silentSteps } from '../../orchestrator/set-up/steps.ts';

/** Where tests find Docker, and the id of the sandbox image that is made from this checkout; built if it isn't there. */
export async function sandboxHost(): Promise<{ readonly dockerSocket: string; readonly image: string }> {
  const { SELF_CODING_DOCKER_SOCKET: socketPath, SELF_CODING_STATE_DIR: stateDir } = readConfig();
  const { image } = await ensureImages({ steps: silentSteps, stateDir, socketPath }, new AbortController().signal);
  return { dockerSocket: socketPath, image };
}
