import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import { packParcel } from '../../orchestrator/sandbox/pack-parcel.ts';
import { TarReader } from '../../orchestrator/sandbox/read-tar.ts';
import { readTarHeader, writeTarHeader } from '../../orchestrator/sandbox/tar-header.ts';
import { rawEntry } from '../support/tar-writer.ts';

const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,40}(\/[A-Za-z0-9._-]{1,40})?$/);
const files = fc.array(fc.record({ name, bytes: fc.uint8Array({ maxLength: 2000 }) }), { maxLength: 5 });

/** What tar-stream, which is not ours, makes of an archive. */
async function readWithTarStream(bytes: Uint8Array) {
  const archive = extract();
  archive.end(bytes);
  const found: { name: string; content: string }[] = [];
  for await (const entry of archive) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) {
      assert.ok(chunk instanceof Uint8Array);
      chunks.push(chunk);
    }
    found.push({ name: entry.header.name, content: Buffer.concat(chunks).toString('hex') });
  }
  return found;
}

/** What our reader makes of it; null = refused. */
function readWithOurs(bytes: Uint8Array) {
  const found: { name: string; content: string }[] = [];
  const reader = new TarReader({
    allow: () => null,
    take: ({ name }, content) => {
      found.push({ name, content: Buffer.from(content).toString('hex') });
      return null;
    },
  });
  return reader.push(bytes) === null && reader.ended ? found : null;
}

test('what we pack, another reader and ours read alike', async () => {
  await fc.assert(
    fc.asyncProperty(files, async (packed) => {
      const bytes = Buffer.concat([...packParcel(packed)]);
      const expected = packed.map((file) => ({ name: file.name, content: Buffer.from(file.bytes).toString('hex') }));
      assert.deepEqual(readWithOurs(bytes), expected);
      assert.deepEqual(await readWithTarStream(bytes), expected);
    }),
    { numRuns: 50 },
  );
});

test('a reader of a parcel may stop half-way without an error', () => {
  const big = new Uint8Array(100_000);
  const parcel = packParcel([
    { name: 'a', bytes: big },
    { name: 'b', bytes: big },
  ]);
  assert.equal(parcel.next().done, false);
  assert.equal(parcel.return(undefined).done, true);
});

test('a header that could not be read back is not written', () => {
  assert.throws(() => writeTarHeader('a'.repeat(101), 1), RangeError);
  assert.throws(() => writeTarHeader('with space', 1), RangeError);
  assert.throws(() => writeTarHeader('a', 8 ** 11), RangeError);
  assert.throws(() => writeTarHeader('a', -1), RangeError);
});

test('a header made by another writer is read', () => {
  const block = rawEntry({ name: 'report/a.xml', content: 'x'.repeat(600) }).subarray(0, 512);
  assert.deepEqual(readTarHeader(block), { kind: 'file', name: 'report/a.xml', size: 600 });
});

test('zeros are the end, not a file', () => {
  assert.deepEqual(readTarHeader(new Uint8Array(512)), { kind: 'zeros' });
});
