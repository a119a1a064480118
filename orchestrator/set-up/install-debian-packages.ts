import { type CommandOptions, CommandFailed, runCommand } from './run-command.ts';
import { SetUpError } from './set-up-error.ts';

/** Others may be installing, too (unattended-upgrades after boot): wait for them, in seconds. */
const lockTimeout = ['-o', 'DPkg::Lock::Timeout=300'];
/** Nobody is there to answer a question. */
const unattended = ['env', 'DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_SUSPEND=1', 'LC_ALL=C'];

async function updateLists(options: CommandOptions): Promise<string> {
  try {
    return await runCommand([...unattended, 'apt-get', 'update', ...lockTimeout], options);
  } catch (error) {
    // One broken third-party source must not stop us; whether the lists do is for the installation to say.
    if (error instanceof CommandFailed) return error.output;
    throw error;
  }
}

/**
 * Installs packages from the machine's own apt sources, as root. Finishes what an interrupted dpkg left first, so it
 * can be aborted and run again. Throws `SetUpError` with what apt said.
 */
export async function installDebianPackages(names: readonly string[], signal: AbortSignal): Promise<void> {
  // dpkg finishes the package it is at when told to stop.
  const options = { signal, graceMs: 30_000, cwd: '/' };
  let said = '';
  try {
    await runCommand([...unattended, 'dpkg', '--configure', '-a'], options);
    said = await updateLists(options);
    const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...lockTimeout, ...names];
    await runCommand([...unattended, ...install], options);
  } catch (cause) {
    if (!(cause instanceof CommandFailed)) throw cause;
    const remedy = `Run: apt-get update && apt-get install ${names.join(' ')}`;
    throw new SetUpError(`${names.join(', ')} could not be installed: ${cause.message}\n${said}`, remedy, { cause });
  }
}
