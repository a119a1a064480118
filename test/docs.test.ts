/** The documents say what the code does. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { settingNames } from '../orchestrator/config.ts';
import { diffPolicySchema } from '../orchestrator/inspect/policy.ts';
import { endings } from '../orchestrator/outcome.ts';

const root = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');

test('docs/configuration.md names every setting once, and no other', () => {
  const documented = [...read('docs/configuration.md').matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map(
    (match) => match[1] ?? '',
  );
  assert.deepEqual(documented.toSorted(byName), [...settingNames].toSorted(byName));
});

test('docs/concepts.md explains every code that a job can end with today', () => {
  const text = read('docs/concepts.md');
  // Codes of checks that are still to come are reserved, not documented.
  const reserved = new Set(['tests_flaky', 'environment_failed']);
  const missing = Object.keys(endings).filter((code) => !reserved.has(code) && !text.includes(`\`${code}\``));
  assert.deepEqual(missing, []);
});

test('docs/policies.md names every field of a diff policy', () => {
  const text = read('docs/policies.md');
  const fields = Object.entries(diffPolicySchema.shape).flatMap(([name, schema]) =>
    schema instanceof z.ZodObject ? Object.keys(schema.shape).map((inner) => `${name}.${inner}`) : [name],
  );
  const missing = fields.filter((field) => !['$schema', 'version'].includes(field) && !text.includes(`\`${field}\``));
  assert.deepEqual(missing, []);
});

test('every link of README and docs leads to a file', () => {
  for (const page of ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root })]) {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      assert.doesNotThrow(() => readFileSync(resolve(root, page, '..', target ?? '')), `${page} links to ${target}`);
    }
  }
});

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
