import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { propose } from '../../orchestrator/gate/propose.ts';
import { listProposals } from '../../orchestrator/store/proposals.ts';
import { testDatabase } from '../support/database.ts';
import { content } from '../store/given.ts';

const database = await testDatabase();
after(() => database[Symbol.asyncDispose]());
const { db } = database;

const tag = String.fromCodePoint(0xe0041);
const refused: readonly (readonly [string, unknown, string])[] = [
  ['a title of 10 MB', { ...content, title: 'x'.repeat(10_000_000) }, 'title must have at most 300 characters'],
  ['an empty title', { ...content, title: ' \n ' }, 'title must not be empty'],
  ['a title of two lines', { ...content, title: 'a\nb' }, 'title must be one line without control characters'],
  [
    'a title with an escape sequence',
    { ...content, title: '\x1b[2J' },
    'title must be one line without control characters',
  ],
  ['a NUL', { ...content, description: 'a\0b' }, 'description must not contain NUL'],
  [
    'a backspace',
    { ...content, description: 'a\bb' },
    'description must not contain control characters but newline and tab',
  ],
  [
    'a lone carriage return',
    { ...content, description: 'a\rb' },
    'description must not contain control characters but newline and tab',
  ],
  ['half a surrogate pair', { ...content, description: '\uD800' }, 'description must be valid Unicode'],
  [
    'tag characters',
    { ...content, description: `fix it${tag}` },
    'description must not contain invisible tag characters',
  ],
  [
    'tag characters in a title',
    { ...content, title: `fix it${tag}` },
    'title must not contain invisible tag characters',
  ],
  [
    'a description that is too long',
    { ...content, description: 'x'.repeat(200_001) },
    'description must have at most 200000 characters',
  ],
  ['no repository', { ...content, repo: '' }, 'repo must not be empty'],
  ['a blank test command', { ...content, testCommand: ' \n' }, 'testCommand must not be empty'],
  ['nobody who proposes', { ...content, proposedBy: ' ' }, 'proposedBy must not be empty'],
  [
    'a path that leads out of the repository',
    { ...content, allowedPaths: ['../package.json'] },
    'allowedPaths.0 must be a path from the root of the repository, without ".", ".." or a slash at either end',
  ],
  ['a scope of two lines', { ...content, scope: ['a\nb'] }, 'scope.0 must be one line without control characters'],
  ['a number for a title', { ...content, title: 7 }, 'title must be text'],
];

for (const [what, input, problem] of refused) {
  test(`${what} is refused with a sentence that says so, and nothing is written`, async () => {
    assert.deepEqual(await propose(db, input), { kind: 'invalid', problems: [problem] });
    assert.deepEqual(await listProposals(db), []);
  });
}

test('what is no proposal at all, has an unknown field or an unknown risk is refused', async () => {
  for (const input of [null, 'x', [], {}, { ...content, status: 'approved' }, { ...content, riskLevel: 'none' }]) {
    const proposed = await propose(db, input);
    assert.equal(proposed.kind, 'invalid');
    assert.ok(proposed.kind === 'invalid' && proposed.problems.length > 0);
  }
});

test('a proposal is written as proposed, trimmed, with its line ends made plain, at the very bounds too', async () => {
  const input = {
    ...content,
    title: `  ${'x'.repeat(296)}  `,
    description: `a\r\n\tb${'\u{1F600}'.repeat(99_998)}`,
    testCommand: `sh -c 'true'; echo "$1" \\; -- ' OR 1=1`,
    scope: ['src/**', '!src/x'],
    allowedPaths: ['a/package.json'],
  };
  const proposed = await propose(db, input);
  assert.equal(proposed.kind, 'proposed');
  assert.ok(proposed.kind === 'proposed');
  const { proposal } = proposed;
  assert.deepEqual([proposal.status, proposal.title], ['proposed', 'x'.repeat(296)]);
  assert.equal(proposal.description, `a\n\tb${'\u{1F600}'.repeat(99_998)}`);
  assert.deepEqual([proposal.testCommand, proposal.proposedBy], [input.testCommand, 'ada']);
  assert.deepEqual([proposal.scope, proposal.allowedPaths], [input.scope, input.allowedPaths]);
});
