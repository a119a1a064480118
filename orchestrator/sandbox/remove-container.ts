import type Docker from 'dockerode';
import { describe } from '../outcome.ts';
import { call, refusalStatus } from './docker.ts';
import type { Log } from './log.ts';

/** "No such container", and "its removal is in progress". */
const alreadyGoing = new Set([404, 409]);

/**
 * Kills and removes a container with its volumes. Never throws: it runs while another error is on its way, which must
 * not be hidden by this one. A failure is logged, and the reaper tries again after the deadline.
 */
export async function removeContainer(docker: Docker, id: string, log: Log): Promise<void> {
  try {
    await call(id, 'remove a container', (abortSignal) =>
      docker.getContainer(id).remove({ force: true, v: true, abortSignal }),
    );
  } catch (error) {
    const status = refusalStatus(error);
    if (status !== null && alreadyGoing.has(status)) return;
    log.error({ container: id, error: describe(error) }, 'A sandbox could not be removed; the reaper will try again.');
  }
}
