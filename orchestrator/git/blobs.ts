import { Fault } from '../outcome.ts';
import { checkedId } from './names.ts';
import { malformed } from './records.ts';
import { must } from './run.ts';

/** Bytes of all blobs of one request together. */
const requestBytes = 256 * 2 ** 20;
const head = /^([0-9a-f]{40}) (blob) (\d{1,12})$/;
const newline = 0x0a;

/**
 * The blobs' bytes in the order asked for, by `cat-file --batch`: never `archive`, whose content .gitattributes change.
 * Throws `Fault` if one is missing or no blob, or if all together are over 256 MiB.
 */
export async function readBlobs(gitDir: string, ids: readonly string[]): Promise<readonly Uint8Array[]> {
  if (ids.length === 0) return [];
  const stdin = Buffer.from(ids.map((id) => `${checkedId(id)}\n`).join(''));
  const answer = await must({ args: ['cat-file', '--batch'], gitDir, stdin, stdoutBytes: requestBytes });
  const blobs: Uint8Array[] = [];
  let rest = answer;
  for (const id of ids) {
    const { bytes, next } = takeBlob(rest, id, gitDir);
    blobs.push(bytes);
    rest = rest.subarray(next);
  }
  if (rest.byteLength > 0) throw malformed(rest);
  return blobs;
}

/** `<id> blob <size>LF<bytes>LF`; the size is checked against what is there before anything is cut by it. */
function takeBlob(
  answer: Uint8Array,
  id: string,
  gitDir: string,
): { readonly bytes: Uint8Array; readonly next: number } {
  const end = answer.indexOf(newline);
  const line = Buffer.from(answer.subarray(0, Math.max(end, 0))).toString('latin1');
  const [, found, , size] = head.exec(line) ?? [];
  if (found !== id) throw new Fault('internal_error', gitDir, `${id} is no blob of this repository: ${line}`);
  const start = end + 1;
  const stop = start + Number(size);
  if (answer[stop] !== newline) throw malformed(answer.subarray(0, end));
  return { bytes: answer.subarray(start, stop), next: stop + 1 };
}
