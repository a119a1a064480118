import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOfComment, pathOfInfo, pathOfLine } from '../../../orchestrator/mend/read/label.ts';

const known = (path: string): boolean => ['src/a.py', 'Makefile', 'my notes.txt'].includes(path);

for (const [line, path] of [
  ['src/a.py', 'src/a.py'],
  ['`src/a.py`', 'src/a.py'],
  ['**src/a.py**', 'src/a.py'],
  ['### `src/new.ts` (new file)', 'src/new.ts'],
  ['File: src/a.py', 'src/a.py'],
  ['**File:** `src/a.py`', 'src/a.py'],
  ['1. `./src/a.py`:', './src/a.py'],
  ['- src/new.ts', 'src/new.ts'],
  ['Makefile', 'Makefile'],
  ['my notes.txt:', 'my notes.txt'],
  ['Change src/a.py like this:', null],
  ['In `src/a.py` the bug is:', null],
  ['Example:', null],
  ['Output', null],
  ['e.g.', null],
  ['', null],
] as const) {
  test(`the line "${line}" names ${path ?? 'no file'}`, () => assert.equal(pathOfLine(line, known), path));
}

for (const [info, path] of [
  ['python src/a.py', 'src/a.py'],
  ['src/new.ts', 'src/new.ts'],
  ['ts:src/new.ts', 'src/new.ts'],
  ['js title="src/new.js"', 'src/new.js'],
  ['text my notes.txt', 'my notes.txt'],
  ['python Other Folder/new.py', null],
  ['python', null],
  ['diff', null],
] as const) {
  test(`the info string "${info}" names ${path ?? 'no file'}`, () => assert.equal(pathOfInfo(info, known), path));
}

test('a comment names a file only if the base has it', () => {
  assert.equal(pathOfComment('# src/a.py', known), 'src/a.py');
  assert.equal(pathOfComment('// File: src/a.py', known), 'src/a.py');
  assert.equal(pathOfComment('# src/b.py', known), null);
  assert.equal(pathOfComment('# see src/a.py', known), null);
});
