/** `npm run check` and `npm test`: the project's checks one after another; the test runner's own summary comes last. */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { prepareMachine } from './support/machine.ts';

const root = resolve(import.meta.dirname, '..');
/** What needs Docker or a database, runs a whole job, or tries thousands of inputs. */
const slow = /\.(?:docker|db|e2e|long)\.test\.ts$/;

function run(title: string, command: string, args: readonly string[]): Promise<number> {
  process.stdout.write(`\n▸ ${title}\n`);
  const started = performance.now();
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', fail);
    child.once('close', (code) => {
      process.stdout.write(`  ${title}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
      done(code ?? 1);
    });
  });
}

function bin(name: string): string {
  return resolve(root, 'node_modules', '.bin', name);
}

async function staticChecks(): Promise<number> {
  const format = await run('format (biome)', bin('biome'), ['format', '.']);
  const types = await run('types (tsc)', bin('tsc'), ['--noEmit']);
  const lint = await run('lint (oxlint)', bin('oxlint'), ['--type-aware', '--deny-warnings']);
  return format || types || lint;
}

function testFiles(patterns: readonly string[], wanted: (path: string) => boolean): readonly string[] {
  const all = globSync('test/**/*.test.ts', { cwd: root }).toSorted();
  return all.filter((path) => wanted(path) && (patterns.length === 0 || patterns.some((part) => path.includes(part))));
}

/** Two files at a time: they share two cores and one Docker Engine on the machines this is meant for. */
function tests(title: string, files: readonly string[]): Promise<number> {
  return run(title, process.execPath, [
    '--test',
    '--test-concurrency=2',
    '--test-reporter=spec',
    '--test-timeout=300000',
    ...files,
  ]);
}

const [mode, ...patterns] = process.argv.slice(2);
const checked = patterns.length === 0 ? await staticChecks() : 0;
if (mode === 'check') {
  process.exitCode =
    checked ||
    (await tests(
      'fast tests',
      testFiles(patterns, (path) => !slow.test(path)),
    ));
} else {
  await prepareMachine();
  const tested = await tests(
    'all tests',
    testFiles(patterns, () => true),
  );
  process.exitCode = checked || tested;
}
