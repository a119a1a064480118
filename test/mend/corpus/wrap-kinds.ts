/** What models write around a change. */
import type { Draft } from './draft.ts';
import type { Corrupt } from './number-kinds.ts';

const wrap =
  (make: (text: string) => string): Corrupt =>
  (draft) => ({ ...draft, wrappers: [...draft.wrappers, make] });

/** A fence that no line of the text closes. */
export function fenced(text: string, info: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/^`{3,}/gm)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${info}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}\n`;
}

export const inFence: Corrupt = (draft, random) => {
  if (draft.form !== 'diff' || draft.split) return null;
  const info = random.pick(['diff', 'diff', 'patch', '']);
  const before = random.pick([
    'Here is the change:\n\n',
    'I looked at `main` and fixed it.\n\n- First the bug.\n- Then the test.\n\n',
    '',
  ]);
  const after = random.pick([
    '\nThis fixes the problem.\n',
    '\n### Notes\n\n- I kept the style.\n- No new dependency.\n',
    '\n```sh\nnpm test\n```\n',
    '',
  ]);
  return wrap((text) => before + fenced(text, info) + after)(draft, random);
};

export const inProse: Corrupt = (draft, random) => {
  if (draft.form !== 'diff' || draft.split) return null;
  const after = random.pick([
    '\nLet me know if more is needed.\n',
    '\nNotes:\n\n- I kept the style.\n- No new dependency.\n',
    '\n\nThat is all.',
  ]);
  return wrap((text) => `Sure! The following patch does it.\n\n${text}${after}`)(draft, random);
};

/** The fence is opened twice, or one fence stands in another. */
export const fencedTwice: Corrupt = (draft, random) => {
  if (draft.form !== 'diff' || draft.split) return null;
  const open = random.pick(['```diff\n```diff\n', '```\n```diff\n', '````markdown\n```diff\n']);
  const close = open.startsWith('````') ? '```\n````\n' : random.pick(['```\n', '```\n```\n']);
  return wrap((text) => (/^`{3}/m.test(text) ? text : `${open}${text}${text.endsWith('\n') ? '' : '\n'}${close}`))(
    draft,
    random,
  );
};

/** What is left of a fence: its info string. */
export const bareInfo: Corrupt = (draft, random) =>
  draft.form !== 'diff' || draft.split
    ? null
    : wrap((text) => `${random.pick(['diff', 'patch', 'Diff:'])}\n${text}`)(draft, random);

/** An explanation directly behind the last line. */
export const explainedAtOnce: Corrupt = (draft, random) => {
  if (draft.form !== 'diff' || draft.split) return null;
  const last = random.pick([
    'This change fixes the problem.\n',
    'Explanation: the limit was off by one.\n',
    '**Note:** I kept the style.\n\n1. No new dependency.\n2. No new file.\n',
  ]);
  return wrap((text) => `${text}${text.endsWith('\n') ? '' : '\n'}${last}`)(draft, random);
};

/** One fenced block for each file, with text between. */
export const severalBlocks: Corrupt = (draft, random) => {
  if (draft.form !== 'diff' || draft.files.length < 2) return null;
  const made: Draft = { ...draft, split: true };
  return wrap((text) => `I changed ${draft.files.length} files.\n\n${text}\nDone.\n`)(made, random);
};

export const asEmail: Corrupt = (draft, random) => {
  if (draft.form !== 'diff' || draft.split) return null;
  const from = `From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: [PATCH] Change\n\nWhy it is needed.\n---\n`;
  const stat = draft.files.map(({ labels }) => ` ${labels?.[1] ?? 'file'} | 2 +-\n`).join('');
  const end = random.chance(0.8) ? '-- \n2.39.5\n\n' : '';
  return wrap((text) => `${from}${stat} ${draft.files.length} files changed\n\n${text}${end}`)(draft, random);
};
