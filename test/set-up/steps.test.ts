import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { formatDuration, type Screen, showSteps, silentSteps } from '../../orchestrator/set-up/steps.ts';

function screen(isTTY: boolean): Screen & { readonly shown: () => string } {
  let shown = '';
  return {
    isTTY,
    columns: 40,
    write: (text) => {
      shown += text;
    },
    shown: () => shown,
  };
}

test('a step that had nothing to do is one quiet line without a time', async () => {
  const plain = screen(false);
  assert.equal(await showSteps(plain).run('Docker Engine', () => Promise.resolve(7)), 7);
  assert.equal(plain.shown(), '✓ Docker Engine  ok\n');
});

test('a step that says what it did ends with that and its time', async () => {
  const plain = screen(false);
  await showSteps(plain).run('base image', async (say) => say('pulled'));
  assert.match(plain.shown(), /^✓ base image {2}pulled {2}\d+ ms\n$/);
});

test('in a log, what takes long is announced before it is over', async () => {
  const plain = screen(false);
  await showSteps(plain).run('base image', async (say) => {
    say('building');
    await sleep(700);
  });
  assert.match(plain.shown(), /^… base image {2}building\n✓ base image {2}building {2}\S+ m?s\n$/);
});

test('a step that fails is marked, and its error is passed on', async () => {
  const plain = screen(false);
  const failure = new Error('no');
  const failing = showSteps(plain).run('base image', () => Promise.reject(failure));
  await assert.rejects(failing, failure);
  assert.match(plain.shown(), /^✗ base image {2}failed/);
});

test('on a terminal one line is overwritten and never wraps', async () => {
  const terminal = screen(true);
  await showSteps(terminal).run('base image', async (say) => say('x'.repeat(100)));
  const [first = ''] = terminal
    .shown()
    .split('\r\u001b[2K')
    .filter((line) => line !== '');
  assert.equal(first.length, 39);
  assert.equal(terminal.shown().split('\n').length, 2);
});

test('silent steps run without a screen', async () => {
  assert.equal(await silentSteps.run('anything', async (say) => (say('hush'), 3)), 3);
});

test('durations are shown in ms below a second and in seconds above', () => {
  assert.equal(formatDuration(12.4), '12 ms');
  assert.equal(formatDuration(3249), '3.2 s');
});
