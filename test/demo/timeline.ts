/** The demo's account of a job: each stage as it begins, then what came of it and where to look. */
import type { Output } from '../../orchestrator/cli/output.ts';
import type { RunResult } from '../../orchestrator/cli/run.ts';
import { runLine } from '../../orchestrator/cli/show.ts';
import type { Watcher } from '../../orchestrator/ports/watcher.ts';

export interface StageEntry {
  readonly stage: string;
  readonly what: string;
  readonly atMs: number;
  /** Until the next stage began; stages that overlap end together. */
  readonly durationMs: number;
}

export interface Timeline {
  readonly watcher: Watcher;
  /** Ends the last stage and returns all of them. */
  readonly finish: () => readonly StageEntry[];
}

export function watchTimeline(output: Output): Timeline {
  const started = performance.now();
  const begun: { readonly stage: string; readonly what: string; readonly atMs: number }[] = [];
  const now = () => Math.round(performance.now() - started);
  return {
    watcher: {
      stage: (stage, what) => {
        begun.push({ stage, what, atMs: now() });
        output.progress(`${(now() / 1000).toFixed(2).padStart(7)} s  ${stage.padEnd(8)} ${what}`);
      },
      log: () => undefined,
    },
    finish: () =>
      begun.map((entry, index) => ({ ...entry, durationMs: (begun[index + 1]?.atMs ?? now()) - entry.atMs })),
  };
}

export interface DemoReport extends RunResult {
  readonly setUpMs: number;
  readonly repository: string;
  readonly stages: readonly StageEntry[];
  /** Text of the pull request, as Markdown; null when none was opened. */
  readonly pullRequestText: string | null;
}

export function printTimeline(report: DemoReport, command: string): string {
  const { repository, branch, pullRequest, proposalId } = report;
  const rows = report.stages.map(
    ({ stage, what, durationMs }) => `  ${stage.padEnd(9)}${`${durationMs} ms`.padStart(9)}   ${what}`,
  );
  return [
    '',
    'timeline',
    ...rows,
    '',
    `status        ${report.status ?? 'none'}${report.code === null ? '' : ` (${report.code})`}`,
    `branch        ${branch ?? 'none'}`,
    `commit        ${report.commit ?? 'none'}`,
    `tests before  ${runLine(report.tests.base)}`,
    `tests after   ${runLine(report.tests.patched)}`,
    `pull request  ${pullRequest?.url ?? 'none'}`,
    ...(report.pullRequestText === null
      ? []
      : [
          '',
          ...report.pullRequestText
            .trimEnd()
            .split('\n')
            .map((line) => `  │ ${line}`),
        ]),
    '',
    'look at it',
    `  the change         git --git-dir=${repository} show ${branch ?? 'main'}`,
    `  the whole history  ${command} -- show ${proposalId ?? 'ID'}`,
    `  the next step      export the variables of docs/configuration.md and run: ${command} -- doctor`,
    '',
  ].join('\n');
}
