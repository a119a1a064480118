/** Whether changed files are of a form and size that can be judged, and read by a reviewer. */
import { refuse, type Refused } from '../outcome.ts';
import type { ChangedFile } from './changed-file.ts';
import type { Rules } from './rules.ts';

/** Git LFS writes this in place of a file's content, which nobody here has seen. */
const pointer = Buffer.from('version https://git-lfs.github.com/spec/');
const newline = 0x0a;

export function inspectForm(files: readonly ChangedFile[], rules: Rules): Refused | null {
  const { totalBytes } = rules.policy.limits;
  for (const side of ['before', 'after'] as const) {
    const total = files.reduce((sum, file) => sum + (file[side]?.byteLength ?? 0), 0);
    if (total > totalBytes) {
      const reason = `The changed files have ${total} bytes together (${side} the change); at most ${totalBytes} are allowed ("limits.totalBytes" in policies/diff.json).`;
      return refuse('diff_too_large', reason);
    }
  }
  for (const file of files) {
    for (const side of ['before', 'after'] as const) {
      const refused = inspectSide(file, side, rules);
      if (refused !== null) return refused;
    }
  }
  return null;
}

function inspectSide(file: ChangedFile, side: 'before' | 'after', { policy }: Rules): Refused | null {
  const { path } = file;
  const bytes = file[side];
  if (bytes === null) return null;
  const { fileBytes, fileLines } = policy.limits;
  if (bytes.byteLength > fileBytes)
    return tooLarge(path, `${bytes.byteLength} bytes`, { most: fileBytes, limit: 'fileBytes' });
  const lines = countLines(bytes);
  if (lines > fileLines) return tooLarge(path, `${lines} lines`, { most: fileLines, limit: 'fileLines' });
  if (side === 'after' && bytes.includes(0)) return refuse('diff_binary', `${path} is not text.`, path);
  if (Buffer.compare(bytes.subarray(0, pointer.length), pointer) === 0) {
    return refuse('diff_binary', `${path} is a pointer to content kept elsewhere (Git LFS).`, path);
  }
  return null;
}

function tooLarge(
  path: string,
  has: string,
  { most, limit }: { readonly most: number; readonly limit: string },
): Refused {
  const reason = `${path} has ${has}; a changed file may have at most ${most} ("limits.${limit}" in policies/diff.json).`;
  return refuse('diff_too_large', reason, path);
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines += 1;
  return lines;
}
