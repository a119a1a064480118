/** A base image made from Debian packages, for machines without an image registry. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import tar, { type Pack } from 'tar-stream';
import { errorStatus, findImage } from './engine.ts';
import { followEngine } from './engine-messages.ts';
import { copyHarmless } from './harmless-tar.ts';
import { findProgram } from './host.ts';
import { installDebianPackages } from './install-debian-packages.ts';
import { CommandFailed, type RunningCommand, runCommand, startCommand } from './run-command.ts';
import type { Say } from './steps.ts';

/** What is in it; any change here makes another image. */
export const debianRecipe = {
  suite: 'bookworm',
  packages: ['ca-certificates', 'git', 'python3', 'python3-pytest', 'make'],
  leaveOut: ['/usr/share/man/*', '/usr/share/doc/*', '/usr/share/locale/*', '/usr/share/info/*'],
  keep: ['/usr/share/doc/*/copyright'],
} as const;

function mmdebstrap(): readonly string[] {
  const { suite, packages, leaveOut, keep } = debianRecipe;
  const options = [...leaveOut.map((path) => `path-exclude=${path}`), ...keep.map((path) => `path-include=${path}`)];
  // Nothing here outlives a power failure, so nothing need wait for the disk.
  const dpkg = ['force-unsafe-io', ...options].map((option) => `--dpkgopt=${option}`);
  return ['mmdebstrap', '--variant=minbase', `--include=${packages.join(',')}`, ...dpkg, suite, '-'];
}

/** mmdebstrap mounts /proc, /sys and parts of /dev; in a mount namespace of its own they end with it, however it ends. */
async function inOwnNamespace(argv: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const unshare = ['unshare', '--mount', '--propagation', 'private'];
  try {
    await runCommand([...unshare, 'true'], { signal });
    return [...unshare, ...argv];
  } catch (error) {
    // A container without the right to mount: then there will be no mounts either.
    if (error instanceof CommandFailed) return argv;
    throw error;
  }
}

async function workDirectory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'self-coding-base-'));
  // apt downloads as a user of its own, who must get in.
  await chmod(path, 0o755);
  return {
    path,
    async [Symbol.asyncDispose]() {
      const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
      // Removing what is below a mount that was left there would remove it from the host's own /dev.
      if (mounts.includes(` ${path}/`)) throw new Error(`${path} has mounts below it: unmount them, then remove it`);
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Ends the archive only once mmdebstrap has ended well: half a system must not become an image. */
async function fill(out: Pack, command: RunningCommand): Promise<void> {
  try {
    await copyHarmless(command.stdout, out);
    await command.finished;
    out.finalize();
  } catch (error) {
    out.destroy(error instanceof Error ? error : new Error(String(error)));
    // What ended mmdebstrap explains more than the archive that broke off.
    await command.finished;
    throw error;
  }
}

async function removeImage(docker: Docker, name: string): Promise<void> {
  await docker
    .getImage(name)
    .remove({ force: true })
    .catch((error: unknown) => {
      if (errorStatus(error) !== 404) throw error;
    });
}

async function importInto(docker: Docker, name: string, command: RunningCommand): Promise<void> {
  const out = tar.pack();
  const filled = fill(out, command);
  filled.catch(() => undefined);
  const [repo, tag] = name.split(':');
  try {
    const changes = 'LABEL self-coding.role=base';
    await followEngine(
      await docker.importImage(Readable.from(out), { repo, tag, changes, message: 'self-coding base' }),
    );
  } finally {
    // Its failure is the cause, the engine's complaint about half an archive only the effect.
    await filled;
  }
}

/**
 * Builds the image and calls it `name`, in about 30 s. Needs root, apt and the Debian archive. The name is given at the
 * very end: an abort at any moment leaves neither image nor directory nor process.
 */
export async function bootstrapBase(
  { docker, name, say }: { docker: Docker; name: string; say: Say },
  signal: AbortSignal,
): Promise<void> {
  if ((await findProgram('mmdebstrap')) === null) {
    say('installing mmdebstrap');
    await installDebianPackages(['mmdebstrap', 'debian-archive-keyring'], signal);
  }
  say(`building Debian ${debianRecipe.suite} from packages`);
  await using work = await workDirectory();
  const argv = ['env', `TMPDIR=${work.path}`, ...(await inOwnNamespace(mmdebstrap(), signal))];
  const unfinished = `self-coding/base:incoming-${randomBytes(6).toString('hex')}`;
  try {
    await importInto(docker, unfinished, startCommand(argv, { signal, graceMs: 20_000, cwd: '/' }));
    signal.throwIfAborted();
    const [repo = '', tag = ''] = name.split(':');
    // Somebody without our lock may have been faster; an image is not taken from those who build on it already.
    if ((await findImage(docker, name)) === null) await docker.getImage(unfinished).tag({ repo, tag });
  } finally {
    await removeImage(docker, unfinished);
  }
}
