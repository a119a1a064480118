/** Brings together what the sections of an answer do to each file. Two that can't both be meant are refused, not merged. */
import type { BaseFiles } from './base-files.ts';
import type { BaseText } from './base-text.ts';
import { readable } from '../byte-text.ts';
import type { Problem } from '../problem.ts';
import { type Searched, search } from '../place/locate.ts';
import type { Meter } from '../../text/meter.ts';
import type { Target } from './target.ts';

/** What happens to one path. */
export interface Plan {
  readonly target: Target;
  /** The file as it is; null for a new one, and for one that is moved as it is and is no text. */
  readonly base: BaseText | null;
  /** The hunks, if there are any. */
  readonly searched: Searched | null;
  /** The whole file as the answer also gives it: must come to the same. */
  readonly whole: readonly string[] | null;
}

export async function planAll(
  targets: readonly Target[],
  files: BaseFiles,
  meter: Meter,
): Promise<readonly Plan[] | Problem> {
  const groups = new Map<string, Target[]>();
  for (const target of targets) {
    const group = groups.get(target.path);
    if (group === undefined) groups.set(target.path, [target]);
    else group.push(target);
  }
  const plans: Plan[] = [];
  for (const group of groups.values()) {
    const plan = await planFile(group, files, meter);
    if ('kind' in plan) return plan;
    plans.push(plan);
  }
  const moved = plans.find(({ target }) => target.kind === 'move' && !target.copy && groups.has(target.from));
  return moved?.target.kind === 'move' ? twice(moved.target.from) : plans;
}

async function planFile(group: readonly Target[], files: BaseFiles, meter: Meter): Promise<Plan | Problem> {
  const [first] = group;
  const merged = merge(group);
  if (first === undefined || merged === null) return twice(first?.path ?? '');
  const { target, whole } = merged;
  const exists = files.has(target.path);
  if (exists && (target.kind === 'create' || target.kind === 'move')) return present(target.path);
  const source = target.kind === 'move' ? target.from : target.path;
  const base = await files.read(source);
  const unread = base === null && files.has(source);
  if (unread && !(target.kind === 'move' && target.hunks.length === 0)) return unreadable(source);
  if (base === null || target.kind === 'create' || target.kind === 'write') {
    return { target, base, searched: null, whole };
  }
  const form = target.kind === 'edit' ? target.form : 'unified';
  return { target, base, searched: search({ path: source, base, form }, target.hunks, meter), whole };
}

/** One target for all; null where they contradict each other. A whole file beside hunks is compared later. */
function merge(group: readonly Target[]): { readonly target: Target; readonly whole: Plan['whole'] } | null {
  const edits = group.filter((target) => target.kind === 'edit');
  const writes = group.filter((target) => target.kind === 'write');
  const [only, edit, write] = [group[0], edits[0], writes[0]];
  if (only === undefined) return null;
  if (group.length === 1) return { target: only, whole: null };
  if (edit === undefined || edits.length + writes.length < group.length || writes.length > 1) return null;
  const modes = edits.map((each) => each.modes).filter(({ before, after }) => before !== null || after !== null);
  if (modes.length > 1) return null;
  const form = edits.every((each) => each.form === 'unified') ? 'unified' : 'block';
  const target = { ...edit, hunks: edits.flatMap(({ hunks }) => hunks), modes: modes[0] ?? edit.modes, form } as const;
  return { target: { ...target, blobs: edits.length === 1 ? edit.blobs : null }, whole: write?.lines ?? null };
}

function twice(path: string): Problem {
  const reason = `${readable(path)} is changed more than once in ways that do not fit together. Write each file once.`;
  return { kind: 'problem', code: 'diff_ambiguous', reason };
}

function present(path: string): Problem {
  const reason = `${readable(path)} exists already, but the answer makes it as a new file. Change the file that is there.`;
  return { kind: 'problem', code: 'diff_not_applicable', reason };
}

function unreadable(path: string): Problem {
  const reason = `${readable(path)} is no regular text file and can not be changed.`;
  return { kind: 'problem', code: 'diff_not_applicable', reason };
}
