/** From a case's objects to loose ones in a repository, written by hand: nothing of git can refuse, sort or mend them. */
import { fill } from './corpus.ts';
import type { GivenObject } from './git-cases.ts';
import { objectOf, type StoredObject, treeObject, writeObjects } from './oracle.ts';

type Ids = Readonly<Record<string, string>>;
type Simple = Exclude<GivenObject, { readonly nested: unknown }>;
type EntryName = Extract<GivenObject, { readonly tree: unknown }>['tree'][number]['name'];

/** Writes every object into a bare repository and returns the id of the last one. */
export async function writeGiven(gitDir: string, objects: readonly GivenObject[]): Promise<string> {
  const ids: Record<string, string> = {};
  const made: StoredObject[] = [];
  let last = '';
  for (const object of objects) {
    const written = 'nested' in object ? nest(object.nested, ids) : [writeOne(object, ids)];
    last = written.at(-1)?.id ?? '';
    ids[object.name] = last;
    const form = 'form' in object ? object.form : undefined;
    if (form === 'damaged') made.push({ id: last, bytes: objectOf('tree', Buffer.alloc(0)).bytes });
    else if (form === undefined) made.push(...written);
  }
  await writeObjects(gitDir, made);
  return last;
}

function writeOne(object: Simple, ids: Ids): StoredObject {
  if ('blob' in object) return objectOf('blob', Buffer.from(object.blob, 'latin1'));
  if ('commit' in object) return objectOf('commit', Buffer.from(fill(object.commit, ids), 'latin1'));
  return treeObject(object.tree.map(({ mode, name, object: of }) => ({ mode, name: nameOf(name), id: ids[of] ?? of })));
}

function nest({ depth, object }: { readonly depth: number; readonly object: string }, ids: Ids): StoredObject[] {
  const trees: StoredObject[] = [];
  let below = { mode: '100644', name: 'f', id: ids[object] ?? object };
  for (let level = 0; level < depth; level += 1) {
    const tree = treeObject([below]);
    trees.push(tree);
    below = { mode: '40000', name: 'd', id: tree.id };
  }
  return trees;
}

function nameOf(name: EntryName): Uint8Array {
  if (typeof name === 'string') return Buffer.from(name);
  return 'latin1' in name ? Buffer.from(name.latin1, 'latin1') : Buffer.from(name.repeat[0].repeat(name.repeat[1]));
}
