/** npm packages of the project: installed when they are missing or not those of package-lock.json. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withLock } from './lock.ts';
import { runCommand } from './run-command.ts';
import { showSteps } from './steps.ts';

/** What the stamp of an installation must say. */
export function stampFor(lockfile: Uint8Array): string {
  // Some packages are binaries: a directory that another platform shares is not ours to use.
  return `${createHash('sha256').update(lockfile).digest('hex')} ${process.platform}-${process.arch}\n`;
}

async function isInstalled(stamp: string, expected: string): Promise<boolean> {
  return (await readFile(stamp, 'utf8').catch(() => null)) === expected;
}

/**
 * Makes `root`/node_modules what package-lock.json says, by `npm ci` without install scripts.
 * `npm ci` removes the stamp first and we write it last, so a broken installation never looks like a whole one.
 */
export async function installPackages(root: string, signal: AbortSignal): Promise<void> {
  const expected = stampFor(await readFile(join(root, 'package-lock.json')));
  const stamp = join(root, 'node_modules', '.self-coding-stamp');
  if (await isInstalled(stamp, expected)) return;
  await showSteps(process.stderr).run('npm packages', async (say) => {
    say('installing');
    await withLock(join(root, '.self-coding', 'npm-ci.lock'), signal, async () => {
      if (await isInstalled(stamp, expected)) return;
      const flags = ['--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
      await runCommand(['npm', 'ci', ...flags, '--loglevel=error'], { cwd: root, signal });
      await mkdir(dirname(stamp), { recursive: true });
      await writeFile(stamp, expected);
    });
    say('installed');
  });
}
