import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../orchestrator/job/judge.ts';
import type { SandboxRun } from '../../orchestrator/ports/sandbox.ts';

const passed: SandboxRun = {
  kind: 'ran',
  end: 'exited',
  exitCode: 0,
  bundle: null,
  report: { tests: 2, failures: 0, errors: 0, skipped: 0 },
  log: { head: new Uint8Array(), tail: new Uint8Array(), totalBytes: 0 },
  image: 'sha256:0',
  runtime: 'runc',
  timingsMs: { start: 1, bundle: 1, total: 1 },
};

/** The untouched base: two tests, one of them failing. */
const onBase: SandboxRun = { ...passed, exitCode: 1, report: { tests: 2, failures: 1, errors: 0, skipped: 0 } };

const endings: readonly [string, Partial<SandboxRun>, string | null, base?: SandboxRun][] = [
  ['exit code 0 with passing tests', {}, null],
  ['exit code 0 without a report, where the base writes none either', { report: null }, null],
  ['exit code 0 without the report that the base writes', { report: null }, 'tests_not_run', onBase],
  [
    'fewer tests than on the base',
    { report: { tests: 1, failures: 0, errors: 0, skipped: 0 } },
    'tests_weakened',
    onBase,
  ],
  [
    'a test that is skipped now',
    { report: { tests: 2, failures: 0, errors: 0, skipped: 1 } },
    'tests_weakened',
    onBase,
  ],
  ['as many tests as on the base', {}, null, onBase],
  ['exit code 1', { exitCode: 1 }, 'tests_failed'],
  ['a test that itself exits with 137', { exitCode: 137 }, 'tests_failed'],
  [
    'exit code 0 beside a report of failures',
    { report: { tests: 2, failures: 1, errors: 0, skipped: 0 } },
    'tests_failed',
  ],
  [
    'exit code 0 beside a report of errors',
    { report: { tests: 2, failures: 0, errors: 1, skipped: 0 } },
    'tests_failed',
  ],
  [
    'exit code 0 beside a report without tests',
    { report: { tests: 0, failures: 0, errors: 0, skipped: 0 } },
    'tests_not_run',
  ],
  [
    'pytest that collected nothing',
    { exitCode: 5, report: { tests: 0, failures: 0, errors: 0, skipped: 0 } },
    'tests_not_run',
  ],
  ['a command that does not exist', { exitCode: 127, report: null }, 'tests_not_run'],
  ['a command that may not be run', { exitCode: 126, report: null }, 'tests_not_run'],
  ['no time left', { end: 'out_of_time', exitCode: null }, 'tests_timeout'],
  ['too much output', { end: 'output_limit', exitCode: null }, 'sandbox_output_limit'],
  ['a child killed for memory although the parent exits 0', { end: 'oom', exitCode: 0 }, 'sandbox_oom'],
  ['no exit code', { exitCode: null }, 'sandbox_crash'],
];

for (const [title, part, code, base = null] of endings) {
  test(`${title} is judged ${code ?? 'passed'}`, () => {
    assert.equal(judge({ ...passed, ...part }, base)?.code ?? null, code);
  });
}
