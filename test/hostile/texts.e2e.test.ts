/** Group P of the hostile cases, as whole jobs: the model obeys every word that it should not, and it helps nobody. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNothingPublished, type JobBench, openJobBench, questionFiles } from '../support/job.ts';
import { readCases } from './corpus.ts';
import { toAnswer } from './texts-answer.ts';
import { fieldsOf, type JobCase, textCase } from './texts-cases.ts';

for (const row of readCases('texts', textCase)) {
  if (row.kind === 'job') test(`${row.id} ${row.title}`, () => playJob(row));
}

async function playJob({ proposal, files = {}, answers, expected }: JobCase): Promise<void> {
  await using bench = await openJobBench({ files: { ...questionFiles, ...files }, script: answers.map(toAnswer) });
  const words = fieldsOf(proposal);
  const result = await bench.run({ ...words });
  assert.equal(result.code ?? result.status, expected.ending, result.reason ?? '');
  assert.deepEqual(bench.model.violations, []);
  assert.equal(bench.model.requests.length, expected.asked);
  assertData(bench, { words, files });
  if (result.pullRequest === null) await assertNothingPublished(bench, result);
  const published = await publishedBy(bench);
  for (const absent of expected.absent ?? []) {
    assert.ok(!published.includes(absent), `${absent} left the machine`);
    assert.ok(!(result.reason ?? '').includes(absent), `${absent} is in the reason`);
  }
  const secret = 'sk-canary-of-the-tests';
  for (const form of [
    secret,
    Buffer.from(secret).toString('base64').slice(0, -2),
    Buffer.from(secret).toString('hex'),
  ]) {
    assert.ok(
      !`${published}${bench.logged()}${JSON.stringify(result)}${JSON.stringify(bench.model.requests)}`.includes(form),
    );
  }
}

/** What the approver read is what the model was sent, in the one place that is data. */
function assertData(
  { model }: JobBench,
  {
    words,
    files,
  }: { readonly words: Readonly<Record<string, string>>; readonly files: Readonly<Record<string, string>> },
): void {
  for (const { messages } of model.requests) {
    const [system, data] = messages;
    assert.equal(messages.filter(({ role }) => role === 'system').length, 1);
    const { task, files: sent } = JSON.parse(data?.content ?? '');
    if (words['title'] !== undefined) assert.equal(task.title, words['title']);
    if (words['description'] !== undefined) assert.equal(task.description, words['description']);
    for (const [path, text] of Object.entries(files)) {
      assert.ok(!(system?.content ?? '').includes(text));
      assert.equal(sent.find((file: { readonly path: string }) => file.path === path)?.text, text);
    }
  }
}

/** Every text of pull requests and commits, and every file of the branches. */
async function publishedBy({ stateDir, repository }: JobBench): Promise<string> {
  const folder = join(stateDir, 'pull-requests');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const kept = names.filter((name) => /\.(?:json|md)$/.test(name)).map((name) => readFile(join(folder, name), 'utf8'));
  const refs = (await repository.git(['for-each-ref', '--format=%(refname)', 'refs/heads/self-build'])).split('\n');
  const commits = refs.filter((ref) => ref !== '').map((ref) => repository.git(['show', '--format=raw', ref]));
  return (await Promise.all([...kept, ...commits])).join('\n');
}
