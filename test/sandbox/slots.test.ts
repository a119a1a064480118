import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from '../../orchestrator/sandbox/slots.ts';

const never = new AbortController().signal;

test('no two hold the same slot, and the lowest free one is given', async () => {
  const slots = new Slots(3);
  const [a, b] = [await slots.take(never), await slots.take(never)];
  assert.deepEqual([a.number, b.number], [0, 1]);
  a[Symbol.dispose]();
  assert.equal((await slots.take(never)).number, 0);
  assert.equal((await slots.take(never)).number, 2);
});

test('who comes when none is free waits, first come, first served', async () => {
  const slots = new Slots(1);
  const held = await slots.take(never);
  const order: string[] = [];
  const come = async (name: string) => {
    using _slot = await slots.take(never);
    order.push(name);
  };
  const [first, second] = [come('first'), come('second')];
  await new Promise(setImmediate);
  assert.deepEqual(order, []);
  held[Symbol.dispose]();
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first', 'second']);
});

test('a slot given back twice is free once', async () => {
  const slots = new Slots(1);
  const slot = await slots.take(never);
  slot[Symbol.dispose]();
  slot[Symbol.dispose]();
  await slots.take(never);
  const abort = new AbortController();
  const waiting = slots.take(abort.signal);
  abort.abort(new Error('none was free'));
  await assert.rejects(waiting, /none was free/);
});

test('who gives up waiting takes no slot', async () => {
  const slots = new Slots(1);
  const held = await slots.take(never);
  const abort = new AbortController();
  const waiting = slots.take(abort.signal);
  abort.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  held[Symbol.dispose]();
  assert.equal((await slots.take(never)).number, 0);
});

test('an aborted signal takes nothing', async () => {
  const slots = new Slots(1);
  await assert.rejects(slots.take(AbortSignal.abort(new Error('too late'))), /too late/);
  assert.equal((await slots.take(never)).number, 0);
});
