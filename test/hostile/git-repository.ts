/** Local repositories that want a program of theirs to run, or to be read as something else than they are. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtempDisposable, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Refused } from '../../orchestrator/outcome.ts';
import type { Base } from '../../orchestrator/ports/git.ts';
import { mirrorHome, mirrorPath } from '../../orchestrator/git/mirror.ts';
import { change, given, type Given } from '../keys/given-repositories.ts';
import { assertNothingLeft } from '../support/invariants.ts';
import { type Files, makeRepository, runGit, type TestRepository } from '../support/repository.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { fill } from './corpus.ts';
import type { GivenFile, RepositoryCase, Step } from './git-cases.ts';
import { assertNoProcess, assertOnlyMirrors } from './git-leftovers.ts';

interface Scene extends AsyncDisposable {
  readonly repository: TestRepository;
  readonly canary: string;
  /** For `fill`; steps add to it. */
  readonly values: Record<string, string>;
}

/** Fetches, reads, changes, commits and pushes as a job does, then asserts the ending and that nothing of theirs ran. */
export async function playRepository(row: RepositoryCase, layout: 'bare' | 'work tree'): Promise<void> {
  await using scene = await prepare(row, layout);
  const { repository, canary, values } = scene;
  await using place = await given({ allowedPrefixes: [repository.path] });
  const before = await snapshotOf(values['beside'] ?? '');
  const ending = await fetchFrom(place, repository.path);
  // A fetch writes nothing at all where it fetches from, nor beside it.
  await assertNothingLeft({ unchanged: before });
  assert.ok(!existsSync(canary), 'a program ran in the fetch');
  const { expected } = row;
  assert.equal('code' in ending ? ending.code : ending.kind, expected.fetch, 'reason' in ending ? ending.reason : '');
  if ('reason' in ending) assert.match(ending.reason, new RegExp(fill(expected.reason ?? '', values)));
  if (ending.kind === 'base') {
    await assertContents(ending, row, values);
    assert.equal(await pushTo(place, ending, { row, scene }), expected.push);
    await assertMirror(place.stateDir, ending, expected.mirrorRefs);
  }
  assert.ok(!existsSync(canary), 'a program ran');
  await assertOnlyMirrors(place.stateDir, ending.kind === 'base' ? 1 : 0);
  await assertNoProcess(place.stateDir);
  if (row.control === undefined) return;
  await play(row.control, scene);
  assert.ok(existsSync(canary), 'the control runs the program: the trap is a real one');
}

/** What refuses already when the name is looked at counts as well. */
async function fetchFrom(place: Given, path: string): Promise<Base | Refused> {
  const resolved = await place.repositories.resolve(path);
  if (resolved.kind === 'refused') return resolved;
  return place.fetch(path).catch((error: unknown) => assert.fail(String(error)));
}

async function prepare(row: RepositoryCase, layout: 'bare' | 'work tree'): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const beside = stack.adopt(await mkdtempDisposable(join(await realpath(tmpdir()), 'hostile-')), (made) =>
    made.remove(),
  );
  const canary = join(beside.path, 'canary');
  const program = join(beside.path, 'program');
  await writeFile(program, `#!/bin/sh\ntouch '${canary}'\nexit 1\n`, { mode: 0o755 });
  const options = {
    files: filesOf(row.files),
    bare: layout === 'bare',
    path: join(beside.path, 'place', 'repository'),
  };
  const repository = stack.use(await makeRepository(options));
  const gitDir = layout === 'bare' ? repository.path : join(repository.path, '.git');
  const values: Record<string, string> = { canary: program, beside: beside.path, repo: repository.path, gitDir };
  if (row.victim !== undefined) {
    const victim = stack.use(await makeRepository({ files: row.victim, path: join(beside.path, 'victim') }));
    values['victim'] = victim.path;
    values['victimCommit'] = await victim.git(['rev-parse', 'main']);
  }
  const kept = stack.move();
  const scene = { repository, canary, values, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  for (const [key, value] of row.config ?? []) {
    await runGit(['config', '--file', join(gitDir, 'config'), '--add', fill(key, values), fill(value, values)]);
  }
  await appendFile(join(gitDir, 'config'), Buffer.from(fill(row.configLatin1 ?? '', values), 'latin1'));
  await play(row.before ?? [], scene);
  await rm(canary, { force: true });
  // A newer time stamp makes `status` read every file again, through its filter.
  if (layout === 'work tree') await touch(repository, Object.keys(row.files));
  return scene;
}

function filesOf(files: RepositoryCase['files']): Files {
  const entries = Object.entries(files).map(([path, file]) => {
    const bytes = typeof file === 'object' && 'latin1' in file ? Buffer.from(file.latin1, 'latin1') : file;
    return [path, bytes] as const;
  });
  return Object.fromEntries(entries);
}

async function touch({ path }: TestRepository, names: readonly string[]): Promise<void> {
  const now = new Date();
  for (const name of names) {
    if (existsSync(join(path, name))) await utimes(join(path, name), now, now);
  }
}

/** Steps of a control may fail: what counts is whether the program ran. */
async function play(steps: readonly Step[], { repository, values }: Scene): Promise<void> {
  for (const step of steps) {
    if ('write' in step) {
      for (const [path, file] of Object.entries(step.write)) await write(fill(path, values), file, values);
      continue;
    }
    const args = step.git.map((arg) => fill(arg, values));
    const printed = await repository.git(args, fill(step.stdin ?? '', values)).catch(() => '');
    if (step.as !== undefined) values[step.as] = printed;
  }
}

async function write(path: string, file: GivenFile, values: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { recursive: true, force: true });
  if (file === null) return;
  if (typeof file === 'string') return writeFile(path, fill(file, values));
  if ('latin1' in file) return writeFile(path, Buffer.from(fill(file.latin1, values), 'latin1'));
  if ('link' in file) return symlink(fill(file.link, values), path);
  if ('pipe' in file) return void (await promisify(execFile)('mkfifo', [path]));
  await writeFile(path, `#!/bin/sh\n${fill(file.program, values)}\n`, { mode: 0o755 });
}

async function assertContents(base: Base, { expected }: RepositoryCase, values: Scene['values']): Promise<void> {
  const entries = await base.git.entries(base.commit);
  for (const [path, text] of Object.entries(expected.contents ?? {})) {
    const [bytes] = await base.git.blobs([entries.find((entry) => entry.path === path)?.id ?? '']);
    assert.equal(Buffer.from(bytes ?? []).toString('latin1'), text);
  }
  if (expected.tree !== undefined) assert.equal(base.tree, fill(expected.tree, values));
}

async function pushTo(
  place: Given,
  base: Base,
  { row, scene }: { readonly row: RepositoryCase; readonly scene: Scene },
): Promise<string> {
  const commit = await change(base, 'new.txt');
  await base.git.patch(base.commit, base.tree);
  await base.git.pack(base.commit);
  await play(row.beforePush ?? [], scene);
  const gitDir = relative(scene.values['beside'] ?? '', scene.values['gitDir'] ?? '');
  // A push writes objects and a ref with its log, and nothing else: no configuration, no file of a work tree.
  const before = await snapshotOf(scene.values['beside'] ?? '', [
    `${gitDir}/objects`,
    `${gitDir}/refs`,
    `${gitDir}/logs`,
  ]);
  const pushed = await place.repositories.push({ base, commit, branch: 'self-build/1' }, AbortSignal.timeout(60_000));
  await assertNothingLeft({ unchanged: before });
  const tip = await scene.repository.git(['for-each-ref', '--format=%(objectname)', 'refs/heads/self-build/1']);
  assert.equal(tip, pushed.kind === 'pushed' ? commit : '');
  return 'code' in pushed ? pushed.code : pushed.kind;
}

async function assertMirror(stateDir: string, base: Base, refs: readonly string[] | undefined): Promise<void> {
  const gitDir = mirrorPath(mirrorHome(stateDir, base.repository), base.commit);
  const all = await runGit(['--git-dir', gitDir, 'for-each-ref', '--format=%(refname)']);
  const wanted = refs ?? ['refs/self-coding/base/{commit}'];
  assert.deepEqual(
    all.split('\n'),
    wanted.map((ref) => fill(ref, { commit: base.commit })),
  );
  for (const name of ['info/grafts', 'objects/info/alternates', 'hooks'])
    assert.ok(!existsSync(join(gitDir, name)), name);
}
