/** Group G of the hostile cases: repositories, git servers and addresses that are meant to do harm. */
import { test } from 'node:test';
import { readCases } from './corpus.ts';
import { gitCase } from './git-cases.ts';
import { playAddress, playObjects } from './git-objects-play.ts';
import { playRepository } from './git-repository.ts';
import { playServer } from './git-server-play.ts';

for (const row of readCases('git', gitCase)) {
  switch (row.kind) {
    case 'repository':
      for (const layout of row.layouts) test(`${row.id} ${row.title} (${layout})`, () => playRepository(row, layout));
      break;
    case 'objects':
      test(`${row.id} ${row.title}`, () => playObjects(row));
      break;
    case 'address':
      test(`${row.id} ${row.title}`, () => playAddress(row));
      break;
    case 'server':
      if (row.slow !== true) test(`${row.id} ${row.title}`, () => playServer(row));
      break;
  }
}
