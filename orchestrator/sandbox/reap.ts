import type Docker from 'dockerode';
import { labels } from './container.ts';
import { call } from './docker.ts';
import type { Log } from './log.ts';
import { removeContainer } from './remove-container.ts';

/**
 * Removes what an earlier life of this runner left behind: its own sandboxes past their deadline, no one else's and none
 * that may still be at work. Answers their ids. Throws `Fault` when the daemon can't list them.
 */
export async function reap(docker: Docker, instanceId: string, log: Log, now: Date): Promise<readonly string[]> {
  const own = await call(instanceId, 'list sandboxes', () =>
    docker.listContainers({ all: true, filters: { label: [`${labels.instance}=${instanceId}`] } }),
  );
  const dead = own.filter(({ Labels }) => isPast(Labels[labels.deadline], now)).map(({ Id }) => Id);
  for (const id of dead) {
    log.warn({ container: id }, 'Removing a sandbox that is past its deadline.');
    await removeContainer(docker, id, log);
  }
  return dead;
}

/** A label of ours that is missing or unreadable is no reason to keep a container for ever. */
function isPast(deadline: string | undefined, now: Date): boolean {
  const time = Date.parse(deadline ?? '');
  return Number.isNaN(time) || time < now.getTime();
}
