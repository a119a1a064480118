/** The base commit's files, as the mending steps see them. */
import { type BaseText, readBaseText } from './base-text.ts';
import { toByteText } from './byte-text.ts';
import type { Meter } from './meter.ts';
import { similarity } from './similarity.ts';

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
  /** The one file whose path ends like this one, or that this one ends like; null if there is none or several. */
  alike(path: string): string | null;
  /** Some file in some folder is called so. */
  isName(name: string): boolean;
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
    alike: (path) => {
      const same = byName.get(nameOf(path)) ?? [];
      if (!meter.spend(same.length)) return null;
      const found = same.filter((each) => each.endsWith(`/${path}`) || path.endsWith(`/${each}`));
      return found.length === 1 ? (found[0] ?? null) : null;
    },
    isName: (name) => byName.has(name),
    nearest: (path) => {
      const same = byName.get(nameOf(path)) ?? [];
      if (same.length > 0) return same.slice(0, 3);
      const names = [...byName.keys()]
        .slice(0, 2_000)
        .map((name) => ({ name, alike: similarity(name, nameOf(path), meter) }));
      const close = names.filter(({ alike }) => alike > 0.6).toSorted((a, b) => b.alike - a.alike);
      return close.slice(0, 3).flatMap(({ name }) => byName.get(name)?.slice(0, 1) ?? []);
    },
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
