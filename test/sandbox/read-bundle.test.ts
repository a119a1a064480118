import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { BundleReader } from '../../orchestrator/sandbox/read-bundle.ts';
import { bundleTar, caps, manifest, manifestEntry, patchEntry, reportEntry, treeId } from '../support/bundles.ts';
import { endBlocks, paxRecord, rawEntry, rawTar, type RawEntry } from '../support/tar-writer.ts';

/** How a bundle ends that arrives whole, or cut at these places. */
function read(bytes: Uint8Array, cuts: readonly number[] = []) {
  const reader = new BundleReader(caps);
  const edges = [0, ...cuts.filter((cut) => cut < bytes.byteLength).toSorted((a, b) => a - b), bytes.byteLength];
  for (const [index, edge] of edges.slice(1).entries()) {
    const refused = reader.push(bytes.subarray(edges[index], edge));
    if (refused !== null) return { reader, end: refused.code };
  }
  return { reader, end: reader.ended ? 'complete' : 'cut off' };
}

const first = [manifestEntry, patchEntry] as const;
const file = (name: string, content: string | Uint8Array = ''): RawEntry => ({ name, content });

test('a bundle is read, wherever its bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(6000)), (cuts) => {
      const { reader, end } = read(bundleTar(reportEntry), cuts);
      assert.equal(end, 'complete');
      assert.deepEqual(reader.bundle?.manifest, manifest);
      assert.equal(Buffer.from(reader.bundle?.patch ?? []).toString(), 'diff --git a/x b/x\n');
      assert.deepEqual(reader.report, { tests: 7, failures: 1, errors: 0, skipped: 2 });
    }),
  );
});

test('the first part is there as soon as its last byte is', () => {
  const bytes = Buffer.concat(first.map(rawEntry));
  const padding = 512 - 'diff --git a/x b/x\n'.length;
  assert.equal(read(bytes.subarray(0, bytes.byteLength - padding - 1)).reader.bundle, null);
  assert.equal(read(bytes.subarray(0, bytes.byteLength - padding)).reader.bundle?.manifest.tree, treeId);
});

test('whatever arrives, it answers and never throws', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => void read(bytes)));
});

test('no changed byte in a header or in padding goes unnoticed', () => {
  const bytes = bundleTar();
  const contents = [manifestEntry, patchEntry].map(({ content }) => String(content).length);
  const isContent = (at: number) =>
    (at >= 512 && at < 512 + (contents[0] ?? 0)) || (at >= 1536 && at < 1536 + (contents[1] ?? 0));
  fc.assert(
    fc.property(fc.nat(bytes.byteLength - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      if (isContent(at)) return;
      const spoiled = Uint8Array.from(bytes);
      spoiled[at] = (spoiled[at] ?? 0) ^ flip;
      assert.equal(read(spoiled).end, 'bundle_invalid');
    }),
  );
});

const hostile: Readonly<Record<string, readonly [bytes: Uint8Array, end: string]>> = {
  'O-01 nothing at all': [new Uint8Array(), 'cut off'],
  'O-01 the first part cut off': [bundleTar().subarray(0, 1540), 'cut off'],
  'O-03 the first part in the wrong order': [rawTar(patchEntry, manifestEntry), 'bundle_invalid'],
  'O-03 the first part twice': [rawTar(...first, ...first), 'bundle_invalid'],
  'O-03 a second patch.diff after the tests': [rawTar(...first, file('patch.diff', 'evil')), 'bundle_invalid'],
  'O-03 a manifest only': [rawTar(manifestEntry), 'bundle_invalid'],
  'O-04 a hard link': [rawTar(...first, { name: 'report/a.xml', type: '1', linkName: 'patch.diff' }), 'bundle_invalid'],
  'O-04 a symbolic link': [rawTar({ name: 'manifest.json', type: '2', linkName: '/etc/passwd' }), 'bundle_invalid'],
  'O-04 a character device': [rawTar(...first, { name: 'report/a.xml', type: '3' }), 'bundle_invalid'],
  'O-04 a block device': [rawTar(...first, { name: 'report/a.xml', type: '4' }), 'bundle_invalid'],
  'O-04 a directory': [rawTar(...first, { name: 'report', type: '5' }), 'bundle_invalid'],
  'O-04 a FIFO': [rawTar(...first, { name: 'report/a.xml', type: '6' }), 'bundle_invalid'],
  'O-05 other files in the second part': [rawTar(...first, file('a'), file('b'), file('c')), 'bundle_invalid'],
  'O-05 a report in a deeper folder': [rawTar(...first, file('report/a/b.xml')), 'bundle_invalid'],
  'O-05 more reports than allowed': [
    rawTar(...first, ...['a', 'b', 'c', 'd'].map((name) => file(`report/${name}.xml`))),
    'bundle_invalid',
  ],
  'O-07 a header that promises 200 MB': [
    rawEntry({ ...manifestEntry, sizeField: '01372000000\0' }),
    'bundle_too_large',
  ],
  'O-07 a report over its cap': [rawTar(...first, file('report/a.xml', 'x'.repeat(4097))), 'bundle_too_large'],
  'O-08 a name that climbs out': [rawTar(...first, file('report/../../etc/x.xml')), 'bundle_invalid'],
  'O-08 an absolute name': [rawTar(...first, file('/etc/passwd')), 'bundle_invalid'],
  'O-08 a contiguous file': [rawTar({ ...manifestEntry, type: '7' }), 'bundle_invalid'],
  'O-08 an unknown type': [rawTar({ ...manifestEntry, type: 'Z' }), 'bundle_invalid'],
  'O-08 an old-style file (type NUL)': [rawTar({ ...manifestEntry, type: '\0' }), 'bundle_invalid'],
  'O-08 bytes after the name': [rawTar({ ...manifestEntry, name: 'manifest.json\0x' }), 'bundle_invalid'],
  'O-08 a name with a line break': [rawTar(...first, file('report/a\n.xml')), 'bundle_invalid'],
  'O-09 a PAX header that gives another path': [
    rawTar({ name: 'PaxHeader', type: 'x', content: paxRecord('path', 'manifest.json') }, { name: 'z', content: '{}' }),
    'bundle_invalid',
  ],
  'O-09 a PAX header that gives another size': [
    rawTar({ name: 'PaxHeader', type: 'x', content: paxRecord('size', '9') }, manifestEntry),
    'bundle_invalid',
  ],
  'O-09 a global PAX header': [
    rawTar({ name: 'PaxHeader', type: 'g', content: paxRecord('__proto__', 'x') }, ...first),
    'bundle_invalid',
  ],
  'O-09 a GNU long name': [rawTar({ name: '././@LongLink', type: 'L', content: 'manifest.json\0' }), 'bundle_invalid'],
  'O-09 a prefix': [rawTar({ ...manifestEntry, prefix: 'x' }), 'bundle_invalid'],
  'O-09 the GNU magic': [rawTar({ ...manifestEntry, magic: 'ustar  \0' }), 'bundle_invalid'],
  'O-11 a wrong checksum': [rawTar({ ...manifestEntry, checksumError: 1 }), 'bundle_invalid'],
  'O-11 garbage': [Buffer.alloc(2048, 'garbage'), 'bundle_invalid'],
  'O-11 gzip': [Buffer.concat([gzipSync(bundleTar()), Buffer.alloc(512, 1)]), 'bundle_invalid'],
  'O-11 no end': [Buffer.concat(first.map(rawEntry)), 'cut off'],
  'O-11 half an end': [bundleTar().subarray(0, -512), 'cut off'],
  'O-11 an empty archive': [endBlocks, 'bundle_invalid'],
  'O-11 data after the end': [Buffer.concat([bundleTar(), Buffer.from('x')]), 'bundle_invalid'],
  'O-11 zeros after the end': [Buffer.concat([bundleTar(), endBlocks]), 'bundle_invalid'],
  'O-11 an entry after half an end': [
    Buffer.concat([...first.map(rawEntry), new Uint8Array(512), rawTar(reportEntry)]),
    'bundle_invalid',
  ],
  'O-11 a report twice': [rawTar(...first, reportEntry, reportEntry), 'bundle_invalid'],
  'O-11 data in the padding': [rawTar({ ...manifestEntry, paddingByte: 1 }), 'bundle_invalid'],
  'O-12 a negative size in base-256': [
    rawTar({ ...manifestEntry, sizeField: Buffer.alloc(12, 0xff) }),
    'bundle_invalid',
  ],
  'O-12 a huge size in base-256': [
    rawTar({ ...manifestEntry, sizeField: Buffer.from('80000000ffffffffffffffff', 'hex') }),
    'bundle_invalid',
  ],
  'O-12 a size that is no number': [rawTar({ ...manifestEntry, sizeField: '99999999999\0' }), 'bundle_invalid'],
  'O-12 an empty size': [rawTar({ ...manifestEntry, sizeField: new Uint8Array(12) }), 'bundle_invalid'],
  'O-13 a PAX header that claims 1 GiB': [
    rawEntry({ name: 'PaxHeader', type: 'x', sizeField: '10000000000\0' }),
    'bundle_invalid',
  ],
  'a manifest that is no JSON': [rawTar(file('manifest.json', 'no'), patchEntry), 'bundle_invalid'],
  'a manifest with a field more': [
    rawTar(file('manifest.json', JSON.stringify({ ...manifest, passed: true })), patchEntry),
    'bundle_invalid',
  ],
  'a manifest that is not UTF-8': [rawTar(file('manifest.json', new Uint8Array([0xff])), patchEntry), 'bundle_invalid'],
  'a manifest with a tree that is no id': [
    rawTar(file('manifest.json', JSON.stringify({ ...manifest, tree: '../x' })), patchEntry),
    'bundle_invalid',
  ],
};

for (const [what, [bytes, expected]] of Object.entries(hostile)) {
  test(`a bundle with ${what} ends as ${expected}, and no bundle comes of it that was not there before`, () => {
    const { reader, end } = read(bytes);
    assert.equal(end, expected);
    const firstPart = Buffer.concat(first.map(rawEntry));
    const honestStart = Buffer.from(bytes).subarray(0, firstPart.byteLength).equals(firstPart);
    assert.equal(reader.bundle !== null, honestStart);
    if (reader.bundle !== null) assert.equal(Buffer.from(reader.bundle.patch).toString(), 'diff --git a/x b/x\n');
    assert.equal(Object.hasOwn(Object.prototype, 'x'), false);
  });
}

test('memory is taken for an entry only after its size has passed the cap (O-07, O-13)', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 50; i += 1) read(rawEntry({ ...manifestEntry, sizeField: '77777777777\0' }));
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 2 ** 20);
});
