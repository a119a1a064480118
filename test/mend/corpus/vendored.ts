/** Real files of real projects: the packages that this project depends on. They are read where they are, never copied. */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Files } from './project.ts';
import type { Random } from './random.ts';

const modules = resolve(import.meta.dirname, '../../../node_modules');
const packages = [
  'fastify',
  'undici',
  'nan',
  'pg',
  'commander',
  'yaml',
  'ssh2',
  'kysely',
  'pino',
  'debug',
  'type-fest',
  'cpu-features',
  'semver',
  'dockerode',
  'ajv',
  'color-convert',
];
const pattern = '**/*.{js,cjs,ts,md,h,cc,c,yml,json,txt,cmake}';

/** Some files of one package; small enough to edit, large enough to repeat themselves. */
export function readVendored(random: Random): Files {
  const present = packages.filter((name) => existsSync(resolve(modules, name)));
  const root = resolve(modules, random.pick(present));
  const all = globSync(pattern, { cwd: root })
    .filter((path) => !path.includes('node_modules'))
    .toSorted()
    .filter((path) => sized(resolve(root, path)));
  const chosen = random.shuffled(all).slice(0, 8);
  return Object.fromEntries(chosen.map((path) => [path, readFileSync(resolve(root, path)).toString('latin1')]));
}

function sized(path: string): boolean {
  const { size } = statSync(path);
  return size > 400 && size < 40_000;
}
