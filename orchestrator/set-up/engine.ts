/** The Docker Engine, asked politely. */
import Docker from 'dockerode';
import { errorCode } from './error-code.ts';

export interface EngineFacts {
  readonly kind: 'answers';
  readonly version: string;
  /** In Docker's words: `amd64`, `arm64`. */
  readonly architecture: string;
}

export type EngineAnswer =
  | EngineFacts
  /** There is a socket, but it isn't for this user. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'silent'; readonly why: string };

/** A client for the engine behind this Unix socket, whatever DOCKER_HOST says. */
export function connectEngine(socketPath: string): Docker {
  return new Docker({ socketPath, host: undefined });
}

/** The HTTP status of the engine's answer, if it gave one. */
export function errorStatus(error: unknown): number | null {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null;
}

/** Is there an engine behind this socket? Takes a few seconds at most and changes nothing. */
export async function askEngine(socketPath: string): Promise<EngineAnswer> {
  const docker = new Docker({ socketPath, host: undefined, timeout: 5000 });
  try {
    await docker.ping();
    const { Version: version, Arch: architecture } = await docker.version();
    return { kind: 'answers', version, architecture };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EACCES' || code === 'EPERM') return { kind: 'forbidden' };
    return { kind: 'silent', why: code ?? (error instanceof Error ? error.message : String(error)) };
  }
}

/** The image of this name or id, or null if there is none. */
export async function findImage(docker: Docker, name: string): Promise<Docker.ImageInspectInfo | null> {
  try {
    return await docker.getImage(name).inspect();
  } catch (error) {
    if (errorStatus(error) === 404) return null;
    throw error;
  }
}
