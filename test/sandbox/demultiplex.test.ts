import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Demultiplexer, frameBytesMax } from '../../orchestrator/sandbox/demultiplex.ts';
import { frame } from '../support/docker-frames.ts';

/** Everything that comes out, by stream, when the bytes arrive cut at these places. */
function demultiplex(bytes: Uint8Array, cuts: readonly number[] = []) {
  const frames = new Demultiplexer();
  const out = { stdout: '', stderr: '' };
  const edges = [0, ...cuts.filter((cut) => cut < bytes.byteLength).toSorted((a, b) => a - b), bytes.byteLength];
  for (const [index, edge] of edges.slice(1).entries()) {
    const { pieces, malformed } = frames.push(bytes.subarray(edges[index], edge));
    for (const piece of pieces) out[piece.stream] += Buffer.from(piece.bytes).toString('latin1');
    if (malformed !== null) return { ...out, malformed, atRest: frames.atRest };
  }
  return { ...out, malformed: null, atRest: frames.atRest };
}

const stream = fc.constantFrom('stdout' as const, 'stderr' as const);
const written = fc.array(fc.record({ stream, content: fc.uint8Array({ minLength: 1, maxLength: 300 }) }));

test('both streams come out whole and in order, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(written, fc.array(fc.nat(10_000)), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(({ stream, content }) => frame(stream, content)));
      const expected = (name: string) =>
        Buffer.concat(frames.filter(({ stream }) => stream === name).map(({ content }) => content)).toString('latin1');
      assert.deepEqual(demultiplex(bytes, cuts), {
        stdout: expected('stdout'),
        stderr: expected('stderr'),
        malformed: null,
        atRest: true,
      });
    }),
  );
});

test('whatever arrives, it answers and never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.array(fc.nat(2000)), (bytes, cuts) => {
      const whole = demultiplex(bytes);
      const cut = demultiplex(bytes, cuts);
      assert.equal(cut.malformed, whole.malformed);
      assert.equal(cut.stdout, whole.stdout);
    }),
  );
});

test('200,000 frames of one byte in one chunk are read without recursion (O-17)', () => {
  const one = frame('stderr', new Uint8Array([120]));
  const bytes = Buffer.concat(Array.from({ length: 200_000 }, () => one));
  assert.equal(demultiplex(bytes).stderr.length, 200_000);
});

test('a frame that promises 4 GB is refused at its header (O-17)', () => {
  const header = Uint8Array.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  assert.match(String(demultiplex(header).malformed), /4294967295 bytes/);
});

test('the largest frame is taken, one byte more is not', () => {
  assert.equal(demultiplex(frame('stdout', new Uint8Array(frameBytesMax))).malformed, null);
  assert.notEqual(demultiplex(frame('stdout', new Uint8Array(frameBytesMax + 1))).malformed, null);
});

test('empty frames, which could come for ever, are refused', () => {
  assert.match(String(demultiplex(frame('stdout', new Uint8Array())).malformed), /0 bytes/);
});

test('a stream that is neither stdout nor stderr, or padding that is not zero, is refused', () => {
  for (const header of [
    [0, 0, 0, 0, 0, 0, 0, 1],
    [3, 0, 0, 0, 0, 0, 0, 1],
    [1, 0, 1, 0, 0, 0, 0, 1],
  ]) {
    assert.match(String(demultiplex(Uint8Array.from(header)).malformed), /no known stream/);
  }
});

test('a stream that stops in the middle of a frame or a header is known to be cut off', () => {
  const bytes = frame('stdout', Buffer.from('abc'));
  for (let length = 1; length < bytes.byteLength; length += 1) {
    assert.equal(demultiplex(bytes.subarray(0, length)).atRest, false);
  }
});
