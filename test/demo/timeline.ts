/** The demo's account of a job: each stage as it begins, then what came of it and where to look. */
import type { Output } from '../../orchestrator/cli/output.ts';
import type { RunResult } from '../../orchestrator/cli/run.ts';
import { runLine } from '../../orchestrator/cli/show.ts';
import type { Watcher } from '../../orchestrator/ports/watcher.ts';

export interface StageEntry {
  readonly stage: string;
  readonly what: string;
  readonly atMs: number;
  /** Null for one that was broken off. */
  readonly durationMs: number | null;
}

export interface Timeline {
  readonly watcher: Watcher;
  /** All stages in the order in which they began. */
  readonly entries: readonly StageEntry[];
}

export function watchTimeline(output: Output): Timeline {
  const started = performance.now();
  const entries: StageEntry[] = [];
  const now = () => Math.round(performance.now() - started);
  return {
    watcher: {
      stage: (stage, what) => {
        const entry = { stage, what, atMs: now() };
        const index = entries.push({ ...entry, durationMs: null }) - 1;
        output.progress(`${(now() / 1000).toFixed(2).padStart(7)} s  ${stage.padEnd(8)} ${what}`);
        return () => {
          entries[index] = { ...entry, durationMs: now() - entry.atMs };
        };
      },
      log: () => undefined,
    },
    entries,
  };
}

export interface DemoReport extends RunResult {
  readonly feedbackId: string;
  readonly setUpMs: number;
  readonly repository: string;
  readonly stages: readonly StageEntry[];
  /** Text of the pull request, as Markdown; null when none was opened. */
  readonly pullRequestText: string | null;
}

export function printTimeline(report: DemoReport, command: string): string {
  const { repository, branch, pullRequest, proposalId } = report;
  const rows = report.stages.map(
    ({ stage, what, durationMs }) => `  ${stage.padEnd(9)}${`${durationMs ?? '?'} ms`.padStart(9)}   ${what}`,
  );
  return [
    '',
    'timeline',
    ...rows,
    '',
    `feedback      ${report.feedbackId}`,
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
