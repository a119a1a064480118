/** One set-up at a time, also across processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from './error-code.ts';

async function acquire(path: string, signal: AbortSignal): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  signal.throwIfAborted();
  // The kernel holds the lock for as long as `cat` lives, and that ends with the pipe from us, however we end:
  // there is no stale lock that somebody would have to judge.
  const script = ['--exclusive', path, 'sh', '-c', 'echo locked; exec cat'];
  const holder = spawn('flock', script, { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  const exit = once(holder, 'exit');
  const giveUp = () => holder.kill('SIGKILL');
  signal.addEventListener('abort', giveUp);
  const locked = await Promise.race([once(holder.stdout, 'data').then(() => true), exit.then(() => false)]).finally(
    () => signal.removeEventListener('abort', giveUp),
  );
  signal.throwIfAborted();
  if (!locked) throw new Error(`flock could not lock ${path}`);
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end();
      await exit;
    },
  };
}

/**
 * Runs `work` while no other process holds the lock at `path` (a file that stays; its directory must be ours).
 * Where there is no flock(1), as on macOS, `work` runs unlocked: twice the same work, at worst.
 */
export async function withLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const lock = await acquire(path, signal).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (lock === null) return await work();
  await using _ = lock;
  return await work();
}

/** The lock for images and whatever else belongs to an engine: one for the machine where we may have one. */
export function imagesLock(stateDir: string): string {
  // Not in /tmp: a link of that name, put there by somebody else, would make us create a file for him.
  return process.platform === 'linux' && process.getuid?.() === 0
    ? '/run/self-coding-images.lock'
    : join(stateDir, 'images.lock');
}
