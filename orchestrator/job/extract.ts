import { refuse, type Refused } from '../outcome.ts';

const fence = /^(`{3,}|~{3,})[^\n]*\n([\s\S]*?)^\1\s*$/gm;
const diffStart = /^(?:diff --git |--- \S)/m;

/**
 * Takes the unified diff out of a model's answer: all fenced blocks that hold one, else everything from the first
 * diff header on. `model_output_invalid` where there is none: prose, HTML, nothing.
 */
export function extractDiff(answer: string): { readonly kind: 'diff'; readonly bytes: Uint8Array } | Refused {
  const text = answer.replaceAll('\r\n', '\n');
  const blocks = [...text.matchAll(fence)].map((match) => match[2] ?? '').filter((block) => diffStart.test(block));
  const bare = diffStart.exec(text);
  const diff = blocks.length > 0 ? blocks.join('') : bare === null ? null : text.slice(bare.index);
  if (diff === null)
    return refuse('model_output_invalid', 'The answer holds no unified diff (no "diff --git" or "---" header).');
  return { kind: 'diff', bytes: Buffer.from(diff.endsWith('\n') ? diff : `${diff}\n`) };
}
