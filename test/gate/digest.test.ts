import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { approvalDigest } from '../../orchestrator/gate/digest.ts';

const content = {
  title: 'Round half up',
  description: 'Totals are one cent short.',
  repo: '/srv/repos/invoices',
  baseBranch: 'main',
  testCommand: 'python3 -m pytest -q tests',
  riskLevel: 'low',
  scope: [],
  allowedPaths: [],
} as const;
const terms = { policyDigest: 'f'.repeat(64), model: 'gpt-4-0125-preview' };

test('the digest of a given proposal never changes: approvals outlive releases', () => {
  const digest = approvalDigest(content, terms);
  assert.equal(digest, 'c680e8ee0eb03dc635b9698a4e717a0fac44795ac7810b64f01daaf819207a0b');
  const reordered = Object.fromEntries(Object.entries(content).toReversed());
  assert.equal(approvalDigest({ ...content, ...reordered }, terms), digest, 'in whatever order the fields come');
  const stored = { ...content, id: '1', status: 'approved', proposedBy: 'ada', createdAt: new Date() };
  assert.equal(approvalDigest(stored, terms), digest, 'and whatever else the row holds');
});

test('a change of any part of the content, of the policy or of the model makes another digest', () => {
  const digest = approvalDigest(content, terms);
  for (const field of ['title', 'description', 'repo', 'baseBranch', 'testCommand'] as const) {
    assert.notEqual(approvalDigest({ ...content, [field]: `${content[field]} ` }, terms), digest, field);
  }
  assert.notEqual(approvalDigest({ ...content, riskLevel: 'high' }, terms), digest);
  const lists = [
    { scope: ['src/'] },
    { allowedPaths: ['src/'] },
    { scope: ['src/', 'docs/'] },
    { scope: ['src/docs/'] },
  ];
  const digests = lists.map((each) => approvalDigest({ ...content, ...each }, terms));
  assert.equal(new Set([digest, ...digests]).size, lists.length + 1);
  assert.notEqual(approvalDigest(content, { ...terms, policyDigest: '0'.repeat(64) }), digest);
  assert.notEqual(approvalDigest(content, { ...terms, model: 'gpt-4' }), digest);
});

test('text cannot be moved from one field to another without a new digest', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const property = fc.property(text, text, text, text, (a, b, c, d) => {
    const one = approvalDigest({ ...content, title: a, description: b }, terms);
    const other = approvalDigest({ ...content, title: c, description: d }, terms);
    assert.equal(one === other, a === c && b === d);
  });
  fc.assert(property, { numRuns: 200 });
});
