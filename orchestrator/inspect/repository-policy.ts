/** `.self-coding.json` of a base commit: a repository may ask for more care, never for less. */
import { z } from 'zod';
import { refuse, type Refused } from '../outcome.ts';
import { type DiffPolicy, parts } from './policy.ts';

/** Where it lies, at the root of the repository. */
export const repositoryPolicyPath = '.self-coding.json';

export const repositoryPolicySchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    diff: z
      .strictObject({
        protected: parts.patterns.default([]).describe('More paths that no diff may touch. gitignore syntax.'),
        suffixes: z
          .array(parts.suffix)
          .optional()
          .describe('Of the suffixes that the engine allows, only these. Others are left out.'),
        limits: parts.someLimits.default({}).describe('Lower limits; higher ones have no effect.'),
        tests: z
          .strictObject({ files: parts.patterns.default([]).describe('More files that hold tests.') })
          .default({ files: [] }),
      })
      .default({ protected: [], limits: {}, tests: { files: [] } }),
  })
  .describe('What a repository asks of the self-coding engine; see docs/policies.md.');

export type RepositoryPolicy = Readonly<z.output<typeof repositoryPolicySchema>>;

/** `repo_unsupported` for what is not exactly of this form: a rule that can't be read must not be taken for none. */
export function parseRepositoryPolicy(
  bytes: Uint8Array,
): { readonly kind: 'policy'; readonly policy: RepositoryPolicy } | Refused {
  const parsed = repositoryPolicySchema.safeParse(parseJson(bytes));
  if (parsed.success) return { kind: 'policy', policy: parsed.data };
  const why = z.prettifyError(parsed.error).replaceAll('\n', ' ').slice(0, 400);
  return refuse('repo_unsupported', `${repositoryPolicyPath} of the base commit can't be used: ${why}`);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** At least as strict as `policy` in every field, whatever the repository says. */
export function tighten(policy: DiffPolicy, { diff }: RepositoryPolicy): DiffPolicy {
  const { suffixes: wanted } = diff;
  return {
    ...policy,
    suffixes: wanted === undefined ? policy.suffixes : policy.suffixes.filter((each) => wanted.includes(each)),
    limits: lower(policy.limits, diff.limits),
    own: { protected: diff.protected, tests: diff.tests.files },
  };
}

function lower(limits: DiffPolicy['limits'], wanted: RepositoryPolicy['diff']['limits']): DiffPolicy['limits'] {
  const least = (name: keyof DiffPolicy['limits']) => Math.min(limits[name], wanted[name] ?? Infinity);
  return {
    diffBytes: least('diffBytes'),
    files: least('files'),
    lineBytes: least('lineBytes'),
    fileBytes: least('fileBytes'),
    fileLines: least('fileLines'),
    totalBytes: least('totalBytes'),
    pathBytes: least('pathBytes'),
    nameBytes: least('nameBytes'),
  };
}
