/** One file's part of the diff, as git would write it; byte text, empty where nothing changes. */
import type { BaseText } from '../plan/base-text.ts';
import type { Modes } from '../edit.ts';
import { writeName } from '../../text/quoted-name.ts';
import type { ResultLine } from './regenerate.ts';
import type { MoveTarget } from '../plan/target.ts';
import { changesOf, writeDiff } from './write-diff.ts';

/** `lines` with their `\n`. */
export function writeCreated(path: string, mode: string, lines: readonly string[]): string {
  const changes = lines.length === 0 ? [] : [{ at: 0, removed: [], added: lines }];
  return writeDiff({ old: null, new: path, headers: [`new file mode ${mode}`], base: [], changes });
}

export function writeEdited(base: BaseText, path: string, modes: Modes | null, lines: readonly ResultLine[]): string {
  const old = fullLines(base);
  const changes = changesOf(old, lines);
  const headers = modeLines(modes);
  if (changes.length === 0 && headers.length === 0) return '';
  return writeDiff({ old: path, new: path, headers, base: old, changes });
}

export function writeDeleted(base: BaseText, path: string, mode: string): string {
  const removed = fullLines(base);
  const changes = removed.length === 0 ? [] : [{ at: 0, removed, added: [] }];
  return writeDiff({ old: path, new: null, headers: [`deleted file mode ${mode}`], base: removed, changes });
}

/** As git writes a rename: that alone keeps the mode, and the content of what is no text. Null = the content stays. */
export function writeMoved(base: BaseText | null, target: MoveTarget, lines: readonly ResultLine[] | null): string {
  const word = target.copy ? 'copy' : 'rename';
  const names = [`${word} from ${writeName(target.from)}`, `${word} to ${writeName(target.path)}`];
  const headers = [...modeLines(target.modes), ...names];
  const old = base === null ? [] : fullLines(base);
  const changes = lines === null ? [] : changesOf(old, lines);
  return writeDiff({ old: target.from, new: target.path, headers, base: old, changes });
}

function modeLines(modes: Modes | null): readonly string[] {
  const before = modes?.before ?? null;
  const after = modes?.after ?? null;
  return [...(before === null ? [] : [`old mode ${before}`]), ...(after === null ? [] : [`new mode ${after}`])];
}

function fullLines({ lines, open }: BaseText): readonly string[] {
  return lines.map((line, at) => (open && at === lines.length - 1 ? line : `${line}\n`));
}
