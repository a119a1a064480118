/**
 * The texts that leave the machine. Fixed templates: a proposer's words appear as one cleaned line or inside a code
 * fence, where mentions, closing keywords, images, links and HTML have no effect, and not for who reads it raw either.
 */
import type { Accepted } from '../inspect/inspect.ts';
import type { CommitId, TreeId } from '../ports/git.ts';
import type { Approval, Proposal } from '../ports/proposal.ts';
import type { Evidence, TestRun } from '../ports/sandbox.ts';

const subjectLimit = 72;
const quoteLimit = 8_000;

/** One line of at most 72 characters: nothing invisible, no mention, command or option, no `[skip ci]`, no issue reference. */
export function subjectOf(title: string): string {
  const line = title
    .replace(/[\p{C}\p{Z}\s]+/gu, ' ')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    // References that a forge turns into links, and with a keyword before them into the closing of an issue.
    .replaceAll('://', ' ')
    .replace(/\bGH-(?=\d)/gi, 'GH ')
    .replace(/[@#<>`[\]!|*_~\\]/g, ' ')
    .replace(/ +/g, ' ')
    .replace(/^[ /-]+/, '')
    .trim();
  const characters = Array.from(line === '' ? 'Improvement' : line);
  return characters.length <= subjectLimit ? characters.join('') : `${characters.slice(0, subjectLimit - 1).join('')}…`;
}

/** Depends on nothing that a second delivery would change, so that the commit id stays the same. */
export function commitMessage(proposal: Proposal, approval: Approval, patchDigest: string): string {
  return [
    subjectOf(proposal.title),
    '',
    'Written by a model and not reviewed yet; see the pull request for what its tests showed.',
    '',
    `Self-Coding-Engine-Proposal: ${proposal.id}`,
    `Self-Coding-Engine-Approval: ${approval.digest}`,
    `Self-Coding-Engine-Patch: sha256:${patchDigest}`,
    '',
  ].join('\n');
}

export interface PullRequestFacts {
  readonly proposal: Proposal;
  readonly approval: Approval;
  readonly base: CommitId;
  readonly commit: CommitId;
  readonly tree: TreeId;
  readonly files: Accepted['files'];
  readonly evidence: Evidence;
  readonly bundleDigest: string;
}

export function pullRequestBody(facts: PullRequestFacts): string {
  const { proposal, approval, evidence } = facts;
  return [
    'A model wrote this change; people approved the proposal, not the code. Please review it like any other.',
    '',
    '## What was proposed',
    '',
    quoted(`${proposal.title}\n\n${proposal.description}`.trim()),
    '',
    `Proposed by ${plain(proposal.proposedBy)}, risk ${proposal.riskLevel}. Approved by ${plain(approval.by)} on ${approval.at.toISOString()} (digest \`${approval.digest.slice(0, 16)}\`).`,
    '',
    '## What changed',
    '',
    fenced(facts.files.map(({ status, path }) => `${status} ${path}`).join('\n')),
    '',
    ...lookTwice(evidence.flags),
    '## What the runs showed',
    '',
    '| run | ended | exit code | tests | failures | time |',
    '| --- | --- | --- | --- | --- | --- |',
    runRow('untouched base', evidence.base),
    runRow('with this change', evidence.patched),
    '',
    commandLine(proposal, evidence),
    `Drafts needed: ${evidence.rounds.length}. Sandbox: \`${evidence.image ?? 'unknown'}\`, runtime \`${evidence.runtime ?? 'unknown'}\`, no network.`,
    '',
    '## How to check it',
    '',
    `Base \`${facts.base}\`, commit \`${facts.commit}\`, tree \`${facts.tree}\`: the tree that was inspected${evidence.patched === null ? '' : ' and tested'} is the one that was pushed.`,
    `Proposal \`${proposal.id}\`, bundle \`sha256:${facts.bundleDigest}\`.`,
    '',
  ].join('\n');
}

/** Signs, not proofs; a line of the change is named, never quoted. */
function lookTwice(flags: Evidence['flags']): readonly string[] {
  if (flags.length === 0) return [];
  const lines = flags.map(({ flag, path, line }) => `${path}${line === null ? '' : `:${line}`}: ${meanings[flag]}`);
  return ['## Look at this twice', '', fenced(lines.join('\n')), ''];
}

const meanings: Readonly<Record<Evidence['flags'][number]['flag'], string>> = {
  guarded: 'decides what is installed or how it is built; the proposal asked to open it',
  'tests-changed': 'belongs to the tests that this change was judged by',
  'env-detection': 'looks at whether it runs in a test, in CI or in a container',
  obfuscated: 'holds code or data that can not be read',
  network: 'reaches for the network or another program; in the sandbox there was none',
};

function commandLine({ testCommand }: Proposal, { patched }: Evidence): string {
  if (patched === null) return '**Tests were switched off: nothing of this change has been run.**';
  return `Command: ${inlineCode(testCommand)}. Counts are what the test runner itself reported.`;
}

function runRow(name: string, run: TestRun | null): string {
  if (run === null) return `| ${name} | not run | | | | |`;
  const { report } = run;
  const bad = report === null ? '' : String(report.failures + report.errors);
  const seconds = (run.durationMs / 1000).toFixed(1);
  return `| ${name} | ${run.end.replaceAll('_', ' ')} | ${run.exitCode ?? ''} | ${report?.tests ?? ''} | ${bad} | ${seconds} s |`;
}

/** A mark before each line: none of them is a command of a bot, or a trailer of a commit. */
function quoted(text: string): string {
  return fenced(text.replace(/^/gm, '> '));
}

/** A fence longer than any run of backticks inside: the text can't end it. */
function fenced(text: string): string {
  const whole = inert(text.replace(/(?![\n\t])[\p{C}\u2028\u2029]/gu, '�'));
  const more = whole.length - quoteLimit;
  const visible = more > 0 ? `${start(whole, quoteLimit)}\n… ${more} more characters, not shown here` : whole;
  const longest = Math.max(2, ...[...visible.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${visible}\n${fence}`;
}

function inlineCode(text: string): string {
  return `\`${start(inert(text.replace(/[`\p{C}\u2028\u2029]/gu, ' ')), 200)}\``;
}

/** At most so many UTF-16 units; a character that was cut in two becomes U+FFFD. */
function start(text: string, most: number): string {
  return text.slice(0, most).toWellFormed();
}

/** Mentions, references, links, marks that skip tests, marks of bots: each up to where a space breaks it. */
const acting =
  /(?<![\p{L}\p{N}_])@(?=[\p{L}\p{N}_])|#(?=\d)|\bGH-(?=\d)|:\/\/(?=\S)|<(?=!--)|\[(?=(?:skip|no|ci|actions)[ _-])|\*{3}(?=NO_CI)/giu;

/** Bots read a body raw, and a squash makes a commit message of it: to both, code is text like any other. */
function inert(text: string): string {
  return text.replace(acting, '$& ');
}

function plain(name: string): string {
  return inlineCode(name);
}
