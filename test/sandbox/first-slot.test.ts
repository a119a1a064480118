import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstSlot, slotsPerRunner } from '../../orchestrator/sandbox/first-slot.ts';

test('two runners on one daemon number their slots apart, two processes with one state directory too', () => {
  const firsts = [firstSlot('one', 7), firstSlot('other', 7), firstSlot('one', 8)];
  assert.equal(new Set(firsts).size, 3);
  for (const first of firsts) assert.equal(first % slotsPerRunner, 0);
});

test('whatever the instance and the process, the users stay in the range set aside for them', () => {
  for (let id = 1; id < 5000; id += 7) {
    const first = firstSlot(`instance-${id}`, id * 800);
    assert.ok(first >= 0 && first + slotsPerRunner <= 64_000);
  }
});
