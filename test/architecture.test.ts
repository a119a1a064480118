/** Who may import whom. The rooms that hold secrets and the room that holds strangers' code never meet. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const source = resolve(root, 'orchestrator');

interface Rule {
  /** Rooms (or single files) that a file here may import, itself excluded. */
  readonly rooms: readonly string[];
  /** Packages and `node:` modules, by prefix; `node:` alone stands for all of them. */
  readonly packages: readonly string[];
  /** What it may not reach through anything it imports. */
  readonly never: readonly string[];
}

const pure = ['node:crypto', 'zod'];
const rules: Readonly<Record<string, Rule>> = {
  ports: { rooms: ['outcome.ts'], packages: [], never: [] },
  text: { rooms: [], packages: [], never: ['node:'] },
  inspect: {
    rooms: ['outcome.ts', 'ports', 'text'],
    packages: [...pure, 'ignore', '@secretlint/'],
    never: ['keys', 'sandbox', 'store', 'git', 'config.ts'],
  },
  mend: {
    rooms: ['outcome.ts', 'ports', 'text'],
    packages: [],
    never: ['node:', 'keys', 'sandbox', 'store', 'git', 'config.ts'],
  },
  job: {
    rooms: ['outcome.ts', 'ports', 'inspect', 'mend'],
    packages: pure,
    never: ['keys', 'sandbox', 'store', 'git', 'config.ts'],
  },
  git: {
    rooms: ['outcome.ts', 'ports', 'text'],
    packages: ['node:', 'zod'],
    never: ['keys', 'sandbox', 'store', 'config.ts'],
  },
  keys: {
    rooms: ['outcome.ts', 'ports', 'git'],
    packages: ['node:', 'zod', 'pino', 'openai', '@octokit/'],
    never: ['sandbox', 'set-up', 'dockerode', 'tar-fs', 'config.ts'],
  },
  sandbox: {
    rooms: ['outcome.ts', 'ports'],
    packages: ['node:', 'zod', 'dockerode', 'tar-fs', 'tar-stream', 'fastify'],
    never: ['keys', 'config.ts', 'store', 'openai', '@octokit/', 'pg'],
  },
  store: {
    rooms: ['outcome.ts', 'ports'],
    packages: ['node:', 'zod', 'kysely', 'pg', 'pg-boss', 'tar-stream'],
    never: ['keys', 'sandbox', 'dockerode', 'openai', '@octokit/'],
  },
  gate: {
    rooms: ['outcome.ts', 'ports', 'store'],
    packages: [...pure, 'kysely'],
    never: ['keys', 'sandbox', 'dockerode', 'openai', '@octokit/'],
  },
  'set-up': {
    rooms: ['outcome.ts'],
    packages: ['node:', 'zod', 'dockerode', 'tar-fs', 'tar-stream'],
    never: ['keys', 'sandbox', 'store', 'config.ts', 'openai', '@octokit/', 'pg'],
  },
};
/** These wire the rooms together; nothing imports them but each other. */
const wiring =
  /^(?:main|engine|runner|wire-[a-z-]+|policy|config|self-build|deliver|log|outcome)\.ts$|^launch\.mjs$|^cli\//;

interface Import {
  readonly from: string;
  /** A path under orchestrator/, or a package name. */
  readonly to: string;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(resolve(source, file), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  return [...found].map((match) => {
    const target = match[1] ?? match[2] ?? match[3] ?? '';
    // Policies are data, not code: any room may read its own.
    if (/^(?:\.\.\/)+policies\/[a-z-]+\.json$/.test(target)) return { from: file, to: 'node:data' };
    if (!target.startsWith('.')) return { from: file, to: target };
    const path = resolve(source, dirname(file), target);
    assert.ok(existsSync(path), `${file} imports ${target}, which does not exist`);
    return { from: file, to: relative(source, path) };
  });
}

const files = globSync('**/*.{ts,mjs}', { cwd: source }).filter((file) => !file.endsWith('.d.mts'));
const graph = new Map(files.map((file) => [file, importsOf(file)]));

function roomOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path;
}

function isSource(target: string): boolean {
  return graph.has(target);
}

function reachable(start: string): ReadonlySet<string> {
  const seen = new Set<string>([start]);
  for (const file of seen) for (const { to } of graph.get(file) ?? []) seen.add(to);
  return seen;
}

/** What one rule has against one file: an import that is not on its list, or a room it reaches in the end. */
function breaches(file: string, rule: Rule): readonly string[] {
  const direct = (graph.get(file) ?? [])
    .filter(({ to }) =>
      isSource(to)
        ? roomOf(to) !== roomOf(file) && !rule.rooms.includes(roomOf(to))
        : !rule.packages.some(
            (allowed) =>
              to === allowed || (/[:/]$/.test(allowed) && to.startsWith(allowed)) || to.startsWith(`${allowed}/`),
          ),
    )
    .map(({ to }) => `${file} imports ${to}`);
  const far = [...reachable(file)]
    .filter((to) =>
      rule.never.some((never) =>
        isSource(to)
          ? roomOf(to) === never
          : to === never || to.startsWith(`${never}/`) || (never.endsWith('/') && to.startsWith(never)),
      ),
    )
    .map((to) => `${file} reaches ${to}`);
  return [...direct, ...far];
}

test('every room imports only what its row of the table allows, transitively', () => {
  const found: string[] = [];
  for (const file of files) {
    const rule = rules[roomOf(file)];
    if (rule !== undefined) found.push(...breaches(file, rule));
    else if (!wiring.test(file)) found.push(`${file} belongs to no room`);
  }
  assert.deepEqual(found, []);
});

test('the check sees a forbidden import: the job room would be caught reaching for the file system', () => {
  const rule = rules['job'];
  assert.ok(rule);
  graph.set('job/planted.ts', [
    { from: 'job/planted.ts', to: 'node:fs' },
    { from: 'job/planted.ts', to: 'config.ts' },
  ]);
  assert.deepEqual(breaches('job/planted.ts', rule), [
    'job/planted.ts imports node:fs',
    'job/planted.ts imports config.ts',
    'job/planted.ts reaches config.ts',
  ]);
  graph.delete('job/planted.ts');
});

test('only config.ts reads the environment of the process', () => {
  const readers = files.filter((file) =>
    /process\s*\.\s*env|process\s*\[/.test(withoutComments(readFileSync(resolve(source, file), 'utf8'))),
  );
  // The launcher runs before there is a configuration to read, and hands on what npm gave it.
  assert.deepEqual(readers, ['config.ts']);
});

test('nothing but the wiring imports the wiring', () => {
  const found = files
    .filter((file) => !wiring.test(file))
    .flatMap((file) =>
      (graph.get(file) ?? []).filter(({ to }) => isSource(to) && wiring.test(to) && to !== 'outcome.ts'),
    )
    .map(({ from, to }) => `${from} imports ${to}`);
  assert.deepEqual(found, []);
});

test('tar archives are never extracted to disk, and the archive and exec endpoints of Docker are never called', () => {
  const found = files.filter((file) =>
    /\bextract\b[^;]*from 'tar-fs'|getArchive|putArchive|\.exec\(\{|infoArchive/.test(
      readFileSync(resolve(source, file), 'utf8'),
    ),
  );
  assert.deepEqual(found, []);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
