import { refuse, type Refused } from '../outcome.ts';
import type { SandboxOrder } from '../ports/sandbox.ts';
import type { SandboxPolicy } from './policy.ts';
import { invalid, type TarEntry, TarReader } from './read-tar.ts';
import { orderSchema, requestFiles } from './wire.ts';

const orderBytesMax = 131_072;

/**
 * Reads a run's request body: a tar with exactly `order.json`, `base.pack`, `change.diff`, within the policy's caps.
 * Refuses what is larger or of another form, and stops reading there. Throws when the connection breaks.
 */
export async function readOrder(
  body: AsyncIterable<Uint8Array>,
  { parcel }: SandboxPolicy,
): Promise<(SandboxOrder & { readonly kind: 'order' }) | Refused> {
  const caps = [orderBytesMax, parcel.packBytes, parcel.diffBytes];
  const files: Uint8Array[] = [];
  const tar = new TarReader({
    allow: (entry) => allow(entry, caps[entry.index] ?? 0),
    take: (_, bytes) => {
      files.push(bytes);
      return null;
    },
  });
  for await (const chunk of body) {
    const refused = tar.push(chunk);
    if (refused !== null) return refused;
  }
  const [head, pack, diff] = files;
  if (!tar.ended || head === undefined || pack === undefined || diff === undefined)
    return invalid('less than all files');
  const order = readHead(head);
  return order === null ? invalid('an order.json of another form') : { kind: 'order', ...order, pack, diff };
}

function allow({ name, size, index }: TarEntry, cap: number): Refused | null {
  if (name !== requestFiles[index]) return invalid(`${name} in the wrong place`);
  if (size <= cap) return null;
  const code = name === 'change.diff' ? 'diff_too_large' : 'repo_unsupported';
  return refuse(code, `${name} has ${size} bytes; the runner's policy allows ${cap}.`);
}

/** Null unless it is JSON exactly as we write it: a key given twice, for one, could be read in two ways. */
function readHead(bytes: Uint8Array) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const json: unknown = JSON.parse(text);
    const parsed = orderSchema.safeParse(json);
    return parsed.success && JSON.stringify(json) === text ? parsed.data : null;
  } catch {
    return null;
  }
}
