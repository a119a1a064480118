#!/usr/bin/env node
/**
 * The door of every command: `node orchestrator/launch.mjs SCRIPT.ts ARGS…` runs SCRIPT on Node 24 with the packages of
 * package-lock.json installed, and first fetches whichever of the two is missing. Plain JavaScript without dependencies,
 * because it must run on any Node ≥ 20 and before there is a node_modules. It writes to stderr only: stdout is SCRIPT's.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import process, { env } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fetchPackage, packageDirectory } from './set-up/fetch-package.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** From 24.12 on, Node runs TypeScript without a warning. */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 12);
}

/** npm changes to the project's directory; relative paths in ARGS are meant from where the user typed the command. */
function goWhereTheUserIs() {
  const from = env.INIT_CWD;
  if (from !== undefined && resolve(process.cwd()) === resolve(root) && existsSync(from)) process.chdir(from);
  // Used up: a launcher started by SCRIPT stays where SCRIPT puts it.
  delete env.INIT_CWD;
}

/**
 * Ends us, in order, when whoever started us is gone: npm passes a SIGTERM on to its shell alone, which dies of it and
 * leaves us behind; and a launcher that was killed could pass on nothing. Started by hand, we may outlive a shell.
 */
function endWithParent() {
  const isHandedOver = env.SELF_CODING_HANDED_OVER === String(process.ppid);
  delete env.SELF_CODING_HANDED_OVER;
  if (env.npm_lifecycle_event === undefined && !isHandedOver) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}

/** Runs `work` with a signal that aborts on Ctrl-C and the like, then dies of that same signal once `work` has cleaned up. */
async function interruptible(work) {
  const controller = new AbortController();
  const stop = (name) => controller.abort(new Error(name, { cause: name }));
  for (const name of signals) process.on(name, stop);
  const result = await work(controller.signal).then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  for (const name of signals) process.off(name, stop);
  if (result.error === undefined) return result.value;
  if (controller.signal.aborted) {
    process.kill(process.pid, controller.signal.reason.cause);
    await new Promise((done) => setTimeout(done, 1000));
  }
  console.error(`✗ ${result.error.message}`);
  return process.exit(1);
}

/** The path of a Node 24 of our own; fetched once, about 60 MB. */
async function fetchNode(signal) {
  const name = `node-${process.platform}-${process.arch}`;
  const stateDir = join(root, '.self-coding');
  const directory = packageDirectory(stateDir, name);
  if (directory === null) {
    throw new Error(`This needs Node 24.12 or newer, and there is none to fetch for ${name}: see https://nodejs.org`);
  }
  if (!existsSync(directory)) {
    const start = performance.now();
    console.error(`… Node 24  fetching (this is Node ${process.versions.node})`);
    await fetchPackage(name, stateDir, signal);
    console.error(`✓ Node 24  fetched  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  return join(directory, 'bin', 'node');
}

/** Runs this launcher again on `node`; passes signals on, and ends as that process ended. */
async function handOver(node) {
  // In a session of its own, or a Ctrl-C would reach it twice, from the terminal and from us: the first asks a program to
  // clean up and end, the second kills it while it does.
  const options = { stdio: 'inherit', detached: true, env: { ...env, SELF_CODING_HANDED_OVER: String(process.pid) } };
  const child = spawn(node, process.argv.slice(1), options);
  for (const name of signals) process.on(name, () => child.kill(name));
  const [code, signal] = await once(child, 'exit');
  if (signal === null) return process.exit(code);
  for (const name of signals) process.removeAllListeners(name);
  process.kill(process.pid, signal);
  // Where the signal does not end us (a PID 1, a core-dumping signal), the shell's convention does.
  return setTimeout(() => process.exit(128 + constants.signals[signal]), 100);
}

async function runHere(script, args) {
  // Stripped TypeScript is kept: the next start is quicker and, without the stripper, some 20 MB smaller.
  // (By its default export: Node 20, which reads this file too, has no such name to import.)
  nodeModule.enableCompileCache(join(root, '.self-coding', 'compile-cache'));
  env.PATH = [dirname(process.execPath), env.PATH].join(delimiter);
  const { installPackages } = await import('./set-up/install-packages.ts');
  await interruptible((signal) => installPackages(root, signal));
  const path = resolve(root, script);
  goWhereTheUserIs();
  process.argv = [process.execPath, path, ...args];
  await import(pathToFileURL(path).href);
}

endWithParent();
const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  console.error('usage: node orchestrator/launch.mjs SCRIPT.ts ARGS…');
  process.exit(2);
} else if (isNewEnough(process.versions.node)) {
  await runHere(script, args);
} else {
  await handOver(await interruptible(fetchNode));
}
