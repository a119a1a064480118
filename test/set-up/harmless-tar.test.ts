import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import tar, { type Header } from 'tar-stream';
import { copyHarmless } from '../../orchestrator/set-up/harmless-tar.ts';

interface Item {
  readonly header: Partial<Header> & { readonly name: string };
  readonly content?: string;
}

async function archive(items: readonly Item[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { header, content = '' } of items) pack.entry({ ...header }, content);
  pack.finalize();
  return await buffer(pack);
}

async function copied(bytes: Buffer): Promise<readonly { header: Header; content: string }[]> {
  const out = tar.pack();
  const copying = copyHarmless(Readable.from([bytes]), out).then(() => out.finalize());
  const result = await buffer(out);
  await copying;
  const entries = tar.extract();
  entries.end(result);
  const found = [];
  for await (const entry of entries) found.push({ header: entry.header, content: (await buffer(entry)).toString() });
  return found;
}

test('files, empty files, directories and links come through, in order', async () => {
  const items: readonly Item[] = [
    { header: { name: 'bin', type: 'directory', mode: 0o755 } },
    { header: { name: 'bin/sh', mode: 0o755 }, content: '#!' },
    { header: { name: 'bin/empty', mode: 0o644 } },
    { header: { name: 'bin/bash', type: 'symlink', linkname: 'sh' } },
    { header: { name: 'bin/dash', type: 'link', linkname: 'bin/sh' } },
    { header: { name: 'tmp', type: 'directory', mode: 0o1777 } },
  ];
  const found = await copied(await archive(items));
  assert.deepEqual(
    found.map(({ header, content }) => [header.name, header.type, header.linkname, content]),
    [
      ['bin', 'directory', null, ''],
      ['bin/sh', 'file', null, '#!'],
      ['bin/empty', 'file', null, ''],
      ['bin/bash', 'symlink', 'sh', ''],
      ['bin/dash', 'link', 'bin/sh', ''],
      ['tmp', 'directory', null, ''],
    ],
  );
  assert.equal(found[5]?.header.mode, 0o1777);
});

test('no device node and no setuid or setgid bit gets into an image', async () => {
  const items: readonly Item[] = [
    { header: { name: 'dev/mem', type: 'character-device', devmajor: 1, devminor: 1 } },
    { header: { name: 'dev/vda', type: 'block-device', devmajor: 254, devminor: 0 } },
    { header: { name: 'bin/su', mode: 0o6755 }, content: 'su' },
    { header: { name: 'var/mail', type: 'directory', mode: 0o2775 } },
  ];
  const found = await copied(await archive(items));
  assert.deepEqual(
    found.map(({ header }) => [header.name, header.mode]),
    [
      ['bin/su', 0o755],
      ['var/mail', 0o775],
    ],
  );
});

test('an archive that breaks off is an error', async () => {
  const whole = await archive([{ header: { name: 'a' }, content: 'x'.repeat(5000) }]);
  const out = tar.pack();
  out.resume();
  await assert.rejects(copyHarmless(Readable.from([whole.subarray(0, 2048)]), out));
});
