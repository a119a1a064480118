/** Commits: a repository before and after, with the change that a person meant. */
import { lineEdits } from './edit-lines.ts';
import { type Files, writeProject } from './project.ts';
import { openRandom, type Random } from './random.ts';
import { readVendored } from './vendored.ts';
import { sentence, words } from './words.ts';

export interface Commit {
  readonly id: string;
  readonly before: Files;
  /** Null = deleted. Only what the commit touches. */
  readonly changes: Readonly<Record<string, string | null>>;
}

/** The same commits for the same seed. Every second one edits a package's real files. */
export function makeCommits(seed: string, count: number): readonly Commit[] {
  return Array.from({ length: count }, (_, index) => makeCommit(`${seed}/${index}`, index));
}

function makeCommit(id: string, index: number): Commit {
  for (let tries = 0; ; tries += 1) {
    const random = openRandom(`${id}/${tries}`);
    const before = index % 2 === 0 ? writeProject(random) : readVendored(random);
    const changes = changeFiles(before, random);
    if (Object.keys(changes).length > 0) return { id, before, changes };
  }
}

function changeFiles(before: Files, random: Random): Commit['changes'] {
  const changes: Record<string, string | null> = {};
  const files = random.shuffled(Object.keys(before).filter((path) => (before[path] ?? '').length > 60));
  const kind = random.below(12);
  if (kind === 0) changes[`src/${words(random).noun}/new_${words(random).verb}.py`] = newFile(random);
  if (kind === 1) changes[files.at(-1) ?? ''] = null;
  if (kind === 2) rename(changes, before, files.at(-2) ?? '', random);
  for (const path of files.slice(0, random.pick([1, 1, 1, 2, 3]))) {
    const text = before[path] ?? '';
    const edited = editText(text, random);
    if (edited !== text) changes[path] = edited;
  }
  return changes;
}

function newFile(random: Random): string {
  const { verb, noun, field } = words(random);
  return `"""${sentence(random)}."""\n\n\ndef ${verb}_${noun}(${field}):\n    return ${field}\n\n\ndef ${verb}_all():\n    return [1, 2, 3]\n`;
}

function rename(changes: Record<string, string | null>, before: Files, path: string, random: Random): void {
  const text = before[path];
  if (text === undefined || path === '') return;
  changes[path] = null;
  changes[path.replace(/(\.\w+)$/, `_${words(random).noun}$1`)] = random.chance(0.5) ? text : editText(text, random);
}

/** Edits keep the file's line ending, and mostly whether it ends with one. */
export function editText(text: string, random: Random): string {
  const ending = text.includes('\r\n') ? '\r\n' : '\n';
  const open = !text.endsWith(ending);
  const lines = (open ? text : text.slice(0, -ending.length)).split(ending);
  const edited = random.pick(lineEdits)(lines, random) ?? lines;
  const result = edited.join(ending);
  const flip = random.chance(0.03);
  return open === flip ? result + ending : result;
}
