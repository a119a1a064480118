/**
 * Right, wrong and refused for each kind of damage: `mend` beside the tools that others apply model diffs with.
 * Options: --seed TEXT, --commits N, --pairs N (rows for each pair of kinds), --no-ladder, --keep-index, --json.
 */
import { parseArgs } from 'node:util';
import { makeCommits } from '../mend/corpus/commits.ts';
import { openOracle } from '../mend/corpus/git.ts';
import { kinds } from '../mend/corpus/kinds.ts';
import { openLadder, type Tool, tools } from '../mend/corpus/ladder.ts';
import { pairs, readSource, type Row, singles } from '../mend/corpus/rows.ts';
import { openScorer, type Says, type Verdict } from '../mend/corpus/score.ts';

const open = '(text leaves it open)';
const other = '(text says another)';
type Count = Record<Verdict, number>;
type Column = 'mend' | Tool | 'ladder';

interface Line {
  readonly kind: string;
  readonly counts: Partial<Record<Column, Count>>;
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: 'mend' },
    commits: { type: 'string', default: '120' },
    pairs: { type: 'string', default: '4' },
    'no-ladder': { type: 'boolean', default: false },
    'keep-index': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const commits = makeCommits(values.seed, Number(values.commits));
await using oracle = await openOracle(commits);
const sources = [];
for (const commit of commits) sources.push(await readSource(oracle, commit));
const keep = values['keep-index'];
const rows = [...singles(sources, kinds, keep), ...pairs(sources, kinds, Number(values.pairs), keep)];

const columns: readonly Column[] = values['no-ladder'] ? ['mend'] : ['mend', 'ladder', ...tools];
const lines = new Map<string, Line>();
const started = process.hrtime.bigint();
const scorer = openScorer(oracle);
const ladder = openLadder(oracle);
let mendNs = 0n;
for (const row of rows) {
  const before = process.hrtime.bigint();
  const { verdict, says } = await scorer.score(row);
  mendNs += process.hrtime.bigint() - before;
  add(row, 'mend', verdict, says);
  if (values['no-ladder'] || !row.determined) continue;
  const climbed = await ladder.climb(row);
  for (const column of columns) if (column !== 'mend') add(row, column, climbed[column], says);
}
report();

function add(row: Row, column: Column, verdict: Verdict, says: Says): void {
  const single = row.kinds.length === 1 ? (row.kinds[0] ?? '') : 'all pairs of kinds';
  const names = row.determined
    ? [single, row.kinds.length === 1 ? 'ALL SINGLE' : null, 'ALL']
    : [says === 'open' ? open : other];
  for (const name of names) {
    if (name === null) continue;
    const line = lines.get(name) ?? { kind: name, counts: {} };
    lines.set(name, line);
    const count = line.counts[column] ?? { right: 0, wrong: 0, refused: 0 };
    count[verdict] += 1;
    line.counts[column] = count;
  }
}

function report(): void {
  const last = ['all pairs of kinds', 'ALL SINGLE', 'ALL', open, other];
  const sorted = [...lines.values()].toSorted((a, b) => last.indexOf(a.kind) - last.indexOf(b.kind));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (values.json) {
    console.log(
      JSON.stringify({ seed: values.seed, commits: commits.length, rows: rows.length, seconds, lines: sorted }),
    );
    return;
  }
  console.log(`${commits.length} commits, ${rows.length} rows; right / wrong / refused`);
  console.log(['kind'.padEnd(24), ...columns.map((column) => column.padStart(19))].join(''));
  for (const { kind, counts } of sorted) {
    const cells = columns.map((column) => cell(counts[column]).padStart(19));
    console.log(kind.padEnd(24) + cells.join(''));
  }
  const total = lines.get('ALL')?.counts.mend ?? { right: 0, wrong: 0, refused: 0 };
  const share = (100 * total.right) / (total.right + total.wrong + total.refused);
  console.log(`mend: ${share.toFixed(2)} % right, ${total.wrong} wrong; ${seconds.toFixed(0)} s in all`);
}

function cell(count: Count | undefined): string {
  return count === undefined ? '' : `${count.right} / ${count.wrong} / ${count.refused}`;
}
