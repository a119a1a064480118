import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { test } from 'node:test';
import type { Runner } from '../../orchestrator/ports/sandbox.ts';
import { createRemoteRunner } from '../../orchestrator/sandbox/runner-client.ts';
import { baseId } from '../support/bundles.ts';
import { ask, serveApart } from '../support/runner-apart.ts';
import { anOrder, watching } from '../support/sandbox-orders.ts';
import { rawEntry, rawTar, type RawEntry } from '../support/tar-writer.ts';

/** A runner that must never be asked for a run. */
const untouchable: Runner = {
  ready: async () => ({ kind: 'ready' }),
  run: async () => assert.fail('a run was started'),
};

const head = {
  jobId: 'job-1',
  role: 'base',
  environment: 'default',
  testCommand: null,
  wallClockSeconds: 60,
  base: baseId,
};
const file = (name: string, content: string | Uint8Array = ''): RawEntry => ({ name, content });
const order = (text: string) => rawTar(file('order.json', text), file('base.pack', 'PACK'), file('change.diff'));
const orderWith = (changes: object) => order(JSON.stringify({ ...head, ...changes }));

/** Every field by which Docker could be asked for more, and some more of the order's own. */
const mutations: readonly object[] = [
  ...['Privileged', 'ReadonlyRootfs', 'Init', 'AutoRemove', 'PublishAllPorts', 'OomKillDisable', 'Tty'].map((name) => ({
    [name]: true,
  })),
  ...[
    'CapAdd',
    'Binds',
    'Mounts',
    'Devices',
    'SecurityOpt',
    'MaskedPaths',
    'ReadonlyPaths',
    'Ulimits',
    'VolumesFrom',
    'Env',
    'Cmd',
  ].map((name) => ({ [name]: ['x'] })),
  ...[
    'PidMode',
    'IpcMode',
    'NetworkMode',
    'UsernsMode',
    'UTSMode',
    'CgroupnsMode',
    'Runtime',
    'CgroupParent',
    'Image',
    'User',
    'Entrypoint',
    'WorkingDir',
  ].map((name) => ({ [name]: 'host' })),
  ...['Sysctls', 'Tmpfs', 'HostConfig', 'Labels', 'LogConfig', '__proto__x', 'constructor'].map((name) => ({
    [name]: { a: 'b' },
  })),
  ...['Memory', 'PidsLimit', 'NanoCpus', 'ShmSize', 'memoryBytes', 'slot', 'instanceId', 'deadline'].map((name) => ({
    [name]: 1,
  })),
  { JobId: 'other case' },
  { jobId: '../x' },
  { jobId: 'a'.repeat(129) },
  { jobId: '' },
  { jobId: 7 },
  { role: 'root' },
  { environment: '/etc' },
  { environment: 'sha256:abc' },
  { testCommand: '' },
  { testCommand: 7 },
  { testCommand: ['sh'] },
  { testCommand: 'x'.repeat(65_537) },
  { wallClockSeconds: 0 },
  { wallClockSeconds: -1 },
  { wallClockSeconds: 1e9 },
  { wallClockSeconds: 1.5 },
  { wallClockSeconds: '60' },
  { base: 'HEAD' },
  { base: baseId.toUpperCase() },
  { base: undefined },
  { pack: 'x' },
];

test('no field of a request reaches a container’s options: each one more or other is refused with 400', async () => {
  await using apart = await serveApart(untouchable);
  for (const mutation of mutations) {
    const { status } = await ask(apart.socketPath, { body: orderWith(mutation) });
    assert.equal(status, 400, JSON.stringify(mutation));
  }
});

const text = JSON.stringify(head);
const hostileBodies: Readonly<Record<string, readonly [body: Uint8Array, status: number]>> = {
  nothing: [new Uint8Array(), 400],
  'no archive': [Buffer.from('{}'), 400],
  'a key twice': [order(text.replace('{', '{"jobId":"other",')), 400],
  'a prototype': [order(text.replace('{', '{"__proto__":{"role":"x"},')), 400],
  'spaces in its JSON': [order(` ${text}`), 400],
  'JSON that is not UTF-8': [
    rawTar(file('order.json', Uint8Array.of(0xff)), file('base.pack'), file('change.diff')),
    400,
  ],
  'an order that is a list': [order('[]'), 400],
  'the files in another order': [rawTar(file('base.pack'), file('order.json', text), file('change.diff')), 400],
  'a file less': [rawTar(file('order.json', text), file('base.pack')), 400],
  'a file more': [rawTar(file('order.json', text), file('base.pack'), file('change.diff'), file('x')), 400],
  'a file of another name': [rawTar(file('order.json', text), file('base.pack'), file('../change.diff')), 400],
  'a symbolic link': [rawTar(file('order.json', text), { name: 'base.pack', type: '2', linkName: '/etc/shadow' }), 400],
  'its end missing': [order(text).subarray(0, -1024), 400],
  'data after its end': [Buffer.concat([order(text), Buffer.from('x')]), 400],
  'an order of a megabyte': [rawTar(file('order.json', ' '.repeat(1_000_000))), 413],
  'a pack over its cap': [rawTar(file('order.json', text), file('base.pack', new Uint8Array(100_001))), 413],
  'a diff over its cap': [
    rawTar(file('order.json', text), file('base.pack'), file('change.diff', new Uint8Array(10_001))),
    413,
  ],
  'a header that promises 8 GiB': [
    Buffer.concat([rawEntry(file('order.json', text)), rawEntry({ name: 'base.pack', sizeField: '77777777777\0' })]),
    413,
  ],
};

test('a body of another form or size is refused, and no run is started', async () => {
  await using apart = await serveApart(untouchable);
  for (const [what, [body, status]] of Object.entries(hostileBodies)) {
    assert.equal((await ask(apart.socketPath, { body })).status, status, what);
  }
});

test('another content type, method or path is refused', async () => {
  await using apart = await serveApart(untouchable);
  const status = async (raw: Parameters<typeof ask>[1]) =>
    (await ask(apart.socketPath, { body: order(text), ...raw })).status;
  assert.equal(await status({ headers: { 'content-type': 'application/json' } }), 415);
  assert.equal(
    await status({ headers: { 'content-type': 'application/x-tar; charset=utf-7', 'content-length': '9' } }),
    400,
  );
  assert.equal(await status({ headers: {} }), 415);
  assert.equal(await status({ method: 'PUT' }), 404);
  assert.equal(await status({ path: '/containers/create' }), 404);
  assert.equal(await status({ path: '/v1/runs/x' }), 404);
});

test('its socket belongs to its user alone', async () => {
  await using apart = await serveApart(untouchable);
  assert.equal((await stat(apart.socketPath)).mode & 0o777, 0o600);
});

test('a runner over TCP needs a token to start, and its engines need the same one', async () => {
  const listen = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
  await assert.rejects(serveApart(untouchable, { listen }), /SELF_CODING_RUNNER_TOKEN/);
  await using apart = await serveApart(untouchable, { listen, token: 'right' });
  const ready = (token: string | null) => createRemoteRunner({ address: apart.address, token }).ready();
  assert.deepEqual(await ready('right'), { kind: 'ready' });
  for (const token of [null, 'wrong', 'righ', 'rightt', '']) {
    const answer = await ready(token);
    assert.equal(answer.kind === 'refused' && answer.code, 'sandbox_unsupported_host');
  }
  const run = await createRemoteRunner({ address: apart.address, token: 'wrong' }).run(anOrder(), watching());
  assert.equal(run.kind === 'refused' && run.code, 'sandbox_unsupported_host');
});
