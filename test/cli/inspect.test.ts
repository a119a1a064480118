import assert from 'node:assert/strict';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { selfCoding } from '../support/cli.ts';
import { adding, answerWith, questionFiles } from '../support/job.ts';
import { makeRepository } from '../support/repository.ts';

test('a diff on stdin is accepted with its tree and files, as one JSON line', async () => {
  await using repository = await makeRepository({ files: questionFiles });
  const { exitCode, stdout } = await selfCoding(['inspect', '--repo', repository.path, '--base', 'main', '--json'], {
    stdin: answerWith('42'),
  });
  assert.equal(exitCode, 0);
  const { tree, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, { kind: 'accepted', files: [{ path: 'src/question.py', status: 'M' }], flags: [] });
  assert.match(tree, /^[0-9a-f]{40}$/);
});

test('a diff in a file is refused with code:path and reason, and exit code 1', async () => {
  await using repository = await makeRepository({ files: questionFiles });
  await using directory = await mkdtempDisposable(join(tmpdir(), 'self-coding-cli-'));
  const file = join(directory.path, 'x.diff');
  await writeFile(file, adding('.github/workflows/x.yml', 'on: push'));
  const { exitCode, stdout } = await selfCoding([
    'inspect',
    '--repo',
    repository.path,
    '--base',
    'main',
    '--diff',
    file,
    '--json',
  ]);
  assert.equal(exitCode, 1);
  const { reason, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, { kind: 'refused', code: 'diff_path_protected:.github/workflows/x.yml' });
  assert.match(reason, /policies\/diff\.json/);
});

test('a batch answers every line with one line of the same id, in order, whatever the line is', async () => {
  await using repository = await makeRepository({ files: questionFiles, bare: false });
  const row = (id: string | number, diff: string, over = {}) =>
    JSON.stringify({ id, repo: repository.path, base: 'HEAD', diff, ...over });
  const lines = [
    row('a', answerWith('42')),
    row(2, ''),
    'no json',
    JSON.stringify({ id: 'x', repo: '/r' }),
    row('d', answerWith('1'), { repo: '/nowhere' }),
    row('e', answerWith('1'), { base: 'nothing' }),
  ];
  const { exitCode, stdout } = await selfCoding(['inspect', '--batch'], { stdin: `${lines.join('\n')}\n` });
  assert.equal(exitCode, 0);
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ id, kind, code }) => ({ id, kind, code })),
    [
      { id: 'a', kind: 'accepted', code: undefined },
      { id: 2, kind: 'refused', code: 'diff_empty' },
      { id: null, kind: 'refused', code: 'diff_invalid' },
      { id: 'x', kind: 'refused', code: 'diff_invalid' },
      { id: 'd', kind: 'refused', code: 'repo_unsupported' },
      { id: 'e', kind: 'refused', code: 'repo_unsupported' },
    ],
  );
});

test('inspecting writes nothing into the repository', async () => {
  await using repository = await makeRepository({ files: questionFiles, bare: false });
  const before = await repository.git(['count-objects', '-v']);
  await selfCoding(['inspect', '--repo', repository.path, '--base', 'HEAD', '--json'], { stdin: answerWith('42') });
  assert.equal(await repository.git(['count-objects', '-v']), before);
  assert.equal(await repository.git(['status', '--porcelain']), '');
});

test('without --repo the command line is wrong: exit code 2, and it says what is missing', async () => {
  const { exitCode, stderr } = await selfCoding(['inspect'], { stdin: '' });
  assert.equal(exitCode, 2);
  assert.match(stderr, /--repo and --base/);
});

test('an unknown command or option is exit code 2', async () => {
  assert.equal((await selfCoding(['explode'])).exitCode, 2);
  assert.equal((await selfCoding(['inspect', '--force'])).exitCode, 2);
});

test('a wrong setting stops the start with exit code 2 and names the variable', async () => {
  const { exitCode, stderr } = await selfCoding(['list'], { env: { ENABLE_SELF_CODING_ENGINE: 'yes' } });
  assert.equal(exitCode, 2);
  assert.match(stderr, /ENABLE_SELF_CODING_ENGINE must be true, false, 1 or 0/);
});
