/** What the runs showed, in the form that is stored, printed and put into the pull request. */
import { label } from '../outcome.ts';
import type { ModelUsage } from '../ports/model.ts';
import type { BoundedLog, Evidence, SandboxRun, TestRun } from '../ports/sandbox.ts';
import type { Rounds } from './rounds.ts';

/** Without tests a sandbox has only applied and exported the change: that is no test run, and is not shown as one. */
export function evidenceOf({ trials, prepared }: Rounds, skipTests: boolean): Evidence {
  const last = trials.at(-1);
  const lastRun = last?.run ?? null;
  const sandbox = lastRun ?? prepared?.baseRun ?? null;
  return {
    base: testRun(prepared?.baseRun ?? null),
    patched: skipTests ? null : testRun(lastRun),
    image: sandbox?.image ?? null,
    runtime: sandbox?.runtime ?? null,
    rounds: trials.map(({ tree, result }) => ({ tree, failure: result.kind === 'refused' ? label(result) : null })),
    flags: last?.result.kind === 'proven' ? last.result.flags : [],
  };
}

export function usageOf({ trials }: Rounds): ModelUsage {
  const sum = { requests: 0, promptTokens: 0, completionTokens: 0 };
  for (const { usage } of trials) {
    if (usage === null) continue;
    sum.requests += usage.requests;
    sum.promptTokens += usage.promptTokens;
    sum.completionTokens += usage.completionTokens;
  }
  return sum;
}

function testRun(run: SandboxRun | null): TestRun | null {
  if (run === null) return null;
  return {
    exitCode: run.exitCode,
    end: run.end,
    report: run.report,
    durationMs: run.timingsMs.total,
    log: printable(run.log),
  };
}

/**
 * A log as text that can't act on a terminal, a page or a CI parser: control characters are written out
 * (an escape sequence could retitle a terminal, a carriage return overwrite a line), bad UTF-8 becomes U+FFFD.
 */
export function printable({ head, tail, totalBytes }: BoundedLog): string {
  const left = totalBytes - head.byteLength - tail.byteLength;
  const gap = left > 0 ? `\n… ${left} bytes left out …\n` : '';
  return `${escaped(head)}${gap}${escaped(tail)}`;
}

function escaped(bytes: Uint8Array): string {
  // Everything in Unicode's "Other" category but newline and tab: controls, format characters, lone surrogates.
  return new TextDecoder().decode(bytes).replace(/(?![\n\t])\p{C}/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
