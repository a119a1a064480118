/** What a diff may do: policies/diff.json, parsed strictly. An unknown field stops the start. */
import { z } from 'zod';

const positive = z.int().min(1);
/** gitignore syntax. */
const pattern = z
  .string()
  .min(1)
  .max(400)
  // gitignore would take it for a comment, or for nothing at all.
  .refine((text) => !/^(?:#|!$|!!|\s|.*\s$)/.test(text), 'must be a pattern: no leading # or blank, no lone !');
const patterns = z.array(pattern).max(1000);
const suffix = z.string().regex(/^\.[^\s/,]+$/, 'must be a suffix with its dot');
const mode = z.enum(['100644', '100755']);

const limitShape = {
  diffBytes: positive.max(16_777_216).describe('Bytes of a whole diff.'),
  files: positive.max(10_000).describe('Files that one diff may touch.'),
  lineBytes: positive.max(1_048_576).describe('Bytes of one line.'),
  fileBytes: positive.max(67_108_864).describe('Bytes of a changed file, before and after.'),
  fileLines: positive.max(5_000_000).describe('Lines of a changed file, before and after.'),
  totalBytes: positive.max(1_073_741_824).describe('Bytes of all changed files together, before and after.'),
  pathBytes: positive.max(4096).describe('Bytes of a path.'),
  nameBytes: positive.max(255).describe('Bytes of one name in a path.'),
};

const limits = z.strictObject(limitShape).describe('More than this is refused, never cut.');
const someLimits = z.strictObject(limitShape).partial();

const exception = z
  .strictObject({
    prefix: z
      .string()
      .min(1)
      .describe('Absolute path or URL; compared on whole segments. The longest that fits counts.'),
    open: patterns
      .default([])
      .describe('Patterns of protected or guarded paths that diffs may touch there. What is blocked stays blocked.'),
    suffixes: z.array(suffix).default([]).describe('Suffixes on top of SELF_CODING_ALLOWED_FILE_SUFFIXES.'),
    modes: z.array(mode).default([]).describe('Modes on top of "modes".'),
    limits: someLimits.default({}).describe('Other limits than the ones above, higher or lower.'),
  })
  .describe('What is looser for some repositories.');

const unicode = z
  .strictObject({
    allowed: z
      .array(z.string().regex(/^U\+[0-9A-F]{4,6}$/, 'must be a code point such as U+200C'))
      .describe('Invisible characters that added lines may have all the same, such as U+200C for Persian texts.'),
    lookalikes: z.boolean().describe('Refuse words that mix Latin letters with ones that only look like them.'),
  })
  .describe('Characters that a reviewer can not see, or sees as others.');

const secrets = z
  .strictObject({
    allowed: z.array(z.string().min(1)).describe('Values that look like secrets and are known to be none; exact.'),
  })
  .describe('Credentials in added lines.');

const tests = z
  .strictObject({ files: patterns.describe('Patterns of files that hold tests, or belong to them.') })
  .describe('What must not be weakened: deleted, skipped, fewer assertions, wider tolerances.');

export const diffPolicySchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    limits,
    modes: z
      .array(mode)
      .min(1)
      .describe('File modes that a change may create or leave. Symbolic links and gitlinks are never allowed.'),
    blocked: patterns.describe('Paths that no setting and no approval can open. gitignore syntax, case ignored.'),
    protected: patterns.describe(
      'Paths that decide how code is reviewed, shipped or judged; no approval opens them, only "repositories" does.',
    ),
    guarded: patterns.describe(
      'Paths that decide what is installed and how it is built; open where the approval lists the very path.',
    ),
    unicode,
    secrets,
    tests,
    repositories: z.array(exception).default([]).describe('Exceptions for repositories of your choice.'),
  })
  .describe('Policy of the self-coding engine for a diff; see docs/policies.md.');

type DiffPolicyFile = Readonly<z.output<typeof diffPolicySchema>>;

/** Looser rules for the repositories below a prefix. */
export type Exception = DiffPolicyFile['repositories'][number];

/** The policy for one repository: the file's content, exceptions applied, with the suffixes that are allowed. */
export type DiffPolicy = Omit<DiffPolicyFile, 'repositories' | '$schema'> & {
  readonly suffixes: readonly string[];
  /** Patterns of protected or guarded paths that are open here. */
  readonly open: readonly string[];
  /** What the repository adds by its own file. Lists of their own: a `!pattern` in them undoes nothing of the operator's. */
  readonly own: { readonly protected: readonly string[]; readonly tests: readonly string[] };
};

/** The policy of a repository: the operator's file and suffixes, with one exception or none. */
export function policyWith(file: DiffPolicyFile, suffixes: readonly string[], exception: Exception | null): DiffPolicy {
  const { repositories: _, $schema: __, ...policy } = file;
  const own = { protected: [], tests: [] };
  if (exception === null) return { ...policy, suffixes, open: [], own };
  return {
    ...policy,
    own,
    suffixes: [...new Set([...suffixes, ...exception.suffixes])],
    modes: [...new Set([...policy.modes, ...exception.modes])],
    limits: { ...policy.limits, ...defined(exception.limits) },
    open: exception.open,
  };
}

/** Without fields that are there but undefined, which would take a limit away. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const result: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  Object.assign(result, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
  return result;
}

/** Reused for what a repository says of itself. */
export const parts = { patterns, suffix, mode, someLimits } as const;
