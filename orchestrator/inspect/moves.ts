/** Files that only moved: a deletion and an addition whose content is mostly the same, as git tells renames. */
import { openMeter } from '../text/meter.ts';
import { type ChangedFile, linesOf } from './changed-file.ts';

/** Lines looked up in all; beyond it nothing more is taken for moved, and so everything for new. */
const mostSteps = 5_000_000;

/** Each addition that has its counterpart gets what stood there before; the deletion is taken out. */
export function pairMoves(files: readonly ChangedFile[]): readonly ChangedFile[] {
  const gone = new Set(files.filter(({ status }) => status === 'D'));
  if (gone.size === 0) return files;
  const meter = openMeter(mostSteps);
  const paired = files.map((file) => {
    if (file.status !== 'A') return file;
    const source = sourceOf(file, gone, (lines) => meter.spend(lines));
    if (source === null) return file;
    gone.delete(source);
    return { ...file, from: source.path, before: source.before };
  });
  return paired.filter((file) => file.status !== 'D' || gone.has(file));
}

function sourceOf(
  { after }: ChangedFile,
  gone: ReadonlySet<ChangedFile>,
  spend: (lines: number) => boolean,
): ChangedFile | null {
  const all = [...gone];
  const same = all.find(({ before }) => before !== null && after !== null && Buffer.compare(before, after) === 0);
  if (same !== undefined) return same;
  let there: ReadonlySet<string> | null = null;
  for (const file of all) {
    const [size, other] = [file.before?.byteLength ?? 0, after?.byteLength ?? 0];
    // What is less than half as long, or more than twice, can't be mostly the same.
    if (size * 2 < other || other * 2 < size || !spend((size + other) / 40)) continue;
    there ??= new Set(linesOf(after));
    if (isMostlyIn(linesOf(file.before), there)) return file;
  }
  return null;
}

function isMostlyIn(lines: readonly string[], there: ReadonlySet<string>): boolean {
  let [telling, found] = [0, 0];
  for (const line of lines) {
    if (line.trim() === '') continue;
    telling += 1;
    if (there.has(line)) found += 1;
  }
  return telling > 0 && found * 2 >= telling;
}
