/** The first look at a diff: its bytes, before git reads them. */
import { refuse, type Refused } from '../outcome.ts';
import type { DiffPolicy } from './policy.ts';

const headerMode = /^(?:new file mode|new mode|old mode|deleted file mode) (\d+)$/;

/**
 * Refuses what is too large, no UTF-8, holds NUL bytes, or asks for a mode that git would quietly normalise.
 * The lines are judged only for size and mode; which files change is never read from a diff's text.
 */
export function inspectBytes(diff: Uint8Array, policy: DiffPolicy): Refused | null {
  if (diff.byteLength > policy.limits.diffBytes) {
    return refuse(
      'diff_too_large',
      `The diff has ${diff.byteLength} bytes; at most ${policy.limits.diffBytes} are allowed.`,
    );
  }
  const text = decode(diff);
  if (text === null) return refuse('diff_invalid', 'The diff is not valid UTF-8.');
  if (text.trim() === '') return refuse('diff_empty', 'The diff is empty.');
  // git cuts a path at a NUL byte: what a reader sees and what is applied would differ.
  if (text.includes('\0')) return refuse('diff_invalid', 'The diff contains a NUL byte.');
  for (const [index, line] of text.split('\n').entries()) {
    const refused = inspectLine(line, index + 1, policy);
    if (refused !== null) return refused;
  }
  return null;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function inspectLine(line: string, number: number, policy: DiffPolicy): Refused | null {
  // A UTF-16 length is at most the UTF-8 length, so the exact count is only taken where it can matter.
  if (line.length * 3 > policy.limits.lineBytes && Buffer.byteLength(line) > policy.limits.lineBytes) {
    return refuse('diff_too_large', `Line ${number} of the diff is longer than ${policy.limits.lineBytes} bytes.`);
  }
  if (line === 'GIT binary patch' || /^Binary files .* differ$/.test(line)) {
    return refuse('diff_binary', `Line ${number} of the diff starts a binary change; only text can be changed.`);
  }
  const mode = headerMode.exec(line)?.[1];
  // git turns 104755 into 100755, 010644 into 100644 and drops 040000, all without a word.
  if (mode !== undefined && !policy.modes.some((allowed) => allowed === mode)) {
    return refuse(
      'diff_mode_forbidden',
      `Line ${number} of the diff asks for file mode ${mode}; allowed: ${policy.modes.join(', ')}.`,
    );
  }
  return null;
}
