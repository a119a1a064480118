/** What a sandbox may use: policies/sandbox.json, parsed strictly. An unknown field stops the start. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const MiB = 1_048_576;
const bytes = (least: number, most: number) => z.int().min(least).max(most);
const tmpfs = z.strictObject({
  bytes: bytes(MiB, 65_536 * MiB).describe('Size; writes beyond it fail with ENOSPC. Counts against memoryBytes.'),
  inodes: z.int().min(1024).max(10_000_000).describe('Files and directories; more fail with ENOSPC.'),
});
const value = z.string().max(1024);

export const sandboxPolicySchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    runtimes: z
      .array(z.enum(['runsc', 'runc']))
      .min(1)
      .describe('Allowed runtimes, the most wanted first; the first that the daemon has is used.'),
    firstUid: z
      .int()
      .min(10_000)
      .max(2_000_000)
      .describe(
        'User and group id of the first slot; each running sandbox has its own, so kernel quotas do not cross.',
      ),
    memoryBytes: bytes(64 * MiB, 1_048_576 * MiB).describe('Memory limit of one sandbox; there is no swap beyond it.'),
    nanoCpus: z.int().min(10_000_000).max(256_000_000_000).describe('CPU limit; 1000000000 is one CPU.'),
    pids: z.int().min(32).max(32_768).describe('Processes and threads at one time.'),
    oomScoreAdj: z
      .int()
      .min(0)
      .max(1000)
      .describe('How gladly the kernel kills a sandbox before anything of the host.'),
    shmBytes: bytes(65_536, 1024 * MiB).describe('Size of /dev/shm.'),
    tmpfs: z
      .strictObject({
        sandbox: tmpfs.describe('/sandbox: parcel, clone, home, reports. Programs may run from it.'),
        tmp: tmpfs.describe('/tmp: no program may run from it.'),
      })
      .describe('All that can be written to.'),
    ulimits: z
      .strictObject({
        nofile: z.int().min(64).max(1_048_576),
        core: z.int().min(0),
        fsize: z.int().min(MiB),
        memlock: z.int().min(0),
        msgqueue: z.int().min(0),
        nice: z.int().min(0).max(40),
        rtprio: z.int().min(0).max(99),
        sigpending: z.int().min(64),
      })
      .describe(
        'Limits of a process, in the units of setrlimit(2). Not nproc: it counts per user id, pids is the limit.',
      ),
    wallClockSeconds: z.int().min(5).max(86_400).describe('The longest that a sandbox may run, whatever is asked for.'),
    logBytes: bytes(131_072, 64 * MiB).describe('What a run may print; more ends it.'),
    parcel: z
      .strictObject({
        packBytes: bytes(MiB, 1024 * MiB),
        diffBytes: bytes(1024, 64 * MiB),
        testCommandBytes: bytes(1, 65_536),
      })
      .describe('What may be sent into a sandbox.'),
    bundle: z
      .strictObject({
        manifestBytes: bytes(1024, MiB),
        patchBytes: bytes(1024, 32 * MiB),
        reports: z.int().min(0).max(1000),
        reportBytes: bytes(1024, 64 * MiB),
      })
      .describe('What may come out of a sandbox, log aside.'),
    environment: z
      .strictObject({
        PATH: value,
        HOME: value,
        TMPDIR: value,
        LANG: value,
        LC_ALL: value,
        TZ: value,
        CI: value,
        npm_config_offline: value,
        npm_config_script_shell: value,
        PYTHONDONTWRITEBYTECODE: value,
        PYTEST_ADDOPTS: value,
      })
      .describe('Every environment variable of a sandbox; another name needs a change of the code.'),
  })
  .describe('Policy of the self-coding engine for a sandbox; see docs/policies.md.');

export type SandboxPolicy = Readonly<z.output<typeof sandboxPolicySchema>>;

/** Reads a policy file. Throws with the path and every wrong field; there is no default to fall back on. */
export async function readSandboxPolicy(path: string): Promise<SandboxPolicy> {
  try {
    return sandboxPolicySchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it can not be read as JSON';
    throw new Error(`The sandbox policy ${path} can not be used: ${why}`, { cause });
  }
}
