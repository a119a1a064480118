import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { env } from 'node:process';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { stampFor } from '../../orchestrator/set-up/install-packages.ts';

const orchestrator = join(import.meta.dirname, '../../orchestrator');
const emptyLock = { name: 'scratch', lockfileVersion: 3, requires: true, packages: { '': { name: 'scratch' } } };
const report =
  'console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), path: process.env.PATH }));';

interface Project extends AsyncDisposable {
  readonly root: string;
  launch(
    script: string,
    options?: { args?: readonly string[]; env?: Record<string, string>; cwd?: string },
  ): ChildProcess;
}

/** A project of nothing but the launcher, where npm can't be called unless `npm` says so. */
async function project({ npm }: { npm: boolean }): Promise<Project> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'self-coding-test-')));
  await cp(join(orchestrator, 'set-up'), join(root, 'orchestrator', 'set-up'), { recursive: true });
  await cp(join(orchestrator, 'launch.mjs'), join(root, 'orchestrator', 'launch.mjs'));
  await writeFile(join(root, 'package.json'), '{"name":"scratch","type":"module"}');
  await writeFile(join(root, 'package-lock.json'), JSON.stringify(emptyLock));
  await mkdir(join(root, 'bin'));
  await writeFile(join(root, 'bin', 'npm'), '#!/bin/sh\necho npm was called >&2\nexit 1\n');
  await chmod(join(root, 'bin', 'npm'), 0o755);
  const inherited = env['PATH'] ?? '';
  const PATH = npm ? inherited : [join(root, 'bin'), dirname(process.execPath), inherited].join(delimiter);
  return {
    root,
    launch(script, { args = [], env: more = {}, cwd = root } = {}) {
      const argv = [join(root, 'orchestrator', 'launch.mjs'), script, ...args];
      return spawn(process.execPath, argv, { cwd, env: { PATH, HOME: root, ...more }, stdio: 'pipe' });
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

async function stamp(root: string): Promise<void> {
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await writeFile(
    join(root, 'node_modules', '.self-coding-stamp'),
    stampFor(await readFile(join(root, 'package-lock.json'))),
  );
}

async function ending(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }> {
  assert.ok(child.stdout !== null && child.stderr !== null);
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, signal, stdout, stderr };
}

test('what Node 20 has to read imports nothing that Node 20 lacks', async () => {
  // A name that is missing there would end the launcher before its first line, on the machines that need it most.
  const known = `spawn once existsSync constants delimiter dirname join resolve env fileURLToPath pathToFileURL
    mkdir mkdtemp readFile readdir rename rm stat fetchPackage packageDirectory`.split(/\s+/);
  for (const file of ['launch.mjs', 'set-up/fetch-package.mjs']) {
    const source = await readFile(join(orchestrator, file), 'utf8');
    const names = [...source.matchAll(/^import .*\{([^}]*)\}/gm)].flatMap(([, list = '']) => list.split(','));
    assert.deepEqual(
      names.map((name) => name.trim()).filter((name) => !known.includes(name)),
      [],
      file,
    );
    assert.doesNotMatch(source, /\b(await )?using \w+ =|Promise\.withResolvers|toSorted\(|import\.meta\.dirname/);
  }
});

test('with everything in place the launcher only runs the script', async () => {
  await using place = await project({ npm: false });
  await stamp(place.root);
  await writeFile(join(place.root, 'script.ts'), `const answer: number = 7;\n${report}\nprocess.exitCode = answer;`);
  const { code, stdout, stderr } = await ending(place.launch('script.ts', { args: ['--json', 'a b'] }));
  assert.equal(stderr, '');
  assert.equal(code, 7);
  const { args, cwd, path } = JSON.parse(stdout);
  assert.deepEqual(args, ['--json', 'a b']);
  assert.equal(cwd, place.root);
  assert.equal(path.split(delimiter)[0], dirname(process.execPath), 'children find the same Node');
});

test('a path that the user typed is taken from where the user is, not from where npm goes', async () => {
  await using place = await project({ npm: false });
  await stamp(place.root);
  await writeFile(join(place.root, 'script.ts'), report);
  const there = await ending(place.launch('script.ts', { env: { INIT_CWD: join(place.root, 'bin') } }));
  assert.equal(JSON.parse(there.stdout).cwd, join(place.root, 'bin'));
  const elsewhere = await ending(
    place.launch('script.ts', { env: { INIT_CWD: place.root }, cwd: join(place.root, 'bin') }),
  );
  assert.equal(JSON.parse(elsewhere.stdout).cwd, join(place.root, 'bin'), 'nobody changed the directory: it stays');
});

test('packages that are not those of the lock file are installed once, and stdout stays clean', async () => {
  await using place = await project({ npm: true });
  await writeFile(join(place.root, 'script.ts'), 'console.log("ran")');
  const first = await ending(place.launch('script.ts'));
  assert.deepEqual([first.code, first.stdout], [0, 'ran\n'], first.stderr);
  assert.match(first.stderr, /✓ npm packages {2}installed/);
  const second = await ending(place.launch('script.ts'));
  assert.deepEqual([second.code, second.stdout, second.stderr], [0, 'ran\n', '']);
});

test('a failed installation is shown with the words of npm, and the script does not run', async () => {
  await using place = await project({ npm: false });
  await writeFile(join(place.root, 'script.ts'), 'console.log("ran")');
  const { code, stdout, stderr } = await ending(place.launch('script.ts'));
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /npm was called/);
});

test('Ctrl-C during the installation ends npm and the launcher', async () => {
  await using place = await project({ npm: false });
  await writeFile(join(place.root, 'script.ts'), 'console.log("ran")');
  await writeFile(join(place.root, 'bin', 'npm'), '#!/bin/sh\ntouch started\nsleep 300\n');
  const child = place.launch('script.ts');
  const ended = ending(child);
  while ((await readFile(join(place.root, 'started')).catch(() => null)) === null) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGINT');
  const { signal, stdout } = await ended;
  assert.deepEqual([signal, stdout], ['SIGINT', '']);
});
