/** A policy and an order become the complete body of Docker's create call. Pure; no field of it comes from anyone else. */
import type { SandboxOrder } from '../ports/sandbox.ts';
import type { SandboxPolicy } from './policy.ts';

/** Where the sandbox image keeps its entrypoint (sandbox-image/Dockerfile). */
export const entrypointPath = '/usr/local/lib/self-coding/entrypoint.sh';

/** Labels by which a reaper knows what is its own and dead. */
export const labels = {
  instance: 'self-coding.instance',
  job: 'self-coding.job',
  role: 'self-coding.role',
  deadline: 'self-coding.deadline',
} as const;

export interface Place {
  /** Id of the image, `sha256:…`; never a tag, which could come to mean another image. */
  readonly image: string;
  /** Names of the variables that the image itself sets. */
  readonly imageEnvironment: readonly string[];
  readonly runtime: string;
  /** Whose sandbox it is: one runner's own name, so that two runners on one daemon never touch each other's. */
  readonly instanceId: string;
  /** Number of the slot that this run holds; unique among the running ones of all runners, see first-slot.ts. */
  readonly slot: number;
  /** After this moment the reaper may remove it. */
  readonly deadline: Date;
}

export type ContainerBody = ReturnType<typeof containerBody>;

/** The create body: every field that decides what the sandbox can reach, with the reason beside it. */
export function containerBody(policy: SandboxPolicy, order: Pick<SandboxOrder, 'jobId' | 'role'>, place: Place) {
  const uid = policy.firstUid + place.slot;
  return {
    Image: place.image,
    // The image's own ENTRYPOINT and CMD never apply.
    Entrypoint: [entrypointPath],
    Cmd: [],
    // Constant: a working directory of another's choice opened the host's file system (CVE-2024-21626).
    WorkingDir: '/',
    Hostname: 'sandbox',
    // Not root, and no other sandbox's user: quotas that the kernel keeps per user (inotify, pipes, keyrings) do not cross.
    User: `${uid}:${uid}`,
    // The allow-list, and nothing of ours: no secret is ever in a sandbox's environment. A bare name removes the image's.
    Env: [
      ...Object.entries(policy.environment).map(([name, value]) => `${name}=${value}`),
      ...place.imageEnvironment.filter((name) => !Object.hasOwn(policy.environment, name)),
    ],
    // The protocol: a tar in, once; stdout and stderr kept apart. No terminal, so no /dev/console mount (CVE-2025-52565).
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    // An image's HEALTHCHECK would run beside the tests, as another way in.
    Healthcheck: { Test: ['NONE'] },
    StopSignal: 'SIGKILL',
    Labels: {
      [labels.instance]: place.instanceId,
      [labels.job]: order.jobId,
      [labels.role]: order.role,
      [labels.deadline]: place.deadline.toISOString(),
    },
    HostConfig: { ...isolation(policy, uid), ...limits(policy), Runtime: place.runtime },
  };
}

/** What it can reach: nothing. */
function isolation(policy: SandboxPolicy, uid: number) {
  const { sandbox, tmp } = policy.tmpfs;
  return {
    // No interface but lo: nothing to download from, nothing to leak to, no metadata service.
    NetworkMode: 'none',
    PortBindings: {},
    // No program of the image can be replaced, by this run or for the next one.
    ReadonlyRootfs: true,
    // All that can be written is in memory, bounded, and gone with the container. No setuid file or device can be made there.
    Tmpfs: {
      '/sandbox': `rw,exec,nosuid,nodev,size=${sandbox.bytes},nr_inodes=${sandbox.inodes},mode=0700,uid=${uid},gid=${uid}`,
      '/tmp': `rw,noexec,nosuid,nodev,size=${tmp.bytes},nr_inodes=${tmp.inodes},mode=1777`,
    },
    // Nothing of the host: no path, no device, no other container's volume, above all not the Docker socket.
    Binds: [],
    Mounts: [],
    VolumesFrom: [],
    Devices: [],
    DeviceRequests: [],
    Privileged: false,
    // No capability, not even in the bounding set, and none to be won by a setuid or file-capability program.
    CapDrop: ['ALL'],
    CapAdd: [],
    GroupAdd: [],
    SecurityOpt: ['no-new-privileges'],
    // Own namespaces: no process, queue, shared memory or cgroup of the host or of a neighbour is visible.
    IpcMode: 'private',
    PidMode: '',
    UTSMode: '',
    UsernsMode: '',
    CgroupnsMode: 'private',
    // Output goes to us, counted; a log file of the daemon's would fill the host's disk.
    LogConfig: { Type: 'none', Config: {} },
    // PID 1 reaps what the tests leave, and its end takes everything else with it.
    Init: true,
    // We look at the exit before we remove it; and what ended must not start again.
    AutoRemove: false,
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
  };
}

/** What it can use up: its own share. */
function limits(policy: SandboxPolicy) {
  return {
    // The same figure twice: no swap, so a memory bomb ends at the limit.
    Memory: policy.memoryBytes,
    MemorySwap: policy.memoryBytes,
    OomKillDisable: false,
    // When the host itself runs short, the sandbox dies first.
    OomScoreAdj: policy.oomScoreAdj,
    NanoCpus: policy.nanoCpus,
    // A fork bomb gets EAGAIN here.
    PidsLimit: policy.pids,
    ShmSize: policy.shmBytes,
    Ulimits: Object.entries(policy.ulimits).map(([Name, limit]) => ({ Name, Soft: limit, Hard: limit })),
  };
}
