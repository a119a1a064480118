/** Tests that try to speak for the sandbox: what decides is out before they run, the rest is a claim or refused. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openSandboxes } from '../support/sandbox-fixture.ts';
import { watching } from '../support/sandbox-orders.ts';

const sandboxes = await openSandboxes();
after(() => sandboxes[Symbol.asyncDispose]());
const { run, runner, order, parcel } = sandboxes;

/** The entrypoint's shell, in words of the tests': the parent of the `timeout` over them. */
const shell = '$(cut -d " " -f 4 /proc/$PPID/stat)';

async function refusalOf(testCommand: string): Promise<string> {
  const result = await runner.run(order({ testCommand }), watching());
  return result.kind === 'refused' ? result.code : `${result.end} ${result.exitCode}`;
}

test('garbage in the container’s stdout is bundle_invalid, and the tests can not go on with it (O-11)', async () => {
  // Reached through PID 1, and through every descriptor of the shell that waits for them.
  for (const way of ['/proc/1/fd/1', `/proc/${shell}/fd/*`]) {
    const command = `for f in ${way}; do head -c 2000 /dev/urandom > $f; done 2> /dev/null; sleep 30`;
    assert.equal(await refusalOf(command), 'bundle_invalid');
  }
});

test('a forged second first part is refused, it never replaces the first (O-03)', async () => {
  const forge = `cd /sandbox/tmp && printf '{"version":1,"base":"%040d","tree":"%040d","tools":{}}' 0 0 > manifest.json && : > patch.diff && tar --format=ustar -b1 -cf -`;
  for (const names of ['manifest.json patch.diff', 'patch.diff']) {
    assert.equal(await refusalOf(`${forge} ${names} > /proc/1/fd/1; sleep 30`), 'bundle_invalid');
  }
});

test('an archive that the tests end themselves leaves no room for the sandbox’s own end (O-11)', async () => {
  assert.equal(await refusalOf('head -c 1024 /dev/zero > /proc/1/fd/1'), 'bundle_invalid');
});

test('tests that kill the shell that would report on them are no success', async () => {
  assert.equal(await refusalOf(`kill -9 ${shell}; sleep 30`), 'bundle_invalid');
  assert.equal(await refusalOf('kill -9 -1'), 'bundle_invalid');
});

test('tests that kill the clock over them are no success, and end with it', async () => {
  assert.equal(await refusalOf('kill -9 $PPID; sleep 600'), 'exited 137');
});

test('tests that kill or stop PID 1 do not get far: it does not mind', async () => {
  const result = await run('kill -9 1; kill -STOP 1; echo alive');
  assert.deepEqual([result.end, result.exitCode, result.text], ['exited', 0, 'alive\n']);
});

test('what is printed to stdout is log, whatever it looks like', async () => {
  const result = await run(`tar --format=ustar -b1 -cf - README.md; printf '{"tree":"x"}\\n'`);
  assert.deepEqual([result.end, result.exitCode], ['exited', 0]);
  assert.equal(result.bundle?.manifest.tree, parcel.tree);
  assert.match(result.text, /README\.md/);
});

test('changes that the tests make to the clone, its index or its objects are not in the bundle (T-33)', async () => {
  const result = await run('echo evil > README.md; git add -A; rm -rf .git; ls -A');
  assert.equal(result.bundle?.manifest.tree, parcel.tree);
  assert.equal(result.bundle?.patch.byteLength, 0);
});

test('only small regular files with harmless names are taken for reports (O-04, O-05)', async () => {
  const result = await run(
    `cd /sandbox/report && echo '<testsuite tests="2"/>' > good.xml && mkfifo fifo.xml && ln -s /etc/passwd link.xml && mkdir dir.xml && echo x > other.txt && echo x > 'bad name.xml' && echo x > '-x.xml\nz.xml' && head -c 2M /dev/zero > huge.xml`,
  );
  assert.deepEqual([result.end, result.exitCode, result.report?.tests], ['exited', 0, 2]);
});

test('of too many reports some are left out, and none can be read that is no report', async () => {
  const many = await run(`for i in $(seq 30); do echo '<testsuite tests="1"/>' > /sandbox/report/$i.xml; done`);
  assert.equal(many.report?.tests, sandboxes.policy.bundle.reports);
  assert.equal((await run('echo "100 passed" > /sandbox/report/a.xml')).report, null);
});

test('a report folder that is gone, or leads elsewhere, is no report', async () => {
  const gone = await run('rm -rf /sandbox/* 2> /dev/null; exit 4');
  assert.deepEqual([gone.end, gone.exitCode, gone.report], ['exited', 4, null]);
  const elsewhere = await run('rm -rf /sandbox/report && ln -s /etc /sandbox/report');
  assert.deepEqual([elsewhere.end, elsewhere.exitCode, elsewhere.report], ['exited', 0, null]);
});

test('hooks, filters and configuration that a repository carries do not run before the bundle is out', async () => {
  const hook = { mode: '100755' as const, content: '#!/bin/sh\necho HOOK >&2\n' };
  await using others = await openSandboxes({
    files: {
      '.gitattributes': '* filter=x diff=x merge=x\n',
      '.githooks/post-checkout': hook,
      '.gitconfig': '[core]\n\thooksPath = .githooks\n[filter "x"]\n\tsmudge = echo FILTER >&2\n',
      '.gitmodules': '[submodule "a"]\n\tpath = a\n\turl = https://example.org/a\n',
      'a.txt': 'a\n',
    },
  });
  const result = await others.run('true');
  assert.deepEqual([result.text, result.bundle?.manifest.tree], ['', others.parcel.tree]);
});
