/** The policies in force, read once at start from policies/. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from './config.ts';
import { canonicalPathPrefix, canonicalUrlPrefix, isWithin } from './git/allowed.ts';
import { type DiffPolicy, diffPolicySchema, type Exception, policyWith } from './inspect/policy.ts';

export interface Policies {
  /** The policy for diffs of one repository, by its canonical path or URL. */
  readonly diffFor: (repository: string) => DiffPolicy;
  /** SHA-256 (hex) over every policy file and the settings that loosen or tighten them; part of each approval. */
  readonly digest: string;
}

/** A policy file that can't be used; the message names the file and each wrong field. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

const files = ['diff.json', 'prompt.json', 'sandbox.json'] as const;

/** Throws `PolicyError` when a file is missing, no JSON, or has a field that is unknown or wrong: there is no default. */
export async function readPolicies(config: Config): Promise<Policies> {
  const directory = join(config.projectRoot, 'policies');
  const texts = await Promise.all(files.map((name) => readText(join(directory, name))));
  const suffixes = config.SELF_CODING_ALLOWED_FILE_SUFFIXES;
  const hash = createHash('sha256');
  for (const text of [...texts, suffixes.join(','), String(config.SELF_CODING_SKIP_TESTS)])
    hash.update(`${text.length}:${text}`);
  return { diffFor: chooser(parseDiffPolicy(texts[0] ?? ''), suffixes), digest: hash.digest('hex') };
}

function chooser(file: z.output<typeof diffPolicySchema>, suffixes: readonly string[]): Policies['diffFor'] {
  const exceptions = file.repositories
    .map((exception) => ({ ...exception, prefix: canonicalPrefix(exception) }))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  return (repository) =>
    policyWith(file, suffixes, exceptions.find(({ prefix }) => isWithin(prefix, repository)) ?? null);
}

function canonicalPrefix({ prefix }: Exception): string {
  const canonical = canonicalPathPrefix(prefix) ?? canonicalUrlPrefix(prefix);
  // The empty one is the root directory: that is no exception but another default.
  if (canonical !== null && canonical !== '') return canonical;
  throw new PolicyError(
    `policies/diff.json can't be used: the prefix ${prefix} in "repositories" is neither an absolute path below / nor an https URL`,
  );
}

function parseDiffPolicy(text: string): z.output<typeof diffPolicySchema> {
  try {
    return diffPolicySchema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is no JSON';
    throw new PolicyError(`policies/diff.json can't be used: ${why}`, { cause });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new PolicyError(`${path} can't be read`, { cause });
  }
}
