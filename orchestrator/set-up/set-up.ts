/** Everything a sandbox host needs, from nothing: engine, base image, sandbox image. */
import { join, resolve } from 'node:path';
import { ensureBaseImage } from './base-image.ts';
import { ensureDocker, findDocker } from './docker.ts';
import { connectEngine, type EngineFacts } from './engine.ts';
import { readHost } from './host.ts';
import { ensureSandboxImage } from './sandbox-image.ts';
import type { Steps } from './steps.ts';

export interface SetUpOptions {
  readonly steps: Steps;
  readonly stateDir: string;
  /** The engine's Unix socket. */
  readonly socketPath: string;
  /** An image to build the sandbox image on; without it, the standard one. */
  readonly baseImage?: string;
}

export interface SetUp {
  /** The sandbox image, `sha256:…`: what a sandbox is started from, since a tag can be moved. */
  readonly image: string;
  readonly tag: string;
  /** The engine's version. */
  readonly engine: string;
}

async function images(options: SetUpOptions, engine: EngineFacts, signal: AbortSignal): Promise<SetUp> {
  const { steps, socketPath, baseImage = null } = options;
  const { architecture, version } = engine;
  const [docker, host, stateDir] = [connectEngine(socketPath), await readHost(), resolve(options.stateDir)];
  const base = await steps.run('base image', (say) =>
    ensureBaseImage({ docker, host, architecture, baseImage, stateDir, say }, signal),
  );
  const directory = join(import.meta.dirname, '..', '..', 'sandbox-image');
  const { id, tag } = await steps.run('sandbox image', (say) =>
    ensureSandboxImage({ docker, base, architecture, directory, stateDir, say }, signal),
  );
  return { image: id, tag, engine: version };
}

/** The images alone, on an engine that must be there already. Otherwise as `setUp`. */
export async function ensureImages(options: SetUpOptions, signal: AbortSignal): Promise<SetUp> {
  const engine = await findDocker({ socketPath: options.socketPath, host: await readHost() });
  return await images(options, engine, signal);
}

/**
 * Sets up what is missing and nothing else; with everything there it takes well under a second.
 * Throws `SetUpError` where a person has to do something. After an abort it throws the signal's reason, and leaves
 * neither container nor half-made image, directory or process; a Docker Engine that it has started stays.
 */
export async function setUp(options: SetUpOptions, signal: AbortSignal): Promise<SetUp> {
  const { steps, socketPath } = options;
  const host = await readHost();
  const engine = await steps.run('Docker Engine', (say) => ensureDocker({ socketPath, host, say }, signal));
  return await images(options, engine, signal);
}
