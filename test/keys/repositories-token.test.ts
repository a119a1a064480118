/** Where the token goes; who asks for it in vain is a row of test/hostile/corpus/git. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asBase, change, forge, soon, token } from './given-repositories.ts';

test('the token is in no argument of a process and in no file of the state directory', async () => {
  await using place = await forge();
  await using commands = watchCommandLines();
  const base = asBase(await place.fetch(place.url));
  await place.repositories.push({ base, commit: await change(base), branch: 'self-build/1' }, soon());
  const lines = await commands.stop();
  assert.ok(
    lines.some((line) => line.includes('push')),
    'the push was seen',
  );
  const forms = [
    token,
    Buffer.from(token).toString('base64'),
    Buffer.from(`x-access-token:${token}`).toString('base64'),
  ];
  for (const line of lines) assert.ok(!forms.some((form) => line.includes(form)), line);
  for (const entry of await readdir(place.stateDir, { recursive: true, withFileTypes: true })) {
    assert.ok(!entry.name.startsWith('scratch-'), entry.name);
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    assert.ok(!forms.some((form) => bytes.includes(form)), entry.name);
  }
});

/** Every command line of a git on this machine, sampled until it is told to stop. */
function watchCommandLines() {
  const seen = new Set<string>();
  const watching = new AbortController();
  const sampling = (async () => {
    while (!watching.signal.aborted) {
      for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
        // A process may end between being listed and being read.
        const line = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
        if (line.includes('git')) seen.add(line);
      }
    }
  })();
  const stop = async () => {
    watching.abort();
    await sampling;
    return [...seen];
  };
  return { stop, [Symbol.asyncDispose]: () => stop().then(() => undefined) };
}
