import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

export type ListenAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** Parses `unix:/absolute/path` or `tcp:HOST:PORT`; throws with both forms for anything else. */
export function parseListenAddress(text: string): ListenAddress {
  const path = /^unix:(\/.+)$/.exec(text)?.[1];
  if (path !== undefined) return { kind: 'unix', path };
  const tcp = /^tcp:(?<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):(?<port>\d{1,5})$/.exec(text)?.groups;
  const port = Number(tcp?.port);
  if (tcp?.host === undefined || port > 65_535) {
    throw new Error(
      `A runner can't listen on "${text}". Examples: unix:/run/self-coding/runner.sock, tcp:10.0.0.5:7300`,
    );
  }
  return { kind: 'tcp', host: tcp.host.replace(/^\[|\]$/g, ''), port };
}

/** Removes the socket that a killed runner left at `path`. Throws if one still listens there, or if it is no socket. */
export async function freeSocketPath(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (found === null) return;
  if (!found.isSocket()) throw new Error(`${path} is no socket; a runner can't listen there.`);
  if (await answers(path)) throw new Error(`Another runner listens on ${path}.`);
  await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => (hasCode(error, 'ECONNREFUSED') ? resolve(false) : reject(error)));
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
