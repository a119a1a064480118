/** One build by the engine's classic builder: an image in the end, or nothing. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Pack } from 'tar-stream';
import { errorStatus } from './engine.ts';
import { followEngine } from './engine-messages.ts';

export interface Build {
  /** With a Dockerfile that labels what it makes `self-coding.build=$BUILD_ID` before anything else. */
  readonly context: Pack;
  readonly baseId: string;
  readonly tag: string;
  /** `none` where nothing is to be fetched: then it works without a network, too. */
  readonly network: 'none' | 'default';
}

/** How long a broken-off build may take to end, in ms. */
const patience = 60_000;

/** Gone already, or still held by something that goes next. */
function ignoreGone(error: unknown): void {
  const status = errorStatus(error);
  if (status !== 404 && status !== 409) throw error;
}

async function containersOf(docker: Docker, label: string): Promise<readonly Docker.Container[]> {
  const found = await docker.listContainers({ all: true, filters: { label: [label] } });
  return found.map(({ Id }) => docker.getContainer(Id));
}

async function removeTraces(docker: Docker, label: string): Promise<void> {
  for (let round = 0; round < 50; round++) {
    const containers = await containersOf(docker, label);
    const images = await docker.listImages({ all: true, filters: { label: [label] } });
    if (containers.length + images.length === 0) return;
    for (const container of containers) await container.remove({ force: true, v: true }).catch(ignoreGone);
    for (const { Id } of images) await docker.getImage(Id).remove({ force: true }).catch(ignoreGone);
    await sleep(100);
  }
  throw new Error(
    `a broken-off build can't be removed; see: docker ps -a, docker images -a, with --filter label=${label}`,
  );
}

/**
 * Makes the build fail where it is, instead of hanging up on it: only the end of its answer tells that the engine has
 * put away its containers and will make no further image.
 */
async function interrupt(docker: Docker, label: string, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    for (const container of await containersOf(docker, label)) await container.kill().catch(ignoreGone);
    await sleep(100, undefined, { signal: ended }).catch(() => undefined);
  }
}

async function run(docker: Docker, build: Build, { id, signal }: { id: string; signal: AbortSignal }): Promise<void> {
  const body = Readable.from(build.context);
  const ended = new AbortController();
  const stopped = Promise.withResolvers<never>();
  let interrupting: Promise<void> = Promise.resolve();
  const onAbort = () => {
    // Stops what is still being sent; without effect once the engine has it all.
    body.destroy(new Error('broken off', { cause: signal.reason }));
    interrupting = interrupt(docker, `self-coding.build=${id}`, ended.signal);
    setTimeout(() => stopped.reject(new Error('the engine does not end the build')), patience).unref();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const buildargs = { BASE_IMAGE: build.baseId, BUILD_ID: id };
  const options = { t: build.tag, buildargs, forcerm: true, networkmode: build.network };
  try {
    await Promise.race([docker.buildImage(body, options).then((answer) => followEngine(answer)), stopped.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    ended.abort();
    await interrupting;
  }
}

/** Builds and tags an image. When it fails or is aborted, no container and no image of it is left. */
export async function buildImage(docker: Docker, build: Build, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const id = randomBytes(8).toString('hex');
  try {
    await run(docker, build, { id, signal });
    signal.throwIfAborted();
  } catch (error) {
    await removeTraces(docker, `self-coding.build=${id}`);
    signal.throwIfAborted();
    throw error;
  }
}
