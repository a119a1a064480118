/** Group P of the hostile cases: which words may become a proposal at all. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { propose } from '../../orchestrator/gate/propose.ts';
import { findProposal, listProposals } from '../../orchestrator/store/proposals.ts';
import { selfCoding } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { databaseUrl } from '../support/job.ts';
import { readCases } from './corpus.ts';
import { fieldsOf, textCase } from './texts-cases.ts';

const database = await testDatabase();
after(() => database[Symbol.asyncDispose]());
const { db } = database;
const ordinary = {
  title: 'Round half up in invoices',
  description: 'Totals are one cent short.',
  repo: '/srv/repos/invoices',
  baseBranch: 'main',
  testCommand: 'python3 -m pytest -q tests',
  proposedBy: 'ada',
};

for (const row of readCases('texts', textCase)) {
  if (row.kind !== 'create') continue;
  test(`${row.id} ${row.title}`, async () => {
    const before = (await listProposals(db, { limit: 500 })).length;
    const given = { ...ordinary, ...fieldsOf(row.proposal) };
    const proposed = await propose(db, given);
    if (row.expected === 'kept') {
      assert.ok(proposed.kind === 'proposed', JSON.stringify(proposed));
      const kept = await findProposal(db, proposed.proposal.id);
      const { title, description, testCommand } = given;
      assert.deepEqual([kept?.title, kept?.description, kept?.testCommand], [title, description, testCommand]);
      await assertShown(proposed.proposal.id, [title, description, testCommand]);
      return;
    }
    assert.ok(proposed.kind === 'invalid', 'it was taken');
    assert.match(proposed.problems.join('; '), new RegExp(row.expected.problem));
    // A problem is a sentence of ours: it repeats nothing of the text, and can be shown anywhere.
    assert.doesNotMatch(proposed.problems.join('; '), /(?!\n)[\p{C}\p{Default_Ignorable_Code_Point}]|canary/u);
    assert.equal((await listProposals(db, { limit: 500 })).length, before, 'nothing is written');
  });
}

/** What a person reads before approving is every character of it; what a terminal would hide or act on is written out. */
async function assertShown(id: string, texts: readonly string[]): Promise<void> {
  const env = { DATABASE_URL: databaseUrl(database.address) };
  const page = await selfCoding(['show', id], { env });
  const json = await selfCoding(['show', id, '--json'], { env });
  assert.equal(page.exitCode, 0, page.stderr);
  for (const text of texts) {
    const written = text.replace(/(?!\n)\p{C}/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
    assert.ok(page.stdout.includes(written), written);
    assert.ok(json.stdout.includes(JSON.stringify(text)));
  }
}
