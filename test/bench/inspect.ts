/**
 * How many small diffs `self-coding inspect --batch` judges in a second, beside what git alone needs to check the same
 * ones, and what becomes of its memory. Options: --rows N, --files N (of the repository), --json.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Files, makeRepository, runGit } from '../support/repository.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000' },
    files: { type: 'string', default: '112' },
    json: { type: 'boolean', default: false },
  },
});
const count = Number(values.rows);
const main = resolve(import.meta.dirname, '../../orchestrator/main.ts');

const files: Files = Object.fromEntries(
  Array.from({ length: Number(values.files) }, (_, at) => [
    `src/m${at % 10}/f${at}.py`,
    Array.from({ length: 40 }, (_line, line) => `x${line} = ${at}\n`).join(''),
  ]),
);

/** Every fourth adds a file. */
function diffAt(row: number): string {
  const at = row % Number(values.files);
  const path = `src/m${at % 10}/f${at}.py`;
  if (row % 4 === 3) return `--- /dev/null\n+++ b/src/new${row}.py\n@@ -0,0 +1 @@\n+y = ${row}\n`;
  return `--- a/${path}\n+++ b/${path}\n@@ -1,3 +1,3 @@\n x0 = ${at}\n-x1 = ${at}\n+x1 = ${row}9\n x2 = ${at}\n`;
}

await using repository = await makeRepository({ files });
await using directory = await mkdtempDisposable(join(tmpdir(), 'self-coding-bench-'));
const child = spawn(process.execPath, [main, 'inspect', '--batch'], {
  env: { PATH: '/usr/local/bin:/usr/bin:/bin', SELF_CODING_STATE_DIR: directory.path },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const ended = once(child, 'close');
const rss: number[] = [];
let accepted = 0;
let answered = 0;
let started = 0;
void feed();
for await (const line of createInterface({ input: child.stdout })) {
  // The first answer comes after the start of the process and the copy of the base commit.
  if (answered === 0) started = performance.now();
  answered += 1;
  if (line.includes('"accepted"')) accepted += 1;
  if (answered % Math.ceil(count / 20) === 0) {
    rss.push(await residentMiB(child.pid ?? 0));
    process.stderr.write(`\r${answered} of ${count}`);
  }
}
await ended;
const perSecond = (1000 * (answered - 1)) / (performance.now() - started);
const alone = await gitAlone();
const [early, late] = [Math.max(...rss.slice(1, 6)), Math.max(...rss.slice(-5))];
const result = {
  rows: answered,
  accepted,
  perSecond,
  gitAlone: alone,
  ratio: perSecond / alone,
  rssMiB: { early, late },
};
process.stderr.write('\r');
console.log(
  values.json
    ? JSON.stringify(result)
    : [
        `${answered} diffs, ${accepted} accepted: ${perSecond.toFixed(0)} a second`,
        `git apply --cached --check alone, one at a time: ${alone.toFixed(0)} a second (ratio ${result.ratio.toFixed(2)})`,
        `resident memory: at most ${early} MiB in the first quarter, ${late} MiB in the last`,
      ].join('\n'),
);

async function feed(): Promise<void> {
  for (let row = 0; row < count; row += 1) {
    const text = JSON.stringify({ id: row, repo: repository.path, base: 'main', diff: diffAt(row) });
    if (!child.stdin.write(`${text}\n`)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

/** The least that any tool can do: one process of git for each diff, from a process with little memory of its own. */
async function gitAlone(): Promise<number> {
  const tries = Math.min(200, count);
  await runGit(['-C', repository.path, 'read-tree', 'main']);
  const begun = performance.now();
  for (let row = 0; row < tries; row += 1)
    await runGit(['-C', repository.path, 'apply', '--cached', '--check', '-'], diffAt(row));
  return (1000 * tries) / (performance.now() - begun);
}
