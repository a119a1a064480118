/** Takes the sharp edges off a root file system on its way into an image. */
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import tar, { type Header, type Pack } from 'tar-stream';

function isDevice(header: Header): boolean {
  return header.type === 'character-device' || header.type === 'block-device';
}

/** Setuid and setgid: a way to become root, and no program in a sandbox has a reason to. The sticky bit may stay. */
function harmless(header: Header): Header {
  return { ...header, mode: header.mode & 0o1777 };
}

/** An entry without content: a directory or a link. */
function addBare(out: Pack, header: Header): Promise<void> {
  return new Promise((resolve, reject) => {
    out.entry(header, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * Copies the entries of `input` to `out`, without device nodes (through one, a container that may use it talks to the
 * kernel's drivers) and without setuid bits. Leaves the end of the archive to the caller, who knows if it is whole.
 */
export async function copyHarmless(input: Readable, out: Pack): Promise<void> {
  // Whoever reads `out` is told by it; one who has not begun to read must not bring the process down.
  out.on('error', () => undefined);
  const entries = tar.extract();
  const feeding = pipeline(input, entries);
  // It is awaited below; until then a failure of it is one of the loop as well.
  feeding.catch(() => undefined);
  for await (const entry of entries) {
    const { header } = entry;
    if (header.type === 'file' || header.type === 'contiguous-file') {
      await pipeline(entry, out.entry(harmless(header)));
    } else {
      entry.resume();
      if (!isDevice(header)) await addBare(out, harmless(header));
    }
  }
  await feeding;
}
