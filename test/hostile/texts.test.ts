/** Group P of the hostile cases, as far as it needs neither a database nor a sandbox. */
import { test } from 'node:test';
import { readCases } from './corpus.ts';
import { playAnswer } from './texts-answer.ts';
import { textCase } from './texts-cases.ts';
import { playPrompt } from './texts-prompt.ts';
import { playPublish } from './texts-publish.ts';

for (const row of readCases('texts', textCase)) {
  switch (row.kind) {
    case 'publish':
      test(`${row.id} ${row.title}`, () => playPublish(row));
      break;
    case 'prompt':
      test(`${row.id} ${row.title}`, () => playPrompt(row));
      break;
    case 'answer':
      test(`${row.id} ${row.title}`, () => playAnswer(row));
      break;
    case 'create': // texts.db.test.ts
    case 'job': // texts.e2e.test.ts
      break;
  }
}
