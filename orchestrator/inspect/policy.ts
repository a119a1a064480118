/** What a diff may do: policies/diff.json, parsed strictly. An unknown field stops the start. */
import { z } from 'zod';

const positive = z.int().min(1);

export const diffPolicySchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    limits: z
      .strictObject({
        diffBytes: positive.max(16_777_216).describe('Bytes of a whole diff.'),
        files: positive.max(10_000).describe('Files that one diff may touch.'),
        lineBytes: positive.max(1_048_576).describe('Bytes of one added line.'),
        pathBytes: positive.max(4096).describe('Bytes of a path.'),
        nameBytes: positive.max(255).describe('Bytes of one name in a path.'),
      })
      .describe('More than this is refused, never cut.'),
    modes: z
      .array(z.enum(['100644', '100755']))
      .min(1)
      .describe('File modes that a change may create, keep or leave. Symbolic links and gitlinks are never allowed.'),
    blocked: z
      .array(z.string().min(1))
      .describe('Patterns of paths that no setting and no approval can open. gitignore syntax, case ignored.'),
    protected: z
      .array(z.string().min(1))
      .describe(
        'Patterns of paths that decide how code is built, run, reviewed or shipped. gitignore syntax, case ignored.',
      ),
  })
  .describe('Policy of the self-coding engine for a diff; see docs/policies.md.');

/** The file's content together with the suffixes from `SELF_CODING_ALLOWED_FILE_SUFFIXES`. */
export type DiffPolicy = Readonly<z.output<typeof diffPolicySchema>> & { readonly suffixes: readonly string[] };
