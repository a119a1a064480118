/** What leaves the machine with a proposer's words in it: a commit message, a title and a body. */
import assert from 'node:assert/strict';
import { commitMessage, pullRequestBody, subjectOf } from '../../orchestrator/job/texts.ts';
import { createBareGit } from '../../orchestrator/git/bare-git.ts';
import type { Approval, Proposal } from '../../orchestrator/ports/proposal.ts';
import { makeRepository } from '../support/repository.ts';
import { fieldsOf, type PublishCase, textOf } from './texts-cases.ts';

const ordinary: Proposal = {
  id: '0198c0de-0000-7000-8000-000000000001',
  title: 'Round half up in invoices',
  description: 'Totals are one cent short.',
  repo: '/srv/repos/invoices',
  baseBranch: 'main',
  testCommand: 'python3 -m pytest -q tests',
  riskLevel: 'low',
  scope: [],
  allowedPaths: [],
  status: 'queued_for_self_build',
  proposedBy: 'ada',
  createdAt: new Date(0),
  approval: null,
  auditNote: null,
  failure: null,
};
const granted: Approval = { by: 'bob', at: new Date(1e12), expiresAt: new Date(2e12), digest: 'd'.repeat(64) };
const author = { name: 'Self-Coding Engine', email: 'self-coding-engine@localhost' };

export async function playPublish({
  proposal,
  approvedBy,
  paths = ['src/a.py'],
  expected,
}: PublishCase): Promise<void> {
  const hostile = { ...ordinary, ...fieldsOf(proposal) };
  const approval = { ...granted, by: textOf(approvedBy ?? 'bob') };
  const subject = subjectOf(hostile.title);
  assert.equal(subject, expected.subject);
  assertLine(subject);
  assertBody(bodyOf(hostile, approval, paths));
  await assertCommit(hostile, approval);
}

function bodyOf(proposal: Proposal, approval: Approval, paths: readonly string[]): string {
  const id = 'a'.repeat(40);
  const files = paths.map((path) => ({ path, status: 'M' }) as const);
  const run = { exitCode: 0, end: 'exited', report: null, durationMs: 1, log: '' } as const;
  const evidence = { base: run, patched: run, image: 'image', runtime: 'runc', rounds: [], flags: [] };
  return pullRequestBody({
    proposal,
    approval,
    base: id,
    commit: id,
    tree: id,
    files,
    evidence,
    bundleDigest: 'e'.repeat(64),
  });
}

function assertLine(subject: string): void {
  assert.ok(Array.from(subject).length <= 72 && subject.trim() !== '');
  assert.ok(subject.isWellFormed());
  // Nothing that a forge, a bot, a terminal or a renderer of Markdown acts on, and nothing that can't be seen.
  assert.doesNotMatch(
    subject,
    /[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029@#<>`[\]!|*_~\\]|:\/\/|^[/\s-]|GH-\d/u,
  );
}

/** The words of others stand in code only: without the code nothing is left but the template. */
function assertBody(body: string): void {
  assert.equal(outsideOfCode(body), outsideOfCode(bodyOf(ordinary, granted, ['src/a.py'])));
  assert.ok(body.length < 65_536, 'GitHub takes no longer one');
  assert.ok(body.isWellFormed());
  assert.doesNotMatch(body, /(?![\n\t])[\p{C}\u2028\u2029]/u);
  assertInert(body);
}

/** For bots, and for a commit message that a squash makes of the body: both read it raw, and know no code. */
function assertInert(raw: string): void {
  for (const line of raw.split('\n')) {
    assert.doesNotMatch(line, /^\s*(?:\/[a-z]|@|bors\b|\.take\b|!merge)/i, 'a command of a bot');
    assert.doesNotMatch(line, /^(?:co-authored-by|signed-off-by|skip-checks|reviewed-by|[a-z-]+-by)\s*:/i, 'a trailer');
  }
  assert.doesNotMatch(
    raw,
    /\[(?:skip|no) (?:ci|actions)\]|\[(?:ci|actions) skip\]|\*\*\*NO_CI\*\*\*/i,
    'a mark that skips tests',
  );
  assert.doesNotMatch(raw, /(?<![\p{L}\p{N}_])@[\p{L}\p{N}_]/u, 'a mention');
  assert.doesNotMatch(raw, /#\d|\bGH-\d/i, 'a reference');
  assert.doesNotMatch(raw, /:\/\/\S/, 'a link');
  assert.doesNotMatch(raw, /<!--/, 'a mark of a bot');
}

/** CommonMark's fences and code spans, each replaced by one mark. */
function outsideOfCode(markdown: string): string {
  const kept: string[] = [];
  let fence: string | null = null;
  for (const line of markdown.split('\n')) {
    const run = /^ {0,3}(`{3,})\s*$/.exec(line)?.[1];
    if (fence !== null) {
      if (run !== undefined && run.length >= fence.length) fence = null;
      continue;
    }
    const opened = /^ {0,3}(`{3,})[^`]*$/.exec(line)?.[1];
    if (opened !== undefined) fence = opened;
    kept.push(opened === undefined ? line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '<code>') : '<fence>');
  }
  assert.equal(fence, null, 'every fence is closed');
  return kept.join('\n');
}

/** On a real commit: its headers are git's, its message is the template with one line of the proposal's. */
async function assertCommit(proposal: Proposal, approval: Approval): Promise<void> {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  const parent = await repository.git(['rev-parse', 'main']);
  const tree = await repository.git(['rev-parse', 'main^{tree}']);
  const message = commitMessage(proposal, approval, 'f'.repeat(64));
  const id = await createBareGit(repository.path).commit({ parent, tree, message, author, date: approval.at });
  const [headers = '', subject, empty, ...rest] = splitCommit(await repository.git(['cat-file', 'commit', id]));
  const who = `${author.name} <${author.email}> 1000000000 +0000`;
  assert.equal(headers, `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}`);
  assert.equal(subject, subjectOf(proposal.title));
  assert.equal(empty, '');
  const plain = commitMessage(ordinary, approval, 'f'.repeat(64)).split('\n').slice(2).join('\n').trim();
  assert.equal(rest.join('\n'), plain);
  const trailers = await repository.git(['interpret-trailers', '--parse'], message);
  assert.match(
    trailers,
    /^Self-Coding-Engine-Proposal: .+\nSelf-Coding-Engine-Approval: .+\nSelf-Coding-Engine-Patch: .+$/,
  );
}

function splitCommit(raw: string): readonly string[] {
  const end = raw.indexOf('\n\n');
  return [raw.slice(0, end), ...raw.slice(end + 2).split('\n')];
}
