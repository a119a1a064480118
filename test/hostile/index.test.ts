/** No row of the hostile cases is without its proof: a case as data, or a test that is named here and is really there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { corpusDir, readCases } from './corpus.ts';
import { gitCase } from './git-cases.ts';
import { textCase } from './texts-cases.ts';

const root = resolve(import.meta.dirname, '../..');
const schema = z.record(z.string(), z.array(z.strictObject({ file: z.string(), title: z.string() })).min(1));
const index = schema.parse(JSON.parse(readFileSync(join(corpusDir, 'index.json'), 'utf8')));

/** `G-01` to `G-25` and `P-01` to `P-20`. */
const rows = [...rowsOf('G', 25), ...rowsOf('P', 20)];
const withData = new Set([...readCases('git', gitCase), ...readCases('texts', textCase)].map(({ id }) => id));

test('every row of the groups G and P has a case as data or a test by name', () => {
  assert.deepEqual(
    rows.filter((row) => !withData.has(row) && index[row] === undefined),
    [],
  );
  assert.deepEqual(
    Object.keys(index).filter((row) => !rows.includes(row)),
    [],
  );
});

for (const [row, proofs] of Object.entries(index)) {
  test(`the tests that are named for ${row} are there`, () => {
    for (const { file, title } of proofs) {
      const text = readFileSync(join(root, file), 'utf8');
      const quotes = ["'", '"', '`'];
      assert.ok(
        quotes.some((quote) => text.includes(`test(${quote}${title}${quote}`)),
        `${file} has no test "${title}"`,
      );
    }
  });
}

test('no two cases of a row have the same title', () => {
  const titles = [...readCases('git', gitCase), ...readCases('texts', textCase)].map(
    ({ id, title }) => `${id} ${title}`,
  );
  assert.equal(new Set(titles).size, titles.length);
});

function rowsOf(group: string, last: number): readonly string[] {
  return Array.from({ length: last }, (_, at) => `${group}-${String(at + 1).padStart(2, '0')}`);
}
