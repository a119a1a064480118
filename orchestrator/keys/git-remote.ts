/** Where git fetches from and pushes to, with what it needs for that: protocols, and the token for one host alone. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mirrorHome } from '../git/mirror.ts';
import { openScratch } from '../git/scratch.ts';
import type { Repository } from '../ports/git.ts';
import { createScrubber } from './scrub.ts';

export interface RemoteOptions {
  readonly stateDir: string;
  /** Web and git address of the forge, e.g. `https://github.com`: the one host that is given the token. */
  readonly github: { readonly url: string };
  /** Asked each time, so that a token that lives for an hour is fresh, and for one repository alone. */
  readonly token: (repository: Repository, signal?: AbortSignal) => Promise<string | null>;
}

export interface Remote extends AsyncDisposable {
  readonly repository: Repository;
  /** Directory of this repository's mirrors. */
  readonly home: string;
  /** Arguments for git, the likeliest first: a path, or URLs with and without `.git`. */
  readonly addresses: readonly [string, ...string[]];
  /** For `GitCommand.env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Options of `git ls-remote` and `git fetch`, and of `git push`: how the other side is started, where we start it. */
  readonly uploadPack: readonly string[];
  readonly receivePack: readonly string[];
  /** Null unless the repository lies on the forge. */
  readonly token: string | null;
  /** What others said, fit to be stored: a server may echo the token. */
  readonly scrub: (text: string) => string;
}

/** For commands that take in objects: git may use 96 MiB for each of up to 20 threads. */
export const memoryBytes = 4 * 2 ** 30;

/** GitHub takes a token as the password of this name. */
const user = 'x-access-token';

/**
 * git asks by a prompt, and a redirect or another realm makes it ask for another host. So this answers two exact
 * questions and no other. The shell's own `printf` shows nothing in a process list.
 */
const askpass = `#!/bin/sh
case "$1" in
  "Username for '\${SELF_CODING_GIT_SCHEME}\${SELF_CODING_GIT_HOST}': ") printf '%s\\n' '${user}' ;;
  "Password for '\${SELF_CODING_GIT_SCHEME}${user}@\${SELF_CODING_GIT_HOST}': ") printf '%s\\n' "$SELF_CODING_GIT_TOKEN" ;;
  *) exit 1 ;;
esac
`;

/** Prepares git for one repository; dispose of it with `await using`. */
export async function openRemote(options: RemoteOptions, repository: Repository, signal: AbortSignal): Promise<Remote> {
  const home = mirrorHome(options.stateDir, repository);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const scratch = await openScratch(home);
  try {
    const local = repository.kind === 'local';
    const token = local ? null : await tokenFor(options, repository, signal);
    const access = await (local
      ? localAccess(repository, scratch.path)
      : networkAccess(repository, token, scratch.path));
    return { ...access, token, repository, home, [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose]() };
  } catch (error) {
    await scratch[Symbol.asyncDispose]();
    throw error;
  }
}

/** Scheme, host and port, exactly: any other host gets no token, whatever its name looks like. */
async function tokenFor(options: RemoteOptions, repository: Repository, signal: AbortSignal): Promise<string | null> {
  const { origin } = new URL(repository.id);
  return origin === new URL(options.github.url).origin ? options.token(repository, signal) : null;
}

type Access = Pick<Remote, 'addresses' | 'env' | 'scrub' | 'uploadPack' | 'receivePack'>;

/**
 * git starts a second git in a local repository, as our user. Its hooks could read our keys in /proc, and no `-c` of the
 * first git reaches it; a repository's own configuration wins over every file of ours, but not over a command line.
 */
const quietGit = [
  'git',
  '-c core.hooksPath=/dev/null', // no hooks, wherever the repository says that they are
  '-c core.alternateRefsCommand=true', // names a program for the refs of other repositories; `true` lists none
  '-c core.fsmonitor=false', // names a program, too
  '-c receive.denyCurrentBranch=refuse', // `updateInstead` would check out our branch, through filters that are programs
  '-c receive.autogc=false', // no housekeeping in someone else's repository, and none of its programs
  '-c gc.auto=0', // as above
  '-c maintenance.auto=false', // as above
].join(' ');
const localServices = {
  uploadPack: [`--upload-pack=${quietGit} upload-pack`],
  receivePack: [`--receive-pack=${quietGit} receive-pack`],
};
const services = { uploadPack: [], receivePack: [] };

async function localAccess({ id }: Repository, scratch: string): Promise<Access> {
  // git starts a second git in the repository itself, which takes no `-c` of ours but reads this file.
  const config = join(scratch, 'gitconfig');
  await writeFile(config, localConfig(id), { mode: 0o600 });
  const env = { GIT_ALLOW_PROTOCOL: 'file', GIT_CONFIG_GLOBAL: config };
  return { addresses: [id], env, scrub: (text) => text, ...localServices };
}

/** The operator allowed this path by name, so another owner of its files is no reason to refuse it; any other path stays so. */
function localConfig(path: string): string {
  const quoted = [path, join(path, '.git')].map((place) => `"${place.replace(/[\\"]/g, String.raw`\$&`)}"`);
  const safe = quoted.map((place) => `\tdirectory = ${place}\n`).join('');
  return `[safe]\n${safe}[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n`;
}

async function networkAccess({ id }: Repository, token: string | null, scratch: string): Promise<Access> {
  const { protocol, host } = new URL(id);
  const open = { GIT_ALLOW_PROTOCOL: protocol.replace(':', '') };
  // Some hosts redirect from the name without .git, and no redirect is followed.
  const addresses = [`${id}.git`, id] as const;
  if (token === null) return { addresses, env: open, scrub: (text) => text, ...services };
  const script = join(scratch, 'askpass');
  await writeFile(script, askpass, { mode: 0o700 });
  // In the environment of the child and nowhere else: never in an argument, a URL or a file.
  const secret = {
    GIT_ASKPASS: script,
    SELF_CODING_GIT_SCHEME: `${protocol}//`,
    SELF_CODING_GIT_HOST: host,
    SELF_CODING_GIT_TOKEN: token,
  };
  const scrubber = createScrubber([token]);
  return { addresses, env: { ...open, ...secret }, scrub: (text) => scrubber.scrub(text), ...services };
}

/** The header that git would send, for our own questions to the same server. */
export function authorization({ token }: Remote): Readonly<Record<string, string>> {
  if (token === null) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}` };
}
