/** Hostile cases are data: one JSON file each, `corpus/<group>/<row>[-<what>].json`, read once and checked. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export const corpusDir = join(import.meta.dirname, 'corpus');

/** What every case has. */
export const anyCase = z.object({ id: z.string().regex(/^[A-Z]-\d\d$/), title: z.string().min(10) });

/** Every case of a group, in the order of its file names. A file that does not match the schema fails the test file. */
export function readCases<T extends z.infer<typeof anyCase>>(group: string, schema: z.ZodType<T>): readonly T[] {
  const names = readdirSync(join(corpusDir, group)).toSorted((a, b) => a.localeCompare(b));
  return names.map((name) => {
    const parsed = schema.safeParse(JSON.parse(readFileSync(join(corpusDir, group, name), 'utf8')));
    assert.ok(parsed.success, `${group}/${name}: ${parsed.error?.message}`);
    assert.match(name, new RegExp(`^${parsed.data.id}(-[a-z0-9-]+)?\\.json$`), `${name} holds ${parsed.data.id}`);
    return parsed.data;
  });
}

/** Puts values in the place of `{name}`; a name that is not known stays as it is. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) => values[name] ?? whole);
}
