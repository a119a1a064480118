/** The image that the sandbox image is built on: a local one, a pulled one, or one made from Debian packages. */
import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { bootstrapBase, debianRecipe } from './bootstrap-base.ts';
import { findImage } from './engine.ts';
import { canInstall, type Host } from './host.ts';
import { imagesLock, withLock } from './lock.ts';
import { pullImage } from './pull-image.ts';
import { CommandFailed } from './run-command.ts';
import { SetUpError } from './set-up-error.ts';
import type { Say } from './steps.ts';

/** What is pulled where a registry answers. */
export const standardImage = 'node:24-bookworm-slim';

export interface BaseImage {
  /** `sha256:…` */
  readonly id: string;
  /** It has its Node 24 already. */
  readonly hasNode: boolean;
  /** It was made here from Debian packages and lacks none: nothing is to be fetched to build on it. */
  readonly isComplete: boolean;
}

export interface BaseImageOptions {
  readonly docker: Docker;
  readonly host: Host;
  /** The engine's, as it says it. */
  readonly architecture: string;
  /** An image of the user's choice (Debian or a relative); null = the standard one. */
  readonly baseImage: string | null;
  /** For the lock; absolute. */
  readonly stateDir: string;
  readonly say: Say;
}

/** `self-coding/base:…`, another one for each change of the recipe. */
export function baseTag(architecture: string): string {
  const recipe = JSON.stringify({ format: 1, standardImage, debianRecipe, architecture });
  return `self-coding/base:${createHash('sha256').update(recipe).digest('hex').slice(0, 12)}`;
}

function factsOf(image: Docker.ImageInspectInfo): BaseImage {
  const { Env: environment, Labels: labels } = image.Config;
  return {
    id: image.Id,
    hasNode: (environment ?? []).some((entry) => entry.startsWith('NODE_VERSION=24.')),
    isComplete: labels?.['self-coding.role'] === 'base',
  };
}

async function findBase(docker: Docker, name: string): Promise<BaseImage | null> {
  const image = await findImage(docker, name);
  return image === null ? null : factsOf(image);
}

async function pulled({ docker, say }: BaseImageOptions, name: string, signal: AbortSignal): Promise<string | null> {
  if ((await findImage(docker, name)) !== null) return null;
  say(`pulling ${name}`);
  const pull = await pullImage(docker, name, signal);
  return pull.kind === 'pulled' ? null : pull.why;
}

function refuseToBuild(why: string, { host }: BaseImageOptions): never {
  const reason = canInstall(host)
    ? 'this machine has another architecture than the engine'
    : 'that takes root on Debian or Ubuntu';
  const remedy = `Run this once as root on Debian or Ubuntu, or bring an image here: docker load, then docker tag IMAGE ${standardImage}.`;
  throw new SetUpError(`there is no base image: ${why}; and it can't be built from Debian packages: ${reason}`, remedy);
}

/** In Node's words what Docker calls amd64. */
function isThisMachine(architecture: string): boolean {
  return architecture === (process.arch === 'x64' ? 'amd64' : process.arch);
}

async function makeBase(options: BaseImageOptions, name: string, signal: AbortSignal): Promise<void> {
  const { docker, host, architecture, say } = options;
  // Another set-up may have made it while we waited for the lock.
  if ((await findImage(docker, name)) !== null) return;
  const why = await pulled(options, standardImage, signal);
  if (why === null) {
    const [repo = '', tag = ''] = name.split(':');
    await docker.getImage(standardImage).tag({ repo, tag });
    say(standardImage);
    return;
  }
  if (!canInstall(host) || !isThisMachine(architecture)) refuseToBuild(why, options);
  await bootstrapBase({ docker, name, say }, signal).catch((cause: unknown) => {
    if (!(cause instanceof CommandFailed)) throw cause;
    const remedy = `The Debian archive must be reachable. Or bring an image here and call it ${standardImage}.`;
    throw new SetUpError(`the base image could not be built: ${why}; ${cause.message}`, remedy, { cause });
  });
  say('built from Debian packages');
}

async function chosenBase(options: BaseImageOptions, name: string, signal: AbortSignal): Promise<BaseImage> {
  const why = await pulled(options, name, signal);
  const image = await findBase(options.docker, name);
  if (image !== null) return image;
  throw new SetUpError(`there is no base image ${name}: ${why ?? 'it has just gone'}`, `Pull or build ${name} first.`);
}

/**
 * Finds the base image, or gets it: pulled, or where no registry answers built from Debian packages (root, 30 s to 90 s).
 * Throws `SetUpError` when neither is possible.
 */
export async function ensureBaseImage(options: BaseImageOptions, signal: AbortSignal): Promise<BaseImage> {
  if (options.baseImage !== null) return await chosenBase(options, options.baseImage, signal);
  const name = baseTag(options.architecture);
  const found = await findBase(options.docker, name);
  if (found !== null) return found;
  await withLock(imagesLock(options.stateDir), signal, () => makeBase(options, name, signal));
  const made = await findBase(options.docker, name);
  if (made === null) throw new Error(`the image ${name} vanished right after it was made`);
  return made;
}
