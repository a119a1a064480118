/** Starts a Docker Engine that is installed but does not run, and waits until it answers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { askEngine, type EngineFacts } from './engine.ts';
import { systemPath } from './host.ts';
import { findRunningDockerds, processName, removeStalePidFile } from './running-dockerd.ts';
import { runCommand } from './run-command.ts';
import { SetUpError } from './set-up-error.ts';

export interface Dockerd {
  readonly socketPath: string;
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  readonly bySystemd: boolean;
  readonly pidFile: string;
  readonly containerdPidFile: string;
  readonly log: string;
}

/** From the first start on a slow disk to the first answer, in ms. */
const patience = 90_000;

async function spawnDockerd({ command, log }: Dockerd): Promise<ChildProcess> {
  const [program, ...args] = command;
  await using file = await open(log, 'a', 0o600);
  const child = spawn(program, args, {
    cwd: '/',
    // A session of its own: the engine stays, whatever becomes of us and our terminal.
    detached: true,
    // Nothing of ours: whoever may look at the engine's environment must not find our keys there.
    env: { PATH: systemPath.join(':') },
    stdio: ['ignore', file.fd, file.fd],
  });
  child.on('error', () => undefined);
  child.unref();
  return child;
}

async function refuse(problem: string, { log }: Dockerd): Promise<never> {
  const said = await readFile(log, 'utf8').catch(() => '');
  const tail = said.split('\n').slice(-15).join('\n').trim();
  throw new SetUpError(`${problem}${tail === '' ? '' : `. The end of ${log}:\n${tail}`}`, `Start it by hand: dockerd`);
}

async function waitForAnswer(
  dockerd: Dockerd,
  isAlive: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<EngineFacts> {
  const deadline = performance.now() + patience;
  while (performance.now() < deadline) {
    const answer = await askEngine(dockerd.socketPath);
    if (answer.kind === 'answers') return answer;
    signal.throwIfAborted();
    if (!(await isAlive())) return await refuse('dockerd ended instead of answering', dockerd);
    await sleep(100, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  return await refuse(`dockerd does not answer at ${dockerd.socketPath}`, dockerd);
}

/** The package may have started it, or another set-up: then there is one already, and a second would harm its data. */
export async function awaitRunning(dockerd: Dockerd, signal: AbortSignal): Promise<EngineFacts | null> {
  const [pid] = await findRunningDockerds(dockerd.socketPath);
  if (pid === undefined) return null;
  return await waitForAnswer(dockerd, async () => (await processName(pid)) !== null, signal);
}

/** Starts the engine, after removing what a dead one left in its way; it stays when we end. Throws `SetUpError`. */
export async function startDockerd(dockerd: Dockerd, signal: AbortSignal): Promise<EngineFacts> {
  if (dockerd.bySystemd) {
    await runCommand(['systemctl', 'start', 'docker'], { signal }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new SetUpError('systemd could not start Docker', 'Look at: journalctl -u docker', { cause });
    });
    return await waitForAnswer(dockerd, () => Promise.resolve(true), signal);
  }
  await removeStalePidFile(dockerd.pidFile, 'dockerd');
  await removeStalePidFile(dockerd.containerdPidFile, 'containerd');
  const child = await spawnDockerd(dockerd);
  const isAlive = () =>
    Promise.resolve(child.pid !== undefined && child.exitCode === null && child.signalCode === null);
  return await waitForAnswer(dockerd, isAlive, signal);
}
