/** The first look at a diff: its bytes, before git reads them. */
import { refuse, type Refused } from '../outcome.ts';
import { inspectCopies } from './headers.ts';
import type { Rules } from './rules.ts';

/** Refuses what is too large, no UTF-8, holds NUL bytes or binary parts. Which files change is never read from a diff's text. */
export function inspectBytes(diff: Uint8Array, rules: Rules): Refused | null {
  const { policy } = rules;
  if (diff.byteLength > policy.limits.diffBytes) {
    return refuse(
      'diff_too_large',
      `The diff has ${diff.byteLength} bytes; at most ${policy.limits.diffBytes} are allowed ("limits.diffBytes" in policies/diff.json).`,
    );
  }
  const text = decode(diff);
  if (text === null) return refuse('diff_invalid', 'The diff is not valid UTF-8.');
  if (text.trim() === '') return refuse('diff_empty', 'The diff is empty.');
  // git cuts a path at a NUL byte: what a reader sees and what is applied would differ.
  if (text.includes('\0')) return refuse('diff_invalid', 'The diff contains a NUL byte.');
  const copies = inspectCopies(text);
  if (copies !== null) return copies;
  for (const [index, line] of text.split('\n').entries()) {
    const refused = inspectLine(line, index + 1, rules);
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

function inspectLine(line: string, number: number, rules: Rules): Refused | null {
  const { policy } = rules;
  // A UTF-16 length is at most the UTF-8 length, so the exact count is only taken where it can matter.
  if (line.length * 3 > policy.limits.lineBytes && Buffer.byteLength(line) > policy.limits.lineBytes) {
    return refuse(
      'diff_too_large',
      `Line ${number} of the diff is longer than ${policy.limits.lineBytes} bytes ("limits.lineBytes" in policies/diff.json).`,
    );
  }
  if (line === 'GIT binary patch' || /^Binary files .* differ$/.test(line)) {
    return refuse('diff_binary', `Line ${number} of the diff starts a binary change; only text can be changed.`);
  }
  return null;
}
