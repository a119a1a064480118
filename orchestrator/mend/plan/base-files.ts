/** The base commit's files, as the mending steps see them. */
import { type BaseText, readBaseText } from './base-text.ts';
import { toByteText } from '../byte-text.ts';
import type { Meter } from '../../text/meter.ts';
import { similarity } from '../similarity.ts';

export interface BaseReader {
  /** Bytes of a file of the base commit; null = there is none, or it is no regular text file. */
  read(path: string): Promise<Uint8Array | null>;
  /** All paths, for hints and for paths that lack their first folders. */
  paths(): Promise<readonly string[]>;
}

/** Paths are byte text here. */
export interface BaseFiles {
  has(path: string): boolean;
  /** Null = not there, or no regular text file. Read once. */
  read(path: string): Promise<BaseText | null>;
  /** The one file whose path ends like this one: it lacks its first folders. Null if there is none or several. */
  below(path: string): string | null;
  /** The one file that this path ends like: it has folders too many, as absolute paths have. Null as above. */
  above(path: string): string | null;
  /** Some file in some folder is called so. */
  isName(name: string): boolean;
  /** A folder at the top is called so. */
  isFolder(name: string): boolean;
  /** A few paths to name in a message, the likeliest first. */
  nearest(path: string): readonly string[];
}

export async function openBaseFiles(base: BaseReader, meter: Meter): Promise<BaseFiles> {
  const originals = new Map((await base.paths()).map((path) => [toByteText(path), path]));
  const byName = new Map<string, string[]>();
  for (const path of originals.keys()) {
    const list = byName.get(nameOf(path)) ?? [];
    byName.set(nameOf(path), list);
    list.push(path);
  }
  const sameName = (path: string): readonly string[] => {
    const same = byName.get(nameOf(path)) ?? [];
    return meter.spend(same.length) ? same : [];
  };
  const folders = new Set([...originals.keys()].flatMap((path) => (path.includes('/') ? [path.split('/', 1)[0]] : [])));
  const texts = new Map<string, BaseText | null>();
  return {
    has: (path) => originals.has(path),
    read: async (path) => {
      const known = texts.get(path);
      if (known !== undefined) return known;
      const original = originals.get(path);
      const bytes = original === undefined ? null : await base.read(original);
      const text = bytes === null || !meter.spend(bytes.byteLength) ? null : readBaseText(path, bytes);
      texts.set(path, text);
      return text;
    },
    below: (path) => only(sameName(path).filter((each) => each.endsWith(`/${path}`))),
    above: (path) => only(sameName(path).filter((each) => path.endsWith(`/${each}`))),
    isName: (name) => byName.has(name),
    isFolder: (name) => folders.has(name),
    nearest: (path) => nearest(path, byName, meter),
  };
}

/** Of the same name, else of a name much alike, else beside it. */
function nearest(path: string, byName: ReadonlyMap<string, readonly string[]>, meter: Meter): readonly string[] {
  const same = byName.get(nameOf(path)) ?? [];
  if (same.length > 0) return same.slice(0, 3);
  const names = [...byName.keys()]
    .slice(0, 2_000)
    .map((name) => ({ name, alike: similarity(name, nameOf(path), meter) }));
  const close = names.filter(({ alike }) => alike > 0.6).toSorted((a, b) => b.alike - a.alike);
  const found = close.slice(0, 3).flatMap(({ name }) => byName.get(name)?.slice(0, 1) ?? []);
  return found.length > 0 ? found : beside(path, byName);
}

/** A few files of the same folder. */
function beside(path: string, byName: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const found: string[] = [];
  for (const [name, paths] of byName) {
    if (found.length === 3 || folder === '') break;
    if (paths.includes(folder + name)) found.push(folder + name);
  }
  return found;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function only(paths: readonly string[]): string | null {
  return paths.length === 1 ? (paths[0] ?? null) : null;
}
