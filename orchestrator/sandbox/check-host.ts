import type Docker from 'dockerode';
import { z } from 'zod';
import { refuse, type Refused } from '../outcome.ts';
import { call, refusalStatus } from './docker.ts';
import type { SandboxPolicy } from './policy.ts';

/** What a container's options need to know of this machine. */
export interface Host {
  readonly kind: 'host';
  readonly runtime: string;
  readonly imageEnvironment: readonly string[];
}

const daemonInfo = z.looseObject({
  OSType: z.string(),
  MemoryLimit: z.boolean(),
  SwapLimit: z.boolean(),
  PidsLimit: z.boolean(),
  CpuCfsQuota: z.boolean(),
  SecurityOptions: z.array(z.string()).nullish(),
  Runtimes: z.record(z.string(), z.unknown()),
});
const imageInfo = z.looseObject({
  Config: z.looseObject({
    Env: z.array(z.string()).nullish(),
    Volumes: z.record(z.string(), z.unknown()).nullish(),
  }),
});

/**
 * Can this daemon hold a sandbox with this image? Refuses with `sandbox_unsupported_host` and what is missing;
 * throws `Fault('sandbox_start_failed')` when the daemon doesn't answer.
 */
export async function checkHost(docker: Docker, image: string, policy: SandboxPolicy): Promise<Host | Refused> {
  const [info, config] = await Promise.all([
    call('docker', 'tell what it can do', async () => daemonInfo.parse(await docker.info())),
    imageConfig(docker, image),
  ]);
  const missing = missingFeatures(info);
  if (missing.length > 0) return unsupported(`The Docker daemon can not limit or isolate: ${missing.join(', ')}.`);
  const runtime = policy.runtimes.find((name) => Object.hasOwn(info.Runtimes, name));
  if (runtime === undefined) return unsupported(`Docker has no runtime of: ${policy.runtimes.join(', ')}.`);
  if (config === null) return unsupported(`The sandbox image ${image} is not on this machine.`);
  // Each run would get a disk volume without bound.
  if (Object.keys(config.Volumes ?? {}).length > 0) return unsupported(`The sandbox image ${image} has a VOLUME.`);
  const imageEnvironment = (config.Env ?? []).map((variable) => variable.split('=', 1).join());
  return { kind: 'host', runtime, imageEnvironment };
}

/** A limit that the kernel or the daemon doesn't support would be dropped with a warning at most. */
function missingFeatures(info: z.output<typeof daemonInfo>): readonly string[] {
  const features = {
    'Linux containers': info.OSType === 'linux',
    memory: info.MemoryLimit,
    swap: info.SwapLimit,
    processes: info.PidsLimit,
    CPU: info.CpuCfsQuota,
    'system calls (seccomp)': (info.SecurityOptions ?? []).some((option) => option.startsWith('name=seccomp')),
  };
  return Object.entries(features).flatMap(([name, present]) => (present ? [] : [name]));
}

async function imageConfig(docker: Docker, image: string) {
  try {
    const found = await call(image, 'inspect the sandbox image', async () =>
      imageInfo.parse(await docker.getImage(image).inspect()),
    );
    return found.Config;
  } catch (error) {
    if (refusalStatus(error) === 404) return null;
    throw error;
  }
}

function unsupported(reason: string): Refused {
  return refuse('sandbox_unsupported_host', `${reason} Run: npm run -s self-coding -- doctor`);
}
