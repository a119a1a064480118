/** Variants of commits: one kind of damage each, or two. */
import type { Commit } from './commits.ts';
import { isDetermined } from './determined.ts';
import { type ModelFile, plain, readModel, writeModel } from './diff-model.ts';
import type { Draft } from './draft.ts';
import { fitsAsWritten } from './fits-as-written.ts';
import { writeBlocks, writeWhole } from './form-kinds.ts';
import type { Oracle } from './git.ts';
import type { Kind } from './kinds.ts';
import { openRandom, type Random } from './random.ts';
import { writePatch } from './model-kinds.ts';
import { fenced } from './wrap-kinds.ts';

export interface Row {
  readonly commit: Commit;
  /** Names of the kinds, in order. */
  readonly kinds: readonly string[];
  /** UTF-8 where the files are; byte text, one character a byte. */
  readonly answer: string;
  /** False = the text alone does not say any more what was meant. */
  readonly determined: boolean;
  /**
   * The lines of the answer as a well-formed diff, with right numbers: where strict git makes another tree of it than was
   * meant, nobody can see in the text that it was damaged.
   */
  readonly literal: string;
}

/** A commit's own diffs with 0, 1 and 3 lines of context. */
export interface Source {
  readonly commit: Commit;
  readonly diffs: Readonly<Record<0 | 1 | 3, string>>;
}

export async function readSource(oracle: Oracle, commit: Commit): Promise<Source> {
  const [none, one, three] = await Promise.all([
    oracle.diff(commit, 0),
    oracle.diff(commit, 1),
    oracle.diff(commit, 3),
  ]);
  return { commit, diffs: { 0: none, 1: one, 3: three } };
}

/** Null where a kind has nothing to damage in this commit, or two kinds exclude each other. */
export function makeRow({ commit, diffs }: Source, chosen: readonly Kind[], keepIndex: boolean): Row | null {
  const names = chosen.map(({ name }) => name);
  const seed = `${commit.id}/${names.join('+')}`;
  const context = chosen.find((kind) => kind.group === 'context')?.context ?? 3;
  const files = readModel(diffs[context]);
  const start: Draft = {
    commit,
    files: keepIndex ? files : files.map(withoutIndex),
    style: plain,
    form: 'diff',
    numbers: 'right',
    damaged: false,
    cleaned: false,
    lost: false,
    wrappers: [],
    split: false,
  };
  let draft = start;
  for (const kind of chosen) {
    const next = kind.corrupt(draft, openRandom(`${seed}/${kind.name}`));
    if (next === null) return null;
    draft = next;
  }
  const text = draft.wrappers.reduce((sum, wrapper) => wrapper(sum), write(draft, openRandom(seed)));
  // Wrong numbers that happen to fit make a well-formed diff of another change.
  const other = draft.numbers === 'wrong' && fitsAsWritten(draft);
  const literal = other
    ? text
    : writeModel(literally(start, chosen, seed), { ...plain, newlineMarks: draft.style.newlineMarks });
  const determined = isDetermined(draft) && !other;
  // What one file lacks without a trace and what another one shows can't be told apart by trying the whole.
  const twice = ['space', 'newline'].every((group) => chosen.some((kind) => kind.group === group));
  return twice && !determined ? null : { commit, kinds: names, answer: text, determined, literal };
}

/** Only what happened to the lines themselves. */
function literally(start: Draft, chosen: readonly Kind[], seed: string): readonly ModelFile[] {
  return chosen
    .filter(({ group }) => group === 'space')
    .reduce((draft, kind) => kind.corrupt(draft, openRandom(`${seed}/${kind.name}`)) ?? draft, start).files;
}

/** Models can't know blob ids: with them in the text a checksum of the result would be given away. */
function withoutIndex(file: ModelFile): ModelFile {
  return { ...file, header: file.header.filter((line) => !line.startsWith('index ')) };
}

function write(draft: Draft, random: Random): string {
  if (draft.form === 'patch') return writePatch(draft.files, draft.style, random);
  const texts = draft.files.map((file, at) => {
    const diff = draft.form === 'diff' || (draft.form === 'mixed' && at === 0);
    if (diff) return writeModel([file], draft.style);
    return draft.form === 'files' ? writeWhole(draft, file, random) : writeBlocks(file, random);
  });
  if (draft.split) return texts.map((text) => fenced(text, 'diff')).join('\nThen the next one:\n\n');
  if (draft.form === 'mixed') return texts.map((text, at) => (at === 0 ? fenced(text, 'diff') : text)).join('\n');
  return texts.join(draft.form === 'diff' ? '' : '\n');
}

export function singles(sources: readonly Source[], kinds: readonly Kind[], keepIndex: boolean): readonly Row[] {
  return kinds.flatMap((kind) => sources.flatMap((source) => makeRow(source, [kind], keepIndex) ?? []));
}

/** Every pair of kinds that can meet, on `each` commits of its own. */
export function pairs(
  sources: readonly Source[],
  kinds: readonly Kind[],
  each: number,
  keepIndex: boolean,
): readonly Row[] {
  const rows: Row[] = [];
  let offset = 0;
  for (const [at, first] of kinds.entries()) {
    for (const second of kinds.slice(at + 1)) {
      if (first.group === second.group) continue;
      const order = [...sources.slice(offset), ...sources.slice(0, offset)];
      offset = (offset + 7) % sources.length;
      let made = 0;
      for (const source of order) {
        const row = made < each ? makeRow(source, [first, second], keepIndex) : null;
        if (row !== null) made += 1;
        if (row !== null) rows.push(row);
      }
    }
  }
  return rows;
}
