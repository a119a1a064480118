/** The rows of group G that wait for git's own clocks. */
import { test } from 'node:test';
import { readCases } from './corpus.ts';
import { gitCase } from './git-cases.ts';
import { playServer } from './git-server-play.ts';

for (const row of readCases('git', gitCase)) {
  if (row.kind === 'server' && row.slow === true) test(`${row.id} ${row.title}`, () => playServer(row));
}
