import { refuse, type Refused } from '../outcome.ts';
import type { ReportCounts, SandboxRun } from '../ports/sandbox.ts';

/** Exit codes of a shell that found no such command, or might not run it. */
const commandNotRun = new Set([126, 127]);
/** pytest's own code for "no tests were collected". */
const nothingCollected = 5;

/**
 * Did the tests run, and pass? The daemon's word and our clock decide; a report can only make it worse.
 * `base` is the run on the untouched base, or null where there is none. Null = passed.
 */
export function judge(run: SandboxRun, base: SandboxRun | null): Refused | null {
  switch (run.end) {
    case 'out_of_time':
      return refuse('tests_timeout', 'The tests did not end in time; a quicker test command or a longer limit helps.');
    case 'output_limit':
      return refuse('sandbox_output_limit', 'The tests printed more than the sandbox allows.');
    case 'oom':
      return refuse(
        'sandbox_oom',
        'A process of the tests was killed for memory; see memoryBytes in policies/sandbox.json.',
      );
    case 'exited':
      return judgeExit(run) ?? judgeReport(run.report, base?.report ?? null);
  }
}

function judgeExit({ exitCode, report }: SandboxRun): Refused | null {
  if (exitCode === null) return refuse('sandbox_crash', 'The sandbox ended without an exit code.');
  if (commandNotRun.has(exitCode)) {
    return refuse('tests_not_run', `The test command could not be run (exit code ${exitCode}).`);
  }
  if (exitCode === nothingCollected && (report === null || report.tests === 0)) {
    return refuse('tests_not_run', 'The test command found no tests to run (exit code 5).');
  }
  return exitCode === 0 ? null : refuse('tests_failed', `The tests failed (exit code ${exitCode}).`);
}

/** Exit code 0 alone is no pass: code under test can end the runner early, or replace it. */
function judgeReport(report: ReportCounts | null, base: ReportCounts | null): Refused | null {
  if (report === null) {
    if (base === null) return null;
    return refuse('tests_not_run', 'The command exited with 0 but wrote no report, although it does on the base.');
  }
  if (report.tests === 0) return refuse('tests_not_run', 'The test command passed, but its report counts no test.');
  const bad = report.failures + report.errors;
  if (bad > 0) return refuse('tests_failed', `The command exited with 0, but its report counts ${bad} failures.`);
  const [ran, ranOnBase] = [report.tests - report.skipped, base === null ? 0 : base.tests - base.skipped];
  if (ran >= ranOnBase) return null;
  return refuse('tests_weakened', `Only ${ran} tests ran with the change; on the base it was ${ranOnBase}.`);
}
