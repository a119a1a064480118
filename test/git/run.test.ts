import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { must, run } from '../../orchestrator/git/run.ts';
import { environment } from '../../orchestrator/git/settings.ts';
import { Fault } from '../../orchestrator/outcome.ts';

/** git itself starts a shell for such an alias: a stand-in for git's own helpers. */
function shell(script: string): readonly string[] {
  return ['-c', `alias.try=!${script}`, 'try'];
}
const gitDir = '/dev/null';

test('exit code, stdout and stderr come back', async () => {
  const result = await run({ args: shell('cat; echo problem >&2; exit 3'), gitDir, stdin: Buffer.from('in') });
  assert.equal(result.exitCode, 3);
  assert.equal(Buffer.from(result.stdout).toString(), 'in');
  assert.equal(result.stderr, 'problem\n');
});

test('git sees the fixed environment and nothing of ours', async () => {
  const { stdout } = await run({ args: shell('env'), gitDir, env: { EXTRA: '1' } });
  const names = Buffer.from(stdout)
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split('=')[0] ?? '');
  const wanted = [...Object.keys(environment), 'GIT_DIR', 'EXTRA'];
  assert.deepEqual(
    wanted.filter((name) => !names.includes(name)),
    [],
  );
  // What git adds for an alias, and the shell for itself.
  const added = ['GIT_CONFIG_PARAMETERS', 'GIT_PREFIX', 'GIT_EXEC_PATH', 'PWD', 'OLDPWD', 'SHLVL', '_'];
  assert.deepEqual(
    names.filter((name) => !wanted.includes(name) && !added.includes(name)),
    [],
  );
});

test('error output is escaped and cut', async () => {
  const { stderr } = await run({
    args: shell(String.raw`printf '\033[2J\302\233' >&2; head -c 20000 /dev/zero | tr '\0' x >&2`),
    gitDir,
  });
  assert.ok(stderr.startsWith('\\x1b[2J\\x9bxxx'));
  assert.ok(stderr.length < 4200);
});

test('a command that takes too long is a fault, and its whole group is killed', async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), 'self-coding-run-'));
  const pid = join(scratch.path, 'pid');
  const args = shell(`sleep 300 & echo $! > ${pid}.new; mv ${pid}.new ${pid}; wait`);
  await assert.rejects(run({ args, gitDir, timeoutMs: 700, fault: 'forge_unavailable' }), (error) => {
    return error instanceof Fault && error.code === 'forge_unavailable' && /700 ms/.test(error.message);
  });
  await gone(Number(await readFile(pid, 'utf8')));
});

test('an abort kills the whole group and is the fault "cancelled"', async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), 'self-coding-run-'));
  const pid = join(scratch.path, 'pid');
  const abort = new AbortController();
  const running = run({
    args: shell(`echo $$ > ${pid}.new; mv ${pid}.new ${pid}; sleep 300`),
    gitDir,
    signal: abort.signal,
  });
  while (!existsSync(pid)) await delay(10);
  abort.abort(new Error('enough'));
  await assert.rejects(
    running,
    (error) => error instanceof Fault && error.code === 'cancelled' && error.cause instanceof Error,
  );
  await gone(Number(await readFile(pid, 'utf8')));
});

test('nothing is started for a signal that is aborted already', async () => {
  await assert.rejects(
    run({ args: ['version'], gitDir, signal: AbortSignal.abort() }),
    (error) => error instanceof Fault && error.code === 'cancelled',
  );
});

test('more output than allowed is a fault, never a cut result', async () => {
  await assert.rejects(run({ args: shell('yes'), gitDir, stdoutBytes: 1000 }), /more than 1000 bytes/);
  await assert.rejects(run({ args: shell('yes >&2'), gitDir }), /more than \d+ bytes/);
});

test('exactly the allowed output is no fault', async () => {
  const { stdout } = await run({ args: shell('head -c 1000 /dev/zero'), gitDir, stdoutBytes: 1000 });
  assert.equal(stdout.byteLength, 1000);
});

test('a git that does not read its input still has its exit code', async () => {
  const { exitCode } = await run({ args: shell('exit 7'), gitDir, stdin: Buffer.alloc(8 * 2 ** 20) });
  assert.equal(exitCode, 7);
});

test('a file larger than allowed is cut off by the kernel', async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), 'self-coding-run-'));
  const file = join(scratch.path, 'big');
  const { exitCode } = await run({ args: shell(`head -c 100000 /dev/zero > ${file}`), gitDir, fileBytes: 4096 });
  assert.notEqual(exitCode, 0);
  assert.equal((await readFile(file)).byteLength, 4096);
});

test('must turns an exit code into a fault that says what git said', async () => {
  await assert.rejects(must({ args: ['cat-file', '-e', 'f'.repeat(40)], gitDir: '/nonexistent' }), (error) => {
    return error instanceof Fault && error.code === 'internal_error' && /cat-file exited with 128/.test(error.message);
  });
});

/** Resolves when there is no such process, or only its remains. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    if (!existsSync(`/proc/${pid}`)) return;
    if (/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: Z'))) return;
    await delay(20);
  }
}
