import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inspectUnicode } from '../../orchestrator/inspect/unicode.ts';
import { changed, policy } from './given.ts';

function verdict(line: string, before: string | null = null, over = {}): string {
  const refused = inspectUnicode(changed('a.py', before, `${before ?? ''}${line}\n`), {
    ...policy,
    unicode: { ...policy.unicode, ...over },
  });
  return refused === null ? 'fine' : `${refused.code}:${refused.detail}`;
}

const unseen: Readonly<Record<string, string>> = {
  'right-to-left override': 'if level != "user\u202E \u2066// admin\u2069 \u2066": pass',
  isolate: 'x\u2067y',
  'Arabic letter mark': 'x\u061Cy',
  'zero-width space': 'pass\u200Bword = 1',
  'zero-width joiner in a name': 'pass\u200Dword = 1',
  'zero-width non-joiner': 'a\u200Cb',
  'word joiner': 'a\u2060b',
  'soft hyphen': 'a\u00ADb',
  'byte order mark in the middle': 'a\uFEFFb',
  'tag characters': `# fine${String.fromCodePoint(0xe0041, 0xe0042)}`,
  'Hangul filler': 'const \u3164 = 1',
  'half-width Hangul filler': 'const \uFFA0 = 1',
  'Braille blank': 'a\u2800b',
  'variation selector after a letter': 'a\uFE0Fb',
  'variation selector of the supplement': `a${String.fromCodePoint(0xe0100)}b`,
  'combining grapheme joiner': 'a\u034Fb',
  'line separator': 'a\u2028b',
  'next line': 'a\u0085b',
  escape: 'a\x1b[2Jb',
  backspace: 'a\bb',
  'carriage return in the middle': 'a\rb',
  'private use': 'a\uE000b',
  noncharacter: 'a\uFFFFb',
};

for (const [what, line] of Object.entries(unseen)) {
  test(`a line with a ${what} is refused with path and line`, () => {
    assert.equal(verdict(line, 'one\ntwo\n'), 'diff_unicode:a.py:3');
  });
}

const seen: Readonly<Record<string, string>> = {
  'tabs and a Windows line end': '\tx = 1\r',
  'umlauts and Chinese': 'größe = "你好"',
  Cyrillic: '# Привет, мир',
  'Greek letters of mathematics': 'Δx = 5 μs + θ_max',
  emoji: '🎉 ⚠️ ☎︎ 1️⃣',
  'a family of emoji': '👩‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈',
  'non-breaking and ideographic spaces': 'a\u00A0b\u3000c',
  Hebrew: '# שלום',
  'combining marks': 'e\u0301',
};

for (const [what, line] of Object.entries(seen)) {
  test(`a line with ${what} is fine`, () => assert.equal(verdict(line), 'fine'));
}

test('words that mix Latin letters with ones that only look so are refused, unless policy says otherwise', () => {
  for (const line of ['раsswоrd = 1', 'def is_аdmin():', 'Αdmin = 1']) {
    assert.equal(verdict(line), 'diff_unicode:a.py:1', line);
    assert.equal(verdict(line, null, { lookalikes: false }), 'fine');
  }
});

test('a character that policy allows is fine, and only that one', () => {
  assert.equal(verdict('می\u200Cخواهم', null, { allowed: ['U+200C'] }), 'fine');
  assert.equal(verdict('می\u200Bخواهم', null, { allowed: ['U+200C'] }), 'diff_unicode:a.py:1');
});

test('what stood there before is not judged', () => {
  assert.equal(verdict('x = 1', 'a\u202Eb\n'), 'fine');
});

function judge(before: string | null, after: string) {
  return inspectUnicode(changed('a.py', before, after), policy);
}

test('a byte order mark may stay where it was, and may not come to be', () => {
  assert.equal(judge('\uFEFFone\ntwo\n', '\uFEFFONE\ntwo\n'), null);
  assert.equal(judge(null, '\uFEFFone\n')?.code, 'diff_unicode');
  assert.equal(judge('one\n', '\uFEFFone\n')?.code, 'diff_unicode');
});

test('whatever the line, there is an answer; and no format character or control passes but in emoji', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (line) => {
      if (verdict(line.replaceAll('\n', ' ')) !== 'fine') return;
      assert.doesNotMatch(
        line.replace(/\n|\u200D|[\u0600-\u0605]|\u06DD|\u070F|\u08E2/g, ' ').replace(/\r$/, ''),
        /[\p{Cf}\p{Co}]|(?!\t)\p{Cc}/u,
      );
    }),
    { numRuns: 2000 },
  );
});
