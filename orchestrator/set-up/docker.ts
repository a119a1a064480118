/** A Docker Engine that answers: the one that runs, or one that is installed and started. */
import { askEngine, type EngineFacts } from './engine.ts';
import { canInstall, findProgram, type Host } from './host.ts';
import { installDebianPackages } from './install-debian-packages.ts';
import { withLock } from './lock.ts';
import { SetUpError } from './set-up-error.ts';
import { awaitRunning, type Dockerd, startDockerd } from './start-dockerd.ts';
import type { Say } from './steps.ts';

export const defaultSocket = '/var/run/docker.sock';

export interface DockerOptions {
  readonly socketPath: string;
  readonly host: Host;
  readonly say: Say;
}

/** What to do where set-up must not, or can't, install an engine. */
export function howToGetDocker(host: Host, socketPath: string): string {
  if (socketPath !== defaultSocket)
    return `Start the engine that SELF_CODING_DOCKER_SOCKET=${socketPath} means, or unset it.`;
  if (host.platform === 'darwin')
    return 'Install and start Docker Desktop (https://docs.docker.com/desktop/) or colima.';
  if (host.platform !== 'linux')
    return 'Docker Engine for Linux containers is needed: https://docs.docker.com/engine/install/';
  if (canInstall({ ...host, isRoot: true })) {
    return 'Run this once as root, or as root: apt-get install docker.io && usermod -aG docker YOUR_USER, then log in again.';
  }
  return 'Install Docker Engine (https://docs.docker.com/engine/install/), start it, and add your user to the group docker.';
}

function systemDockerd(socketPath: string, bySystemd: boolean): Dockerd {
  return {
    socketPath,
    command: ['dockerd'],
    bySystemd,
    pidFile: '/var/run/docker.pid',
    containerdPidFile: '/var/run/docker/containerd/containerd.pid',
    log: '/var/log/self-coding-dockerd.log',
  };
}

async function installAndStart({ socketPath, host, say }: DockerOptions, signal: AbortSignal): Promise<EngineFacts> {
  const dockerd = systemDockerd(socketPath, host.hasSystemd);
  // Somebody else may have done it while we waited for the lock.
  const answer = await askEngine(socketPath);
  if (answer.kind === 'answers') return answer;
  if ((await findProgram('dockerd')) === null) {
    say('installing docker.io');
    await installDebianPackages(['docker.io', 'iptables', 'ca-certificates'], signal);
  }
  say('starting dockerd');
  const facts = (await awaitRunning(dockerd, signal)) ?? (await startDockerd(dockerd, signal));
  say(`started ${facts.version}`);
  return facts;
}

const notPermitted =
  'As root: usermod -aG docker YOUR_USER, then log in again (it gives that user the rights of root).';

/** The engine that answers at `socketPath`, or a `SetUpError` that says what to do. Changes nothing. */
export async function findDocker({ socketPath, host }: Omit<DockerOptions, 'say'>): Promise<EngineFacts> {
  const answer = await askEngine(socketPath);
  switch (answer.kind) {
    case 'answers':
      return answer;
    case 'forbidden':
      throw new SetUpError(`this user may not talk to Docker at ${socketPath}`, notPermitted);
    case 'silent':
      throw new SetUpError(
        `no Docker Engine answers at ${socketPath} (${answer.why})`,
        howToGetDocker(host, socketPath),
      );
  }
}

/**
 * Returns once an engine answers at `socketPath`. One that runs is never touched. Otherwise, as root on Debian or
 * Ubuntu, installs docker.io if it is missing and starts it; elsewhere throws a `SetUpError` that says what to do.
 */
export async function ensureDocker(options: DockerOptions, signal: AbortSignal): Promise<EngineFacts> {
  const { socketPath, host } = options;
  const isOurs = canInstall(host) && socketPath === defaultSocket;
  if (!isOurs || (await askEngine(socketPath)).kind !== 'silent') return await findDocker(options);
  return await withLock('/run/self-coding-docker.lock', signal, () => installAndStart(options, signal));
}
