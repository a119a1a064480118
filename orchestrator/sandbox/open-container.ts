import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { Fault } from '../outcome.ts';
import { call, refusalStatus } from './docker.ts';
import type { Log } from './log.ts';
import { removeContainer } from './remove-container.ts';

/** What the daemon says about the end of a container; the container itself has no voice in it. */
export interface EndState {
  readonly running: boolean;
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

/** One created container; disposing removes it, whatever it is doing. Each call throws `Fault` when the daemon fails. */
export interface SandboxContainer extends AsyncDisposable {
  readonly kind: 'container';
  readonly id: string;
  /** Its stdin; and its stdout and stderr in Docker's frames. To be called before `start`, or output could be lost. */
  readonly attach: () => Promise<Duplex>;
  readonly start: () => Promise<void>;
  readonly kill: () => Promise<void>;
  /** To be asked when its output is closed. Still `running` then means that the daemon cut us off. */
  readonly endState: () => Promise<EndState>;
}

/** From "its output is closed" to "the daemon says it ended" it takes milliseconds. */
const endChecks = 200;
const endCheckMs = 25;

/** A created container by its id, as something to run and to be rid of. */
export function openContainer(docker: Docker, id: string, log: Log): SandboxContainer {
  const container = docker.getContainer(id);
  const sockets: Duplex[] = [];
  return {
    kind: 'container',
    id,
    attach: async () => {
      const socket = await attach(docker, id);
      sockets.push(socket);
      return socket;
    },
    start: async () => {
      await call(id, 'start a container', (abortSignal) => container.start({ abortSignal }));
    },
    kill: () => kill(docker, id),
    endState: () => endState(docker, id),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await removeContainer(docker, id, log);
    },
  };
}

async function attach(docker: Docker, id: string): Promise<Duplex> {
  // `hijack`: without it stdin can't be closed while output is still read, and a dead daemon is never noticed.
  const ask = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true };
  const stdio = await call(id, 'attach to a container', (abortSignal) =>
    docker.getContainer(id).attach({ ...ask, abortSignal }),
  );
  if (stdio instanceof Duplex) return stdio;
  throw new Fault('sandbox_start_failed', id, 'Docker attached something that is no socket');
}

async function kill(docker: Docker, id: string): Promise<void> {
  try {
    await call(id, 'kill a container', (abortSignal) => docker.getContainer(id).kill({ abortSignal }));
  } catch (error) {
    // 409: it has ended by itself meanwhile.
    if (refusalStatus(error) !== 409) throw error;
  }
}

async function endState(docker: Docker, id: string): Promise<EndState> {
  for (let check = 1; ; check += 1) {
    const { State } = await call(id, 'inspect a container', (abortSignal) =>
      docker.getContainer(id).inspect({ abortSignal }),
    );
    if (!State.Running || check === endChecks) {
      return { running: State.Running, exitCode: State.ExitCode, oomKilled: State.OOMKilled };
    }
    await sleep(endCheckMs);
  }
}
