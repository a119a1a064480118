/** Tests that use up what they can: each ends as what it is, and the next sandbox works. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { logEdgeBytes } from '../../orchestrator/sandbox/bounded-log.ts';
import { openSandboxes } from '../support/sandbox-fixture.ts';
import { watching } from '../support/sandbox-orders.ts';

const MiB = 1_048_576;
const sandboxes = await openSandboxes({
  policy: {
    memoryBytes: 128 * MiB,
    pids: 128,
    tmpfs: { sandbox: { bytes: 32 * MiB, inodes: 2048 }, tmp: { bytes: 256 * MiB, inodes: 1024 } },
  },
});
after(() => sandboxes[Symbol.asyncDispose]());
const { run, runner, order, policy } = sandboxes;

const nextWorks = async () => assert.equal((await run('echo fine')).text, 'fine\n');

test('a fork bomb gets EAGAIN at the limit and ends with the sandbox (T-01)', async () => {
  const result = await run('f() { f | f & }; f; sleep 1', { wallClockSeconds: 20 });
  assert.equal(result.end, 'exited');
  assert.match(result.text, /Cannot fork|Resource temporarily unavailable/);
  await nextWorks();
});

test('hundreds of processes left running are gone before the reports are read (T-40)', async () => {
  const report = '<testsuite tests="3"/>';
  const result = await run(
    `i=0; while [ $i -lt 110 ]; do setsid sleep 600 & i=$((i+1)); done; echo '${report}' > /sandbox/report/a.xml`,
  );
  assert.deepEqual([result.end, result.exitCode, result.report?.tests], ['exited', 0, 3]);
});

test('a process that goes on writing reports after the tests does not spoil the archive (T-12)', async () => {
  const late = `while :; do echo '<testsuite tests="999"/>' > /sandbox/report/a.xml; done`;
  const result = await run(
    `echo '<testsuite tests="1"/>' > /sandbox/report/b.xml; setsid sh -c '${late.replaceAll("'", `'"'"'`)}' > /dev/null 2>&1 & sleep 0.5`,
  );
  // Whatever it wrote last, what is handed back is one whole archive.
  assert.deepEqual([result.end, result.exitCode], ['exited', 0]);
});

test('a memory bomb ends as out of memory (T-02)', async () => {
  const result = await run("python3 -c 'x = bytearray(500 << 20)'");
  assert.equal(result.end, 'oom');
  assert.equal(result.bundle?.manifest.tree, sandboxes.parcel.tree);
  await nextWorks();
});

test('a child killed for memory is no pass, although its parent exits with 0 (T-03)', async () => {
  const result = await run("python3 -c 'x = bytearray(500 << 20)'; exit 0");
  assert.deepEqual([result.end, result.exitCode], ['oom', 0]);
});

test('an exit code of 137 of the tests’ own is not taken for it (T-04)', async () => {
  const result = await run('exit 137');
  assert.deepEqual([result.end, result.exitCode], ['exited', 137]);
});

test('files in memory count as memory (T-08)', async () => {
  const result = await run('head -c 250M /dev/zero > /tmp/x; exit 0');
  assert.equal(result.end, 'oom');
});

test('a full /sandbox is an error of the tests, not of the sandbox (T-05, T-06)', async () => {
  const full = await run('head -c 100M /dev/zero > /sandbox/x');
  assert.deepEqual([full.end, full.exitCode], ['exited', 1]);
  assert.match(full.text, /No space left/);
  const many = await run('for i in $(seq 3000); do : > /sandbox/f$i; done');
  assert.deepEqual([many.end, many.exitCode === 0], ['exited', false]);
});

test('a flood of output ends the run; the beginning and the last of it are kept (T-09)', async () => {
  const watch = watching();
  const result = await runner.run(order({ testCommand: 'echo first; yes flood' }), watch);
  assert.ok(result.kind === 'ran');
  assert.deepEqual([result.end, result.exitCode], ['output_limit', null]);
  assert.match(Buffer.from(result.log.head).toString(), /^first\nflood\n/);
  assert.match(Buffer.from(result.log.tail).toString(), /flood\n/);
  assert.deepEqual([result.log.head.byteLength, result.log.tail.byteLength], [logEdgeBytes, logEdgeBytes]);
  assert.ok(result.log.totalBytes > policy.logBytes && result.log.totalBytes < policy.logBytes + MiB);
  assert.equal(watch.text().length, result.log.totalBytes);
  await nextWorks();
});

test('one line of 100 MB, or binary garbage, is a flood like another (T-09)', async () => {
  assert.equal((await run('head -c 100M /dev/zero >&2')).end, 'output_limit');
  assert.equal((await run('head -c 100M /dev/urandom')).end, 'output_limit');
});

test('tests that sleep, or ignore every signal, end with the wall clock (T-11, T-13)', async () => {
  const result = await run('trap "" TERM INT HUP QUIT; echo asleep; while :; do sleep 1; done', {
    wallClockSeconds: 2,
  });
  assert.deepEqual([result.end, result.exitCode, result.text], ['out_of_time', null, 'asleep\n']);
  assert.equal(result.bundle?.manifest.tree, sandboxes.parcel.tree);
});

test('a shared memory device that is full is an error of the tests (T-07)', async () => {
  const result = await run('head -c 20M /dev/zero > /dev/shm/x');
  assert.deepEqual([result.end, result.exitCode], ['exited', 1]);
});

test('host settings can not be written (T-20), nor programs replaced (T-28)', async () => {
  const { text } = await run(
    'for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /proc/sys/vm/drop_caches /usr/bin/git /usr/local/bin/node /usr/local/lib/self-coding/entrypoint.sh; do (echo x > $f) 2>/dev/null && echo "WROTE $f"; done; mount -t tmpfs x /mnt 2>&1 | grep -c -E "permission denied|must be superuser"; unshare -Ur true 2>&1 | grep -c "not permitted"',
  );
  assert.equal(text, '1\n1\n');
});
