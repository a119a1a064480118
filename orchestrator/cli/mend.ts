import type { Context } from './context.ts';
import { refused } from './context.ts';
import { exit, type ExitCode } from './exit.ts';
import { subjectOf, type SubjectOptions } from './inspect.ts';
import { openInspector } from './inspector.ts';

/** `self-coding mend`: a model's answer as the diff that was meant, for `git apply`; policy is not asked. */
export async function mendAnswers(options: SubjectOptions, context: Context): Promise<ExitCode> {
  const { output } = context;
  await using inspector = await openInspector(context, false);
  const mended = await inspector.mend(await subjectOf('mend', options));
  if (mended.kind === 'refused') return refused(output, mended);
  const { repairs } = mended;
  const diff = new TextDecoder().decode(mended.diff);
  for (const repair of repairs) output.progress(`mended: ${repair}`);
  output.result({ kind: 'mended', diff, repairs }, () => diff.replace(/\n$/, ''));
  return exit.done;
}
