/** The policies in force, read once at start from policies/. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from './config.ts';
import { type DiffPolicy, diffPolicySchema } from './inspect/policy.ts';

export interface Policies {
  readonly diff: DiffPolicy;
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
  return { diff: { ...parseDiffPolicy(texts[0] ?? ''), suffixes }, digest: hash.digest('hex') };
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
