/** How git is called: the argument list, the complete environment, and the group that it and its helpers form. */
import type { FaultCode } from '../outcome.ts';
import { hasCode } from './error-code.ts';
import { bareConfiguration, configuration, environment } from './settings.ts';

export interface GitCommand {
  readonly args: readonly string[];
  /** A bare repository of our own; `/dev/null` for a command that needs none. */
  readonly gitDir: string;
  /** Someone's work tree, for `status` only. */
  readonly workTree?: string | undefined;
  /** On top of the fixed environment; secrets go here and nowhere else. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: Uint8Array | undefined;
  readonly timeoutMs?: number | undefined;
  readonly stdoutBytes?: number | undefined;
  /** Largest file that it may write. */
  readonly fileBytes?: number | undefined;
  /** Writable memory of each of its processes: git keeps the names of a server's branches, and they may never end. */
  readonly memoryBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Takes secrets out of what others said, before anyone sees it. */
  readonly scrub?: ((text: string) => string) | undefined;
  /** What it is called when git can't do its work at all; `internal_error` by default. */
  readonly fault?: FaultCode | undefined;
}

export function commandLine({ args, fileBytes, memoryBytes, workTree }: GitCommand): readonly [string, ...string[]] {
  const settings = workTree === undefined ? [...configuration, ...bareConfiguration] : configuration;
  const git = ['git', ...settings.flatMap((setting) => ['-c', setting]), ...args] as const;
  // git has no limits of its own for what a server sends; the kernel stops what never ends.
  const limits = [
    ...(fileBytes === undefined ? [] : [`--fsize=${fileBytes}`]),
    ...(memoryBytes === undefined ? [] : [`--data=${memoryBytes}`]),
  ];
  return limits.length === 0 ? git : ['prlimit', ...limits, '--core=0', '--', ...git];
}

export function environmentOf({ gitDir, workTree, env }: GitCommand): Record<string, string> {
  const tree = workTree === undefined ? {} : { GIT_WORK_TREE: workTree };
  return { ...environment, GIT_DIR: gitDir, ...tree, ...env };
}

/** Ends git and whatever it started. Started detached, it is the leader of a group of its own. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: all of the group are gone already, which is what was wanted.
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

export function nameOf({ args }: GitCommand): string {
  return `git ${args.find((arg) => /^[a-z][a-z-]+$/.test(arg)) ?? ''}`.trim();
}
