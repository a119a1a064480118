import { refuse, type Refused } from '../outcome.ts';
import type { SandboxRun } from '../ports/sandbox.ts';

/** Exit codes of a shell that found no such command, or might not run it. */
const commandNotRun = new Set([126, 127]);
/** pytest's own code for "no tests were collected". */
const nothingCollected = 5;

/** Did the tests run, and pass? The daemon's word and our clock decide; a report can only make it worse. Null = passed. */
export function judge(run: SandboxRun): Refused | null {
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
      return judgeExit(run);
  }
}

function judgeExit({ exitCode, report }: SandboxRun): Refused | null {
  if (exitCode === null) return refuse('sandbox_crash', 'The sandbox ended without an exit code.');
  if (commandNotRun.has(exitCode))
    return refuse('tests_not_run', `The test command could not be run (exit code ${exitCode}).`);
  if (exitCode === nothingCollected && (report === null || report.tests === 0)) {
    return refuse('tests_not_run', 'The test command found no tests to run (exit code 5).');
  }
  if (exitCode !== 0) return refuse('tests_failed', `The tests failed (exit code ${exitCode}).`);
  if (report === null) return null;
  if (report.tests === 0) return refuse('tests_not_run', 'The test command passed, but its report counts no test.');
  const bad = report.failures + report.errors;
  return bad === 0 ? null : refuse('tests_failed', `The command exited with 0, but its report counts ${bad} failures.`);
}
