/** Is a dockerd at work, or has a dead one left something in the way of the next? */
import { readFile, readdir, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The name of a live process; null if there is none of this id, or only a zombie. */
export async function processName(pid: number, proc = '/proc'): Promise<string | null> {
  const text = await readFile(join(proc, String(pid), 'stat'), 'utf8').catch(() => '');
  const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(text) ?? [];
  // A zombie keeps its id until somebody asks after it, in a container often for ever.
  return name === undefined || state === 'Z' || state === 'X' ? null : name;
}

/**
 * Removes the pid file at `path` if it does not name a live process called `name`; says whether it did.
 * dockerd refuses to start beside one, even where the id is that of another program by now.
 */
export async function removeStalePidFile(path: string, name: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return false;
  const pid = /^\s*(\d+)\s*$/.exec(text)?.[1];
  if (pid !== undefined && (await processName(Number(pid))) === name) return false;
  await rm(path, { force: true });
  return true;
}

/** A dockerd of a container (which has mounts of its own), or one that serves another socket, is not the one we want. */
async function serves(pid: string, socketPath: string): Promise<boolean> {
  const [ours, its] = await Promise.all(
    ['self', pid].map((id) => readlink(join('/proc', id, 'ns', 'mnt')).catch(() => null)),
  );
  if (ours !== its) return false;
  const words = (await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '')).split('\0');
  const namesSocket = words.some((word) => /^(-H|--host\b)/.test(word));
  return !namesSocket || words.some((word) => word.includes(socketPath) || word.includes('fd://'));
}

/** The process ids of dockerds that serve this socket, or will soon, as they are just starting. */
export async function findRunningDockerds(socketPath: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    if ((await processName(Number(pid))) === 'dockerd' && (await serves(pid, socketPath))) found.push(Number(pid));
  }
  return found;
}
