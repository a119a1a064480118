/** What kind of machine this is, as far as set-up may change it. */
import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Host {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  /** Of os-release(5): the distribution's own id and those it is derived from, e.g. `['ubuntu', 'debian']`. */
  readonly distributions: readonly string[];
  /** Services are systemd's business here. */
  readonly hasSystemd: boolean;
}

/** Where an administrator's programs are; a user's PATH may lack the sbin directories. */
export const systemPath: readonly string[] = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];

/** Reads ID and ID_LIKE of an os-release(5) file: `['ubuntu', 'debian']`. */
export function parseDistributions(osRelease: string): readonly string[] {
  const valueOf = (key: string) => {
    const line = osRelease.split('\n').find((line) => line.startsWith(`${key}=`));
    return (line?.slice(key.length + 1) ?? '').trim().replace(/^(["'])(.*)\1$/, '$2');
  };
  return `${valueOf('ID')} ${valueOf('ID_LIKE')}`.split(/\s+/).filter((id) => id !== '');
}

/** Looks at this machine. */
export async function readHost(): Promise<Host> {
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    distributions: parseDistributions(osRelease),
    // sd_booted(3)
    hasSystemd: await exists('/run/systemd/system'),
  };
}

/** May set-up install packages here? Only as root, and only where apt is the distribution's own. */
export function canInstall(host: Host): boolean {
  return (
    host.isRoot && host.platform === 'linux' && host.distributions.some((id) => id === 'debian' || id === 'ubuntu')
  );
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** The path of a program of the system, or null. */
export async function findProgram(name: string): Promise<string | null> {
  for (const directory of systemPath) {
    const path = join(directory, name);
    const isRunnable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isRunnable) return path;
  }
  return null;
}
