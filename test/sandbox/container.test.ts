import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerBody, labels } from '../../orchestrator/sandbox/container.ts';
import { sandboxPolicy } from '../support/sandbox-policy.ts';

const policy = await sandboxPolicy();
const place = {
  image: `sha256:${'a'.repeat(64)}`,
  imageEnvironment: ['PATH', 'NODE_VERSION'],
  runtime: 'runc',
  instanceId: 'here',
  slot: 3,
  deadline: new Date('2030-01-02T03:04:05Z'),
};
const body = containerBody(policy, { jobId: 'job-1', role: 'patched' }, place);
const host = body.HostConfig;

test('nothing of the host is in a sandbox: no path, device, volume, socket, or port', () => {
  assert.deepEqual(
    [host.Binds, host.Mounts, host.VolumesFrom, host.Devices, host.DeviceRequests],
    [[], [], [], [], []],
  );
  assert.deepEqual(host.PortBindings, {});
  assert.equal(/docker\.sock|\/var\/|\/root|"\/home/.test(JSON.stringify(body)), false);
});

test('a sandbox has no network', () => assert.equal(host.NetworkMode, 'none'));
test('the root file system is read-only', () => assert.equal(host.ReadonlyRootfs, true));

test('what can be written is in memory, bounded, and holds no setuid file or device', () => {
  assert.deepEqual(Object.keys(host.Tmpfs), ['/sandbox', '/tmp']);
  for (const options of Object.values(host.Tmpfs)) {
    assert.match(options, /nosuid,nodev,size=\d+,nr_inodes=\d+/);
  }
  assert.match(host.Tmpfs['/sandbox'], /exec,.*mode=0700,uid=210003,gid=210003$/);
  assert.match(host.Tmpfs['/tmp'], /^rw,noexec,/);
});

test('no capability is left, and none can be won', () => {
  assert.deepEqual([host.CapDrop, host.CapAdd, host.GroupAdd], [['ALL'], [], []]);
  assert.deepEqual(host.SecurityOpt, ['no-new-privileges']);
  assert.equal(host.Privileged, false);
});

test('each slot has a user of its own, and never root', () => {
  assert.equal(body.User, '210003:210003');
  assert.equal(containerBody(policy, { jobId: 'j', role: 'base' }, { ...place, slot: 0 }).User, '210000:210000');
});

test('namespaces are its own, never the host’s', () => {
  assert.deepEqual([host.IpcMode, host.CgroupnsMode], ['private', 'private']);
  assert.deepEqual([host.PidMode, host.UTSMode, host.UsernsMode], ['', '', '']);
});

test('memory, swap, CPU, processes and shared memory are limited by the policy', () => {
  assert.deepEqual([host.Memory, host.MemorySwap], [policy.memoryBytes, policy.memoryBytes]);
  assert.deepEqual([host.NanoCpus, host.PidsLimit, host.ShmSize], [policy.nanoCpus, policy.pids, policy.shmBytes]);
  assert.deepEqual([host.OomKillDisable, host.OomScoreAdj], [false, policy.oomScoreAdj]);
});

test('the limits of a process are the policy’s, hard and soft, and there are no core dumps', () => {
  assert.deepEqual(
    host.Ulimits.find(({ Name }) => Name === 'core'),
    { Name: 'core', Soft: 0, Hard: 0 },
  );
  assert.deepEqual(host.Ulimits.map(({ Name }) => Name).toSorted(), Object.keys(policy.ulimits).toSorted());
});

test('output is not kept by the daemon, and there is no terminal', () => {
  assert.deepEqual(host.LogConfig, { Type: 'none', Config: {} });
  assert.equal(body.Tty, false);
});

test('stdin is open for one writer; the parcel comes through it', () => {
  assert.deepEqual([body.OpenStdin, body.StdinOnce, body.AttachStdin], [true, true, true]);
});

test('it ends once and for all, PID 1 reaps, and we look before it is removed', () => {
  assert.deepEqual([host.Init, host.AutoRemove, host.RestartPolicy.Name], [true, false, 'no']);
});

test('the image decides nothing: not the program, its arguments, its directory, its environment or a health check', () => {
  assert.deepEqual(body.Entrypoint, ['/usr/local/lib/self-coding/entrypoint.sh']);
  assert.deepEqual([body.Cmd, body.WorkingDir, body.Healthcheck], [[], '/', { Test: ['NONE'] }]);
  // A bare name takes the variable away.
  assert.equal(body.Env.includes('NODE_VERSION'), true);
});

test('the environment is the policy’s allow-list and nothing else', () => {
  const names = body.Env.filter((variable) => variable.includes('=')).map((variable) => variable.split('=', 1)[0]);
  assert.deepEqual(names, Object.keys(policy.environment));
});

test('the labels say whose it is and when it is dead', () => {
  assert.deepEqual(body.Labels, {
    [labels.instance]: 'here',
    [labels.job]: 'job-1',
    [labels.role]: 'patched',
    [labels.deadline]: '2030-01-02T03:04:05.000Z',
  });
});

test('image and runtime are those that were checked', () => {
  assert.deepEqual([body.Image, host.Runtime], [place.image, 'runc']);
});
