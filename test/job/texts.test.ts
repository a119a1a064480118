import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { subjectOf } from '../../orchestrator/job/texts.ts';

test('a subject is one line of at most 72 characters without anything that a forge acts on', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (title) => {
      const subject = subjectOf(title);
      assert.ok(Array.from(subject).length <= 72 && subject.length > 0);
      assert.doesNotMatch(subject, /[\p{C}\n\r@#<>`[\]!|*_~\\]/u);
    }),
  );
});
