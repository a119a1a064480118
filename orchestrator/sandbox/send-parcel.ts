import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { SandboxOrder } from '../ports/sandbox.ts';
import { packParcel } from './pack-parcel.ts';

/**
 * How much later the sandbox's own clock rings, which ends it when its runner was killed. While the runner lives, the
 * runner's rings first, and says that it did. Less than the grace after which the reaper comes (local-runner.ts).
 */
const marginSeconds = 30;

/**
 * Writes the parcel no faster than it is read. Never throws: of a sandbox that ends before it has read everything, the
 * daemon tells how it ended, and that is what counts.
 */
export async function sendParcel(order: SandboxOrder, stdio: Duplex, over: AbortSignal): Promise<void> {
  const files = [
    { name: 'base', bytes: Buffer.from(`${order.base}\n`) },
    { name: 'wall-clock', bytes: Buffer.from(`${order.wallClockSeconds + marginSeconds}\n`) },
    { name: 'base.pack', bytes: order.pack },
    { name: 'change.diff', bytes: order.diff },
    ...(order.testCommand === null ? [] : [{ name: 'test-command', bytes: Buffer.from(order.testCommand) }]),
  ];
  try {
    for (const bytes of packParcel(files)) {
      if (!stdio.write(bytes)) await once(stdio, 'drain', { signal: over });
    }
    stdio.end();
  } catch {
    stdio.destroy();
  }
}
