/** The image that sandboxes start from: found by what it is built from, or built. */
import type Docker from 'dockerode';
import type { BaseImage } from './base-image.ts';
import { packContext, sandboxTag } from './build-context.ts';
import { buildImage } from './build-image.ts';
import { findImage } from './engine.ts';
import { EngineFailed } from './engine-messages.ts';
import { imagesLock, withLock } from './lock.ts';
import { removeSuperseded } from './remove-superseded.ts';
import { SetUpError } from './set-up-error.ts';
import type { Say } from './steps.ts';

export interface SandboxImage {
  /** `sha256:…`: what a sandbox is started from, since a tag can be moved. */
  readonly id: string;
  readonly tag: string;
}

export interface SandboxImageOptions {
  readonly docker: Docker;
  readonly base: BaseImage;
  /** The engine's, as it says it: `amd64`, `arm64`. */
  readonly architecture: string;
  /** sandbox-image/, absolute. */
  readonly directory: string;
  /** Where fetched packages are kept; absolute. */
  readonly stateDir: string;
  readonly say: Say;
}

async function find(docker: Docker, tag: string): Promise<SandboxImage | null> {
  const image = await findImage(docker, tag);
  return image === null ? null : { id: image.Id, tag };
}

async function build(options: SandboxImageOptions, tag: string, signal: AbortSignal): Promise<void> {
  const { docker, base, say } = options;
  // Another set-up may have built it while we waited for the lock.
  if ((await find(docker, tag)) !== null) return;
  const context = await packContext(options, signal);
  say('building');
  const network = base.isComplete ? 'none' : 'default';
  await buildImage(docker, { context, baseId: base.id, tag, network }, signal).catch((cause: unknown) => {
    if (!(cause instanceof EngineFailed)) throw cause;
    const remedy =
      'See what the last step of sandbox-image/Dockerfile lacked; the base must be a Debian or a relative.';
    throw new SetUpError(`the sandbox image could not be built: ${cause.message}`, remedy, { cause });
  });
  await removeSuperseded(docker, [tag], Date.now());
  say('built');
}

/**
 * Builds the sandbox image from sandbox-image/ and the base, unless there is one of exactly these.
 * An abort leaves no container and no image. Throws `SetUpError` with the end of the build's output.
 */
export async function ensureSandboxImage(options: SandboxImageOptions, signal: AbortSignal): Promise<SandboxImage> {
  const tag = await sandboxTag(options);
  const found = await find(options.docker, tag);
  if (found !== null) return found;
  await withLock(imagesLock(options.stateDir), signal, () => build(options, tag, signal));
  const made = await find(options.docker, tag);
  if (made === null) throw new Error(`the image ${tag} vanished right after it was built`);
  return made;
}
