import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LogKeeper, logEdgeBytes } from '../../orchestrator/sandbox/bounded-log.ts';

test('the first and the last bytes are kept and all are counted, however they arrive', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
      const edge = 16;
      const log = new LogKeeper(edge);
      for (const chunk of chunks) log.add(chunk);
      const all = Buffer.concat(chunks);
      const { head, tail, totalBytes } = log.keep();
      assert.equal(totalBytes, all.byteLength);
      assert.deepEqual(Buffer.from(head), all.subarray(0, edge));
      assert.deepEqual(Buffer.from(tail), all.subarray(edge).subarray(-edge));
    }),
  );
});

test('a short log is in the head alone', () => {
  const log = new LogKeeper();
  log.add(Buffer.from('all of it'));
  assert.equal(Buffer.from(log.keep().head).toString(), 'all of it');
  assert.equal(log.keep().tail.byteLength, 0);
});

test('what is kept is a copy: the reader may use its buffers again', () => {
  const log = new LogKeeper();
  const chunk = Buffer.from('before');
  log.add(chunk);
  const kept = log.keep();
  chunk.fill('x');
  log.add(Buffer.from(' and after'));
  assert.equal(Buffer.from(kept.head).toString(), 'before');
});

test('of a flood no more than two edges are held', () => {
  const log = new LogKeeper();
  for (let i = 0; i < 100; i += 1) log.add(Buffer.alloc(100_000, i));
  const { head, tail, totalBytes } = log.keep();
  assert.deepEqual([head.byteLength, tail.byteLength, totalBytes], [logEdgeBytes, logEdgeBytes, 10_000_000]);
  assert.equal(tail.at(-1), 99);
});
