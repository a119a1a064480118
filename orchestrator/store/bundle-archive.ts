/** Patch bundles on disk, each under the SHA-256 of its own bytes. */
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { BundleArchive } from '../ports/forge.ts';

const epoch = new Date(0);

/** An archive in `directory` (made when first needed, 0700). Keeping the same files twice gives the same digest and one file. */
export function createBundleArchive(directory: string): BundleArchive {
  return {
    keep: async (files) => {
      const bytes = await tarOf(files);
      const digest = createHash('sha256').update(bytes).digest('hex');
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeWhole(join(directory, `${digest}.tar`), bytes);
      return digest;
    },
  };
}

/** Reads a bundle back. Throws when the bytes no longer have the digest that names them. */
export async function readBundle(directory: string, digest: string): Promise<Uint8Array> {
  const bytes = await readFile(join(directory, `${digest}.tar`));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== digest) throw new Error(`The bundle ${digest} was changed on disk: its digest is now ${found}`);
  return bytes;
}

/** Nothing that changes from run to run goes into the headers, so that equal files make equal bytes. */
async function tarOf(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Promise<Uint8Array> {
  const tar = pack();
  for (const { name, bytes } of files) {
    tar.entry({ name, mode: 0o644, mtime: epoch, uid: 0, gid: 0 }, Buffer.from(bytes));
  }
  tar.finalize();
  return buffer(tar);
}

/** A reader sees the whole file or none: written beside its place, then renamed into it. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    await writeFile(beside, bytes, { mode: 0o600 });
    await chmod(beside, 0o400);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}
