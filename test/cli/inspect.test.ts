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

test("a model's answer is mended first where that is asked for, alone and in a batch", async () => {
  await using repository = await makeRepository({ files: questionFiles });
  const answer = `Here you are:\n\n\`\`\`diff\n${answerWith('42').replace('@@ -1,2 +1,2 @@', '@@')}\`\`\`\n`;
  const where = ['--repo', repository.path, '--base', 'main'];
  assert.equal((await selfCoding(['inspect', ...where, '--json'], { stdin: answer })).exitCode, 1);
  const { exitCode, stdout } = await selfCoding(['inspect', ...where, '--mend', '--json'], { stdin: answer });
  assert.equal(exitCode, 0);
  const single = JSON.parse(stdout);
  assert.deepEqual(single.files, [{ path: 'src/question.py', status: 'M' }]);
  assert.ok(single.repairs.length > 0);
  const row = JSON.stringify({ id: 1, repo: repository.path, base: 'main', diff: answer });
  const batch = await selfCoding(['inspect', '--batch', '--mend'], { stdin: `${row}\n${row}\n` });
  for (const line of batch.stdout.trimEnd().split('\n')) assert.deepEqual(JSON.parse(line), { id: 1, ...single });
});

test('mend prints the diff that git applies, or says why it can not', async () => {
  await using repository = await makeRepository({ files: questionFiles, bare: false });
  const where = ['--repo', repository.path, '--base', 'HEAD'];
  const answer = 'src/question.py\n<<<<<<< SEARCH\n    return 41\n=======\n    return 42\n>>>>>>> REPLACE\n';
  const { exitCode, stdout } = await selfCoding(['mend', ...where], { stdin: answer });
  assert.equal(exitCode, 0);
  await repository.git(['apply', '--check', '-'], stdout);
  assert.match(stdout, /^\+ {4}return 42$/m);
  const refused = await selfCoding(['mend', ...where, '--json'], { stdin: answer.replace('return 41', 'return 40') });
  assert.equal(refused.exitCode, 1);
  assert.match(JSON.parse(refused.stdout).reason, /return 41/);
});

test('scope and listed paths are judged as an approval of them would be', async () => {
  await using repository = await makeRepository({ files: { ...questionFiles, 'package.json': '{}\n' } });
  const where = ['inspect', '--repo', repository.path, '--base', 'main', '--json'];
  const code = async (diff: string, ...options: readonly string[]) =>
    JSON.parse((await selfCoding([...where, ...options], { stdin: diff })).stdout).code ?? 'accepted';
  assert.equal(await code(answerWith('42'), '--scope', 'docs/'), 'diff_path_out_of_scope:src/question.py');
  assert.equal(await code(answerWith('42'), '--scope', 'docs/', '--scope', '/src/**'), 'accepted');
  const manifest = '--- a/package.json\n+++ b/package.json\n@@ -1 +1 @@\n-{}\n+{"a": 1}\n';
  assert.equal(await code(manifest), 'diff_path_protected:package.json');
  assert.equal(await code(manifest, '--allow-path', 'package.json'), 'accepted');
});

function withOwnPolicy(content: string) {
  return makeRepository({ files: { ...questionFiles, '.self-coding.json': content } });
}

async function codeOf42In(path: string): Promise<string> {
  const { stdout } = await selfCoding(['inspect', '--repo', path, '--base', 'main', '--json'], {
    stdin: answerWith('42'),
  });
  return JSON.parse(stdout).code ?? 'accepted';
}

test("a repository's own file tightens policy; one that can not be read ends in repo_unsupported", async () => {
  await using strict = await withOwnPolicy('{"version": 1, "diff": {"protected": ["/src/"]}}');
  assert.equal(await codeOf42In(strict.path), 'diff_path_protected:src/question.py');
  await using broken = await withOwnPolicy('{"version": 1, "diff": {"protectd": []}}');
  assert.equal(await codeOf42In(broken.path), 'repo_unsupported');
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
