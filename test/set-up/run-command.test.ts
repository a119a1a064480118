import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { withoutSecrets } from '../../orchestrator/set-up/fetch-package.mjs';
import { CommandFailed, runCommand, startCommand } from '../../orchestrator/set-up/run-command.ts';
import { processName } from '../../orchestrator/set-up/running-dockerd.ts';

const { signal } = new AbortController();

test('a program gets its stdin and its output comes back', async () => {
  assert.equal(await runCommand(['tr', 'a-z', 'A-Z'], { signal, stdin: 'abc' }), 'ABC');
});

test('a program that fails is thrown with its exit code and what it said last', async () => {
  await assert.rejects(runCommand(['sh', '-c', 'echo why >&2; exit 3'], { signal }), (error: unknown) => {
    assert.ok(error instanceof CommandFailed);
    assert.equal(error.exitCode, 3);
    assert.match(error.message, /why/);
    return true;
  });
});

test('a program that does not exist is a failure with a cause', async () => {
  await assert.rejects(runCommand(['no-such-program'], { signal, env: { PATH: '/bin' } }), (error: unknown) => {
    assert.ok(error instanceof CommandFailed && error.cause instanceof Error);
    assert.equal(error.exitCode, null);
    return true;
  });
});

test('an abort ends the program with its children and throws the reason', async () => {
  const stop = new AbortController();
  const script = 'trap "" TERM; sleep 300 & echo $!; wait; wait';
  const command = startCommand(['sh', '-c', script], { signal: stop.signal, graceMs: 100 });
  const [said] = await once(command.stdout, 'data');
  const child = Number(String(said));
  assert.notEqual(await processName(child), null);
  const reason = new Error('stopped');
  stop.abort(reason);
  await assert.rejects(command.finished, reason);
  assert.equal(await processName(child), null);
});

test('nothing is started after an abort', () => {
  assert.throws(() => startCommand(['true'], { signal: AbortSignal.abort(new Error('too late')) }), /too late/);
});

test('a program inherits proxies, but none of our secrets', () => {
  const [program = '', ...args] = withoutSecrets(['sh', '-c', 'echo ${OPENAI_API_KEY-none} ${http_proxy-none}']);
  const env = { PATH: '/usr/bin:/bin', OPENAI_API_KEY: 'key', http_proxy: 'proxy' };
  assert.equal(spawnSync(program, args, { env, encoding: 'utf8' }).stdout, 'none proxy\n');
});
