/** JUnit's XML, read for its counts. They are claims of untrusted code: they can make a verdict worse, never better. */
import type { ReportCounts } from '../ports/sandbox.ts';

/** What is skipped whole: comments, character data, processing instructions. */
const skipped = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;
/** An element's start or end. Not a DOCTYPE: no entity is ever expanded. No part of it can match in two ways. */
const tag =
  /<(?:\/(?<close>[A-Za-z][\w.:-]*)\s*|(?<open>[A-Za-z][\w.:-]*)(?<attributes>(?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/?))>/y;
const attribute = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;
const depthMax = 64;

interface Suite {
  readonly name: string;
  readonly depth: number;
  readonly attributes: string;
}

/**
 * The counts of one report; null if it is not well-formed, is cut off, or has no counts.
 * They are those of the root where it has them, else the sum over the suites right below it.
 */
export function readReport(bytes: Uint8Array): ReportCounts | null {
  const suites = readSuites(decode(bytes));
  const root = suites?.[0];
  if (suites === null || root === undefined || root.depth !== 0) return null;
  const whole = readCounts(root.attributes);
  if (whole !== null || root.name === 'testsuite') return whole;
  return sumReports(suites.filter(({ depth }) => depth === 1).map(({ attributes }) => readCounts(attributes)));
}

/** The sum; null for none, or if one of them is null. */
export function sumReports(reports: readonly (ReportCounts | null)[]): ReportCounts | null {
  let sum: ReportCounts = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  for (const report of reports) {
    if (report === null) return null;
    sum = {
      tests: sum.tests + report.tests,
      failures: sum.failures + report.failures,
      errors: sum.errors + report.errors,
      skipped: sum.skipped + report.skipped,
    };
  }
  return reports.length === 0 ? null : sum;
}

/** Every `testsuite(s)` element with its depth, in order; null if the document is not well-formed to its very end. */
function readSuites(text: string | null): readonly Suite[] | null {
  if (text === null) return null;
  const suites: Suite[] = [];
  const open: string[] = [];
  let rootClosed = false;
  for (let at = text.indexOf('<'); at !== -1; ) {
    const found = tagAt(text, at);
    if (found === null) return null;
    at = text.indexOf('<', found.end);
    if (found.kind === 'skipped') continue;
    if (found.kind === 'close') {
      if (open.pop() !== found.name) return null;
    } else {
      if (rootClosed || open.length === depthMax) return null;
      if (/^testsuites?$/.test(found.name)) suites.push({ ...found, depth: open.length });
      if (!found.empty) open.push(found.name);
    }
    rootClosed = open.length === 0;
  }
  return rootClosed ? suites : null;
}

function tagAt(text: string, at: number) {
  for (const [start, stop] of skipped) {
    if (!text.startsWith(start, at)) continue;
    const end = text.indexOf(stop, at + start.length);
    return end === -1 ? null : ({ kind: 'skipped', end: end + stop.length } as const);
  }
  const sticky = new RegExp(tag);
  sticky.lastIndex = at;
  const groups = sticky.exec(text)?.groups;
  if (groups === undefined) return null;
  const { open, close, attributes = '', empty } = groups;
  const end = sticky.lastIndex;
  if (close !== undefined) return { kind: 'close', name: close, end } as const;
  return open === undefined ? null : ({ kind: 'open', name: open, attributes, empty: empty === '/', end } as const);
}

function readCounts(attributes: string): ReportCounts | null {
  const found = new Map([...attributes.matchAll(attribute)].map(([, name, a, b]) => [name, a ?? b ?? '']));
  const count = (name: string) => (/^\d{1,7}$/.test(found.get(name) ?? '0') ? Number(found.get(name) ?? '0') : null);
  const [tests, failures, errors, skipped] = [count('tests'), count('failures'), count('errors'), count('skipped')];
  if (!found.has('tests') || tests === null || failures === null || errors === null || skipped === null) return null;
  return { tests, failures, errors, skipped };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
