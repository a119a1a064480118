/** Each setting makes a difference: the same container without it fails the same probe. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstSlot } from '../../orchestrator/sandbox/first-slot.ts';
import { openSandboxes } from '../support/sandbox-fixture.ts';
import { type Body, probe, type Probed } from '../support/probe.ts';
import { sandboxPolicy } from '../support/sandbox-policy.ts';

const MiB = 1_048_576;
const policy = await sandboxPolicy({
  memoryBytes: 128 * MiB,
  pids: 64,
  tmpfs: { sandbox: { bytes: 32 * MiB, inodes: 1024 }, tmp: { bytes: 8 * MiB, inodes: 1024 } },
});

interface Setting {
  /** A shell command that exits with 0 if the setting holds. */
  readonly probe: string;
  readonly weaken: (body: Body) => object;
  readonly held?: (probed: Probed) => boolean;
}

/** The body with some of its HostConfig changed. */
const host = (changes: object) => (body: Body) => ({ ...body, HostConfig: { ...body.HostConfig, ...changes } });
const status = (field: string, value: string) => `grep -Eq '^${field}:\\s+${value}$' /proc/self/status`;

const settings: Readonly<Record<string, Setting>> = {
  'no network: lo is the only interface': {
    probe: 'test "$(ls /sys/class/net)" = lo',
    weaken: host({ NetworkMode: 'bridge' }),
  },
  'a read-only root: not even a directory open to all can be written': {
    probe: '! touch /var/tmp/x',
    weaken: host({ ReadonlyRootfs: false }),
  },
  'no capability in the bounding set': { probe: status('CapBnd', '0+'), weaken: host({ CapDrop: [] }) },
  'no new privileges': { probe: status('NoNewPrivs', '1'), weaken: host({ SecurityOpt: [] }) },
  'system calls filtered': {
    probe: status('Seccomp', '2'),
    weaken: host({ SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'] }),
  },
  'a user of its own': {
    probe: 'test "$(id -u):$(id -g)" = 210000:210000',
    weaken: (body) => ({ ...body, User: '' }),
  },
  'no setuid files and no devices in /sandbox': {
    probe: "grep -q '^tmpfs /sandbox tmpfs rw,nosuid,nodev,' /proc/mounts",
    weaken: host({ Tmpfs: { '/sandbox': 'exec,suid,dev,mode=1777' } }),
  },
  'a bound on the bytes in /sandbox': {
    probe: '! head -c 40M /dev/zero > /sandbox/x',
    weaken: host({ Tmpfs: { '/sandbox': 'mode=1777' } }),
  },
  'a bound on the files in /sandbox': {
    probe: 'for i in $(seq 1100); do (: > /sandbox/$i) 2> /dev/null || exit 0; done; exit 1',
    weaken: host({ Tmpfs: { '/sandbox': 'mode=1777' } }),
  },
  '/sandbox is nobody else’s': {
    probe: 'test "$(stat -c %a:%u /sandbox)" = 700:210000',
    weaken: host({ Tmpfs: { '/sandbox': 'mode=1777' } }),
  },
  'no program runs from /tmp': {
    probe: 'cp /bin/true /tmp/x && ! /tmp/x',
    weaken: host({ Tmpfs: { '/tmp': 'exec' } }),
  },
  'a bound on memory': {
    probe: "python3 -c 'bytearray(200 << 20)'",
    weaken: host({ Memory: 0, MemorySwap: 0 }),
    held: ({ exitCode, oomKilled }) => exitCode !== 0 && oomKilled,
  },
  'a bound on processes': {
    probe: 'for i in $(seq 100); do sleep 60 & done',
    weaken: host({ PidsLimit: -1 }),
    held: ({ exitCode }) => exitCode !== 0,
  },
  'a bound on CPU': {
    probe: "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2> /dev/null | grep -q '^100000'",
    weaken: host({ NanoCpus: 0 }),
  },
  'a bound on shared memory': {
    probe: '! head -c 20M /dev/zero > /dev/shm/x',
    weaken: host({ ShmSize: 64 * MiB }),
  },
  'the first to die when the host runs short': {
    probe: 'test "$(cat /proc/self/oom_score_adj)" = 800',
    weaken: host({ OomScoreAdj: 0 }),
  },
  'its own process ids': {
    probe: 'test "$(ls -d /proc/[0-9]* | wc -l)" -lt 6',
    weaken: host({ PidMode: 'host' }),
  },
  'its own shared memory': {
    probe: `test "$(df -k --output=size /dev/shm | tail -1 | tr -d ' ')" = 16384`,
    weaken: host({ IpcMode: 'host' }),
  },
  'its own view of control groups': {
    probe: "! grep -v ':/$' /proc/self/cgroup",
    weaken: host({ CgroupnsMode: 'host' }),
  },
  'its own host name': {
    probe: 'test "$(cat /proc/sys/kernel/hostname)" = sandbox',
    weaken: (body) => ({ ...host({ UTSMode: 'host' })(body), Hostname: '' }),
  },
  'limits of a process': {
    probe: 'test "$(ulimit -n):$(ulimit -c):$(ulimit -Hc)" = 8192:0:0',
    weaken: host({ Ulimits: [] }),
  },
  'no terminal': { probe: 'test ! -e /dev/console', weaken: (body) => ({ ...body, Tty: true }) },
  'a PID 1 that reaps': { probe: 'test "$(cat /proc/1/comm)" = docker-init', weaken: host({ Init: false }) },
  'no log file on the host': {
    probe: 'true',
    weaken: host({ LogConfig: { Type: 'json-file', Config: {} } }),
    held: ({ logPath }) => logPath === '',
  },
  'a package’s .npmrc can not swap the shell that runs its scripts': {
    probe:
      'cd /sandbox && echo script-shell=/bin/true > .npmrc && echo \'{"scripts":{"test":"exit 7"}}\' > package.json && HOME=/sandbox npm test > /dev/null 2>&1; test $? = 7',
    weaken: (body) => ({ ...body, Env: body.Env.filter((name) => !name.startsWith('npm_config_script_shell=')) }),
  },
  'the policy’s PATH, not the image’s': {
    probe: 'test "$PATH" = /usr/local/bin:/usr/bin:/bin',
    weaken: (body) => ({ ...body, Env: [] }),
  },
};

const exitedWell = ({ exitCode }: Probed) => exitCode === 0;

for (const [promise, { probe: command, weaken, held = exitedWell }] of Object.entries(settings)) {
  test(`${promise}; without the setting it is otherwise`, async () => {
    const [strong, weak] = await Promise.all([probe(policy, command), probe(policy, command, weaken)]);
    assert.deepEqual({ strong: held(strong), weak: held(weak) }, { strong: true, weak: false });
  });
}

test('all of it holds where the tests of a job run, and only listed variables are there (T1, T11, T18)', async () => {
  await using sandboxes = await openSandboxes();
  const { text } = await sandboxes.run(
    [
      'env | cut -d= -f1 | sort | tr "\\n" " "; echo',
      'id -u; id -G',
      'grep -E "^(CapInh|CapPrm|CapEff|CapBnd|CapAmb):" /proc/self/status | grep -vc "0000000000000000" ',
      'grep -Ec "^(NoNewPrivs:.1|Seccomp:.2)" /proc/self/status',
      'cat /proc/net/route | wc -l; ls /sys/class/net',
      'touch /etc/x /usr/bin/x /x 2>&1 | grep -c "Read-only"',
      'ls /var/run/docker.sock /run/docker.sock 2>&1 | grep -c "No such"',
      'find / -xdev \\( -perm -4000 -o -perm -2000 \\) -type f 2> /dev/null | wc -l',
      'find / -xdev \\( -type b -o -type c \\) 2> /dev/null | wc -l',
      'pwd; cat /proc/1/comm',
    ].join('; '),
  );
  const user = String(policy.firstUid + firstSlot(sandboxes.instanceId, process.pid));
  const names =
    'CI HOME HOSTNAME LANG LC_ALL PATH PWD PYTEST_ADDOPTS PYTHONDONTWRITEBYTECODE TMPDIR TZ npm_config_offline npm_config_script_shell';
  const expected = [`${names} `, user, user, '0', '2', '1', 'lo', '3', '2', '0', '0', '/sandbox/repo', 'docker-init'];
  assert.deepEqual(text.trimEnd().split('\n'), expected);
});

test('nothing outside is reached: no route, no name, no socket (T24)', async () => {
  await using sandboxes = await openSandboxes();
  const python = [
    'import socket, errno',
    'def attempt(family, address):',
    '    s = socket.socket(family); s.settimeout(3)',
    '    try: s.connect(address); return "CONNECTED"',
    '    except OSError as e: return errno.errorcode.get(e.errno, str(e))',
    'print(attempt(socket.AF_INET, ("198.51.100.1", 80)))',
    'print(attempt(socket.AF_INET, ("172.17.0.1", 2375)))',
    'print(attempt(socket.AF_INET6, ("2001:db8::1", 80)))',
    'print(attempt(socket.AF_UNIX, "/var/run/docker.sock"))',
    'try: print(socket.getaddrinfo("example.org", 80))',
    'except socket.gaierror as e: print("no name")',
  ].join('\n');
  const { text } = await sandboxes.run(`python3 -c '${python}'`);
  const [outside, bridge, six, socket, name] = text.split('\n');
  assert.deepEqual([outside, bridge, socket, name], ['ENETUNREACH', 'ENETUNREACH', 'ENOENT', 'no name']);
  assert.match(six ?? '', /^E(NETUNREACH|ADDRNOTAVAIL|AFNOSUPPORT)$/);
});

test('two sandboxes at once have different users and see nothing of each other (T17)', async () => {
  await using sandboxes = await openSandboxes();
  const command = 'id -u; touch /tmp/mine /sandbox/mine; sleep 1; ls /tmp; ls -d /proc/[0-9]* | wc -l';
  const texts = await Promise.all([sandboxes.run(command), sandboxes.run(command)]);
  const users = texts.map(({ text }) => text.split('\n')[0]);
  const first = policy.firstUid + firstSlot(sandboxes.instanceId, process.pid);
  assert.deepEqual(new Set(users), new Set([String(first), String(first + 1)]));
  for (const { text } of texts) assert.match(text, /^\d+\nmine\n[3-8]\n$/);
});

test('the sandboxes of two runners on one daemon have different users (T17)', async () => {
  await using one = await openSandboxes({ instanceId: 'test-users-one' });
  await using other = await openSandboxes({ instanceId: 'test-users-other' });
  assert.notEqual((await one.run('id -u')).text, (await other.run('id -u')).text);
});
