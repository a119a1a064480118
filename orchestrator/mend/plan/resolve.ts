/** From the names in a section to files of the base. */
import type { BaseFiles } from './base-files.ts';
import { readable } from '../byte-text.ts';
import type { Problem } from '../problem.ts';
import { type FileSection, type Hunk, type Label, noModes, type Section, type UnifiedSection } from '../edit.ts';
import type { Resolved, Target } from './target.ts';

const prefix = /^[ab]\//;
/** git's prefixes with `diff.mnemonicPrefix`, unless the base has such a folder. */
const otherPrefix = /^[ciow12]\//;

export async function resolveSection(section: Section, files: BaseFiles): Promise<Resolved> {
  const target = await resolveKind(section, files);
  // git ends a name at a NUL: what is judged and what is written would be two files.
  if (target.kind !== 'problem' && target.path.includes('\0')) {
    return { kind: 'problem', code: 'diff_invalid', reason: 'A file name holds a NUL byte.' };
  }
  return target;
}

async function resolveKind(section: Section, files: BaseFiles): Promise<Resolved> {
  switch (section.kind) {
    case 'file':
      return resolveFile(section, files);
    case 'block': {
      const fresh = onlyAdds([section.hunk]);
      const path = fresh ? exact(section.path, files) : existing(section.path, files);
      if (path !== null)
        return { kind: 'edit', path, hunks: [section.hunk], modes: noModes, form: 'block', blobs: null };
      return fresh ? create(section.path, { hunks: [section.hunk] }) : missing(section.path, files);
    }
    case 'unified':
      return resolveUnified(section, files);
  }
}

function resolveFile({ path, lines }: FileSection, files: BaseFiles): Resolved {
  const found = exact(path, files) ?? files.below(clean(path));
  const named = clean(path);
  // "utils.py" alone, where several folders have one: a new file in the root is the least likely meaning.
  if (found === null && !named.includes('/') && files.isName(named)) {
    const reason = `Which ${readable(named)} is meant? Nearest: ${files.nearest(named).map(readable).join(', ')}.`;
    return { kind: 'problem', code: 'diff_ambiguous', reason };
  }
  return { kind: 'write', path: found ?? named, lines };
}

function exact(label: string, files: BaseFiles): string | null {
  return namesOf(label, files).find((name) => files.has(name)) ?? null;
}

/** A path with a folder too few or too many is mended only where old lines have to stand in the file. */
function existing(label: string, files: BaseFiles): string | null {
  const path = clean(label);
  return exact(label, files) ?? files.below(path) ?? files.above(path);
}

async function resolveUnified(section: UnifiedSection, files: BaseFiles): Promise<Resolved> {
  const { modes, hunks } = section;
  if (section.old === undefined && section.new === undefined) {
    return { kind: 'problem', code: 'diff_invalid', reason: 'A part of the diff names no file.' };
  }
  if (section.new === null || modes.deleted !== null) {
    return resolveDelete(section, files);
  }
  if (section.old === null || modes.created !== null) {
    const label = section.new ?? section.old ?? '';
    return create(namesOf(label, files)[0] ?? '', section);
  }
  const [from, to] = [await pick(section.old, hunks, files), await pick(section.new, hunks, files)];
  if (isProblem(from)) return from;
  if (isProblem(to)) return to;
  return resolveEdit(section, from, to, files);
}

async function resolveDelete(section: UnifiedSection, files: BaseFiles): Promise<Resolved> {
  const label = section.old ?? section.new ?? '';
  const path = await pick(label, section.hunks, files);
  if (isProblem(path)) return path;
  if (path === null) return missing(label, files);
  if (section.hunks.length === 0 && section.modes.deleted === null) {
    const reason = `${readable(path)} is to be deleted, but neither "deleted file mode" nor its lines are there.`;
    return { kind: 'problem', code: 'diff_invalid', reason };
  }
  return { kind: 'delete', path, hunks: section.hunks, mode: section.modes.deleted ?? '100644' };
}

function resolveEdit(section: UnifiedSection, from: string | null, to: string | null, files: BaseFiles): Resolved {
  const { hunks, modes, blobs, git, move } = section;
  const label = section.new ?? section.old ?? '';
  const target = newName(section, files);
  const edit = (path: string): Target => ({ kind: 'edit', path, hunks, modes, form: 'unified', blobs });
  if (from !== null && section.new !== undefined && from !== to) {
    // git renames where `diff --git` and two different names say so, and takes the second name otherwise.
    if (move !== null || git || to === null) {
      return { kind: 'move', path: to ?? target, from, copy: move === 'copy', hunks, modes, blobs };
    }
    return edit(to.startsWith(from) ? from : to);
  }
  const path = to ?? from;
  if (path !== null) return edit(path);
  const repaired = files.below(target) ?? files.above(target);
  if (repaired !== null && move === null && !onlyAdds(hunks)) return edit(repaired);
  return onlyAdds(hunks) && move === null ? create(target, section) : missing(label, files);
}

function newName(section: UnifiedSection, files: BaseFiles): string {
  return namesOf(section.new ?? section.old ?? '', files)[0] ?? '';
}

/**
 * The existing file that a label means: git takes off the first folder, models often write none. If the base has both,
 * the one that holds the removed lines.
 */
async function pick(label: Label, hunks: readonly Hunk[], files: BaseFiles): Promise<string | null | Problem> {
  if (typeof label !== 'string') return null;
  const found = namesOf(label, files).filter((name) => files.has(name));
  if (found.length < 2) return found[0] ?? null;
  const holding: string[] = [];
  for (const path of found) if (await holds(path, hunks, files)) holding.push(path);
  const [only] = holding;
  if (holding.length === 1 && only !== undefined) return only;
  const reason = `"${readable(label)}" may mean ${found.map(readable).join(' or ')}. Write a/PATH and b/PATH.`;
  return { kind: 'problem', code: 'diff_ambiguous', reason };
}

async function holds(path: string, hunks: readonly Hunk[], files: BaseFiles): Promise<boolean> {
  const base = await files.read(path);
  if (base === null) return false;
  const old = hunks.flatMap(({ bodies }) => (bodies[0] ?? []).filter((line) => line.op === 'remove'));
  return old.every(({ text }) => base.loose.idOf(text) !== undefined);
}

/** The names that a label can stand for, the likeliest first. A path that git would refuse is left for git to refuse. */
function namesOf(label: string, files: BaseFiles): readonly string[] {
  const prefixed = prefix.test(label) || (otherPrefix.test(label) && !files.isFolder(label.charAt(0)));
  const stripped = label.includes('/') ? clean(label.slice(label.indexOf('/') + 1)) : '';
  const names = prefixed || label.startsWith('/') ? [stripped, clean(label)] : [clean(label), stripped];
  return [...new Set(names)].filter((name) => name !== '');
}

/** Without `./` and `/` at its start and doubled slashes: git knows no such names. */
function clean(path: string): string {
  return path.replaceAll(/\/{2,}/g, '/').replace(/^(?:\.?\/)+/, '');
}

function create(path: string, section: Pick<UnifiedSection, 'hunks'> & Partial<UnifiedSection>): Target {
  const { hunks, modes, blobs } = section;
  return { kind: 'create', path: clean(path), hunks, mode: modes?.created ?? '100644', blobs: blobs ?? null };
}

function onlyAdds(hunks: readonly Hunk[]): boolean {
  return hunks.length > 0 && hunks.every(({ bodies }) => bodies[0]?.every((line) => line.op === 'add'));
}

function missing(label: string, files: BaseFiles): Problem {
  const path = clean(clean(label).replace(prefix, ''));
  const nearest = files.nearest(path).map(readable);
  const hint = nearest.length > 0 ? ` Nearest: ${nearest.join(', ')}.` : '';
  const reason = `The base has no file ${readable(path)}.${hint}`;
  return { kind: 'problem', code: 'diff_not_applicable', reason };
}

function isProblem(value: string | null | Problem): value is Problem {
  return value !== null && typeof value !== 'string';
}
