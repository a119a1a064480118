/** `npm run demo`: from an approved proposal to a tested pull request, on a repository made for it. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { type Context, runCommand } from '../../orchestrator/cli/context.ts';
import { exit, type ExitCode } from '../../orchestrator/cli/exit.ts';
import { runToEnd } from '../../orchestrator/cli/run.ts';
import { setUp } from '../../orchestrator/set-up/set-up.ts';
import { showSteps } from '../../orchestrator/set-up/steps.ts';
import { recordFeedback } from '../../orchestrator/store/feedback.ts';
import { openStore } from '../../orchestrator/wire-store.ts';
import { setUpOptions } from '../../orchestrator/wire-local-runner.ts';
import { type ModelServer, startModelServer } from '../support/model-server.ts';
import { makeRepository } from '../support/repository.ts';
import { answers, feedback, files, proposal } from './repository.ts';
import { printTimeline, watchTimeline } from './timeline.ts';

const json = process.argv.includes('--json');
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));

const terminal = { stdout: process.stdout, stderr: process.stderr, signal: stop.signal };
process.exitCode = await runCommand(terminal, json, demo);

async function demo(context: Context): Promise<ExitCode> {
  const { config, output, signal } = context;
  const started = performance.now();
  await setUp(setUpOptions(config, showSteps(process.stderr)), signal);
  const setUpMs = Math.round(performance.now() - started);
  await using stack = new AsyncDisposableStack();
  const scripted = config.OPENAI_API_KEY === undefined && config.OPENAI_BASE_URL === undefined;
  const model = scripted
    ? stack.use(await startModelServer({ script: answers, models: [config.SELF_CODING_MODEL] }))
    : null;
  // Kept after the demo, so that one can look at the branch; the next demo makes a new one.
  const path = await freshRemote(join(config.SELF_CODING_STATE_DIR, 'demo'));
  const repository = await makeRepository({ files, path });
  output.progress(`\nremote: ${repository.path}, model: ${model === null ? config.SELF_CODING_MODEL : 'scripted'}\n`);
  const feedbackId = await recordComplaint(context, path);
  output.progress(`feedback recorded: ${feedbackId}\n`);
  const timeline = watchTimeline(output);
  const options = { ...proposal, repo: repository.path, by: 'demo', approveAs: 'you' };
  const result = await runToEnd(options, demoContext(context, path, model), timeline.watcher);
  const url = result.pullRequest?.url ?? null;
  const pullRequestText = url === null ? null : await readFile(fileURLToPath(url), 'utf8');
  const report = { ...result, feedbackId, setUpMs, repository: path, stages: timeline.entries, pullRequestText };
  output.result(report, () => printTimeline(report, 'npm run -s self-coding'));
  return result.status === 'pr_opened' ? exit.done : exit.refused;
}

/** What a customer's complaint looks like when it comes in; the proposal is about it. */
async function recordComplaint({ config, log, signal }: Context, repo: string): Promise<string> {
  await using store = await openStore(config, { role: 'sender', log, signal });
  const payload = { demo: true };
  return await recordFeedback(store.db, { ...feedback, repo, occurredAt: new Date(), payload, proposalId: null });
}

/** Everything switched on, for this one repository. */
function demoContext(context: Context, path: string, model: ModelServer | null): Context {
  const { config } = context;
  const server = model === null ? {} : { OPENAI_BASE_URL: model.baseUrl };
  const switches = {
    ENABLE_SELF_CODING_ENGINE: true,
    SELF_CODING_ENABLE_PUSH: true,
    SELF_CODING_ENABLE_PR: true,
    SELF_CODING_ALLOWED_REPO_PREFIXES: [path],
    SELF_CODING_BASE_BRANCH: 'main',
  };
  return { ...context, log: pino({ level: 'silent' }), config: { ...config, ...switches, ...server } };
}

/** A new place for the remote; the one of the last demo goes. */
async function freshRemote(directory: string): Promise<string> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  return join(directory, 'till.git');
}
