/**
 * What git's object store should hold, computed here from the documented formats alone: neither git nor the engine has a
 * part in it. So it can say which tree a change must make, and it can write trees that git itself refuses to write.
 */
import { createHash } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

export interface StoredObject {
  readonly id: string;
  /** Header and body, as git hashes them. */
  readonly bytes: Uint8Array;
}

/** One line of a tree object. `name` may be anything, `mode` any digits: whether git likes it is not asked. */
export interface TreeLine {
  readonly mode: string;
  readonly name: string | Uint8Array;
  readonly id: string;
}

export interface OracleFile {
  /** `100644`, `100755`, `120000` (bytes = target), `160000` (bytes = commit id). */
  readonly mode: string;
  readonly bytes: Uint8Array;
}

/** By path, in any order. */
export type OracleTree = ReadonlyMap<string, OracleFile>;

export function objectOf(type: 'blob' | 'tree' | 'commit', body: Uint8Array): StoredObject {
  const bytes = Buffer.concat([Buffer.from(`${type} ${body.byteLength}\0`), body]);
  return { id: createHash('sha1').update(bytes).digest('hex'), bytes };
}

/** A tree object with exactly these lines in exactly this order. */
export function treeObject(lines: readonly TreeLine[]): StoredObject {
  const parts = lines.map(({ mode, name, id }) =>
    Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(id, 'hex')]),
  );
  return objectOf('tree', Buffer.concat(parts));
}

/** The objects of a tree of files, the root last. */
export function treeObjects(files: OracleTree): readonly StoredObject[] {
  const objects: StoredObject[] = [];
  writeTree(
    [...files].map(([path, file]) => ({ names: path.split('/'), file })),
    objects,
  );
  return objects;
}

/** The id of the tree that holds exactly these files. */
export function treeIdOf(files: OracleTree): string {
  return treeObjects(files).at(-1)?.id ?? '';
}

/** A commit without parents on a tree, by the same person at the same time. */
export function commitObject(tree: string): StoredObject {
  const who = 'A Person <person@example.org> 1700000000 +0000';
  return objectOf('commit', Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\na base\n`));
}

/** A bare repository at `gitDir` with these loose objects; `main` names the commit. */
export async function writeRepository(gitDir: string, objects: readonly StoredObject[], commit: string): Promise<void> {
  await mkdir(join(gitDir, 'objects', 'pack'), { recursive: true });
  await mkdir(join(gitDir, 'refs', 'heads'), { recursive: true });
  await mkdir(join(gitDir, 'info'));
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n');
  await writeFile(join(gitDir, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
  await writeFile(join(gitDir, 'refs', 'heads', 'main'), `${commit}\n`);
  await writeObjects(gitDir, objects);
}

/** Adds loose objects to a repository. */
export async function writeObjects(gitDir: string, objects: readonly StoredObject[]): Promise<void> {
  for (const { id, bytes } of objects) {
    const directory = join(gitDir, 'objects', id.slice(0, 2));
    const path = join(directory, id.slice(2));
    if (await exists(path)) continue;
    await mkdir(directory, { recursive: true });
    await writeFile(path, deflateSync(bytes, { level: 1 }));
  }
}

interface Placed {
  readonly names: readonly string[];
  readonly file: OracleFile;
}

function writeTree(placed: readonly Placed[], objects: StoredObject[]): string {
  const lines = [...Map.groupBy(placed, ({ names }) => names[0] ?? '')].map(([name, inside]): TreeLine => {
    const [first] = inside;
    if (first !== undefined && first.names.length === 1) return { name, ...leafOf(first.file, objects) };
    const below = inside.map(({ names, file }) => ({ names: names.slice(1), file }));
    return { name, mode: '40000', id: writeTree(below, objects) };
  });
  const root = treeObject(lines.toSorted(byGitOrder));
  objects.push(root);
  return root.id;
}

function leafOf({ mode, bytes }: OracleFile, objects: StoredObject[]): { readonly mode: string; readonly id: string } {
  // A gitlink names a commit of another repository; there is no object for it.
  if (mode === '160000') return { mode, id: Buffer.from(bytes).toString('latin1') };
  const blob = objectOf('blob', bytes);
  objects.push(blob);
  return { mode, id: blob.id };
}

/** By bytes, a directory as if its name ended in "/". */
function byGitOrder(a: TreeLine, b: TreeLine): number {
  return Buffer.compare(sortKey(a), sortKey(b));
}

function sortKey({ mode, name }: TreeLine): Uint8Array {
  return Buffer.concat([Buffer.from(name), Buffer.from(mode === '40000' ? '/' : '')]);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
