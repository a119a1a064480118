import { label, type Refused } from '../outcome.ts';
import type { Ending } from '../ports/proposal.ts';
import type { Job } from './job.ts';
import type { Published } from './publish.ts';

/** Writes how the job ended: status, one line of audit note, and what is known on the row. */
export async function record(job: Job, result: Published | Refused): Promise<Ending> {
  const { proposals, watcher } = job.ports;
  const ending = endingOf(result);
  const over = watcher.stage('record', ending.auditNote);
  await proposals.progress(job.delivery, {
    stage: 'record',
    timingsMs: job.timings(),
    ...(result.kind === 'published' && result.pullRequest !== null ? { pullRequest: result.pullRequest } : {}),
  });
  await proposals.end(job.delivery, ending);
  over();
  return ending;
}

function endingOf(result: Published | Refused): Ending {
  if (result.kind === 'refused') {
    const failure = label(result);
    return { status: 'self_build_failed', failure, auditNote: `failed: ${failure}: ${oneLine(result.reason)}` };
  }
  const { branch, commit, pullRequest, without } = result;
  const where = `branch ${branch}, commit ${commit}`;
  if (pullRequest === null) {
    const auditNote = `completed: ${where}, no pull request: ${oneLine(without ?? 'unknown')}`;
    return { status: 'self_build_completed', failure: null, auditNote };
  }
  const note = `pull request ${pullRequest.number} opened: ${pullRequest.url}, ${where}`;
  return { status: 'pr_opened', failure: null, auditNote: note };
}

/** Bounded, for a note. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 600);
}
