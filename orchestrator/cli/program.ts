/**
 * The command line: names, options, and which file does the work. A command's file is loaded when it is asked for, so
 * that the runner never loads what talks to models and forges, nor the engine what talks to Docker.
 */
import { Command, CommanderError, Option } from 'commander';
import { runCommand, type Context, type Terminal } from './context.ts';
import type { ApproveOptions, RejectOptions } from './decide.ts';
import { exit, type ExitCode } from './exit.ts';
import type { InspectOptions, SubjectOptions } from './inspect.ts';
import type { ListOptions } from './list.ts';
import type { ProposeOptions } from './propose.ts';
import type { RunOptions } from './run.ts';
import type { RunnerOptions } from './runner.ts';

type Work<O> = (options: O, context: Context) => Promise<ExitCode>;

/** Parses the arguments and runs one command. Resolves to the exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exit.done;
  const does: Does = (work) => async (options) => {
    code = await runCommand(terminal, isJson(options), (context) => work(options, context));
  };
  const doesWith: DoesWith = (work) => async (id, options) => {
    code = await runCommand(terminal, isJson(options), (context) => work(id, options, context));
  };
  const program = new Command('self-coding')
    .description('Turns approved improvement proposals into tested pull requests. It never merges.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    });
  proposalCommands(program, does, doesWith);
  processCommands(program, does);
  diffCommands(program, does);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exit.done : exit.usage;
  }
  return code;
}

type Does = <O extends object>(work: Work<O>) => (options: O) => Promise<void>;
type DoesWith = <O extends object>(
  work: (id: string, options: O, context: Context) => Promise<ExitCode>,
) => (id: string, options: O) => Promise<void>;

function isJson(options: object): boolean {
  return 'json' in options && options.json === true;
}

const json = () => new Option('--json', 'end with JSON on stdout; everything else goes to stderr');

/** Each may be given more than once. */
const collect = (value: string, before: readonly string[] = []) => [...before, value];
const scope = () =>
  new Option(
    '--scope <pattern>',
    'paths that the change may touch, gitignore syntax; repeatable (default: all that policy allows)',
  ).argParser(collect);
const allowPath = () =>
  new Option(
    '--allow-path <path>',
    'a guarded file, executable or test that the change may touch; repeatable',
  ).argParser(collect);

function aboutProposal(command: Command): Command {
  return command
    .requiredOption('--repo <path or url>', 'repository: bare, a work tree, or an https URL')
    .option('--base <branch>', 'branch to build on (default: SELF_CODING_BASE_BRANCH)')
    .requiredOption('--title <text>', 'what should change, in one line')
    .option('--description <text>', 'why, and how one sees that it is done')
    .option('--description-file <file>', 'the same from a file')
    .option('--test-command <command>', 'run in the sandbox by /bin/sh -c (default: SELF_CODING_TEST_COMMAND)')
    .addOption(new Option('--risk <level>', 'risk level').choices(['low', 'medium', 'high', 'critical']).default('low'))
    .addOption(scope())
    .addOption(allowPath())
    .option('--by <name>', 'who proposes it', 'cli')
    .addOption(json());
}

function proposalCommands(program: Command, does: Does, doesWith: DoesWith): void {
  aboutProposal(program.command('run').description('propose, approve, build and wait for the ending, in this process'))
    .requiredOption('--approve-as <name>', 'who approves it')
    .action(does(async (options: RunOptions, context) => (await import('./run.ts')).run(options, context)));
  aboutProposal(program.command('propose').description('write a proposal down')).action(
    does(async (options: ProposeOptions, context) => (await import('./propose.ts')).propose(options, context)),
  );
  program
    .command('list')
    .description('the newest proposals')
    .option('--status <status>', 'only these')
    .option('--limit <n>', 'at most so many', '50')
    .addOption(json())
    .action(does(async (options: ListOptions, context) => (await import('./list.ts')).list(options, context)));
  program
    .command('show <id>')
    .description('everything about a proposal, with the digest that an approval binds')
    .addOption(json())
    .action(doesWith(async (id, _options, context) => (await import('./show.ts')).show(id, context)));
  decisionCommands(program, doesWith);
}

function decisionCommands(program: Command, doesWith: DoesWith): void {
  program
    .command('approve <id>')
    .description('approve a proposal and queue it')
    .requiredOption('--as <name>', 'who approves it')
    .option('--digest <sha256>', 'approve only if the digest that show prints is still this one')
    .addOption(json())
    .action(
      doesWith(async (id, options: ApproveOptions, context) =>
        (await import('./decide.ts')).approve(id, options, context),
      ),
    );
  program
    .command('reject <id>')
    .description('reject a proposal')
    .requiredOption('--as <name>', 'who rejects it')
    .option('--reason <text>', 'why')
    .addOption(json())
    .action(
      doesWith(async (id, options: RejectOptions, context) =>
        (await import('./decide.ts')).reject(id, options, context),
      ),
    );
}

function processCommands(program: Command, does: Does): void {
  program
    .command('serve')
    .description('the engine: works on queued jobs')
    .addOption(json())
    .action(does(async (_options, context) => (await import('./serve.ts')).serve(context)));
  program
    .command('runner')
    .description('the sandbox host: the only process that opens the Docker socket')
    .option('--listen <address>', 'unix:/path, or tcp:HOST:PORT with SELF_CODING_RUNNER_TOKEN')
    .addOption(json())
    .action(does(async (options: RunnerOptions, context) => (await import('./runner.ts')).runner(options, context)));
  program
    .command('doctor')
    .description('checks everything the engine needs, and says what to do')
    .addOption(json())
    .action(does(async (_options, context) => (await import('./doctor.ts')).doctor(context)));
}

/** For people who write policies, and for scripts: no proposal, no job. */
function diffCommands(program: Command, does: Does): void {
  program
    .command('inspect')
    .description('a diff against policy, without Docker, database or model')
    .option('--repo <path>', 'local repository')
    .option('--base <rev>', 'commit that the diff is for')
    .option('--diff <file>', 'the diff (default: stdin)')
    .option('--mend', 'the input is what a model answered: mend it first, as a job does')
    .addOption(scope())
    .addOption(allowPath())
    .option('--batch', 'read JSON lines {"id","repo","base","diff"} and answer each with one')
    .addOption(json())
    .action(
      does(async (options: InspectOptions, context) => (await import('./inspect.ts')).inspectDiffs(options, context)),
    );
  program
    .command('mend')
    .description("a model's answer as the diff that was meant, on stdout; policy is not asked")
    .requiredOption('--repo <path>', 'local repository')
    .requiredOption('--base <rev>', 'commit that the answer is for')
    .option('--diff <file>', 'the answer (default: stdin)')
    .addOption(json())
    .action(
      does(async (options: SubjectOptions, context) => (await import('./mend.ts')).mendAnswers(options, context)),
    );
}
