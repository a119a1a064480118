import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { SandboxOrder } from '../ports/sandbox.ts';
import { packParcel } from './pack-parcel.ts';

/**
 * Writes the parcel no faster than it is read. Never throws: of a sandbox that ends before it has read everything, the
 * daemon tells how it ended, and that is what counts.
 */
export async function sendParcel(order: SandboxOrder, stdio: Duplex, over: AbortSignal): Promise<void> {
  const files = [
    { name: 'base', bytes: Buffer.from(`${order.base}\n`) },
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
