/** Ways to spoil a diff: by bytes, by lines, and by what a header may say. */
import fc from 'fast-check';
import { names, quoted } from './fuzz-base.ts';
import { type Mutation, octal, onLine, onLines, renamed } from './fuzz-lines.ts';

const position = fc.nat(100_000);
const name = fc.constantFrom(...names).map((text) => Buffer.from(text).toString('latin1'));
const part = fc.constantFrom(
  '..',
  '.',
  '',
  '.git',
  '.GIT',
  '.github',
  '_secure',
  '.env',
  'GIT~1',
  'link',
  'src',
  '.g\u200cit',
);
const isHeader = /^(?:diff --git |--- |\+\+\+ |rename |copy |(?:new|old|deleted|index) )/;

const byteFlip = fc.tuple(position, fc.nat(7)).map(
  ([at, bit]): Mutation =>
    (diff) => {
      const index = at % Math.max(1, diff.length);
      const flipped = String.fromCharCode(diff.charCodeAt(index) ^ (1 << bit));
      return `${diff.slice(0, index)}${flipped}${diff.slice(index + 1)}`;
    },
);
const swap = fc
  .tuple(position, position)
  .map(
    ([a, b]): Mutation =>
      onLines((lines, n) =>
        lines.map((line, at) => (at === a % n ? (lines[b % n] ?? '') : at === b % n ? (lines[a % n] ?? '') : line)),
      ),
  );
const duplicate = position.map(
  (a): Mutation => onLines((lines, n) => lines.flatMap((line, at) => (at === a % n ? [line, line] : [line]))),
);
const drop = position.map((a): Mutation => onLines((lines, n) => lines.filter((_, at) => at !== a % n)));
const insert = (what: fc.Arbitrary<string>) =>
  fc
    .tuple(position, what)
    .map(([a, text]): Mutation => onLines((lines, n) => lines.toSpliced(a % n, 0, ...text.split('\n'))));
const rewrite = fc.tuple(position, name).map(([at, to]) => onLine(at, isHeader, (line) => renamed(line, to)));
/** Everywhere, so that the diff stays well formed. */
const rewriteAll = fc.tuple(position, name).map(
  ([at, to]): Mutation =>
    (diff) => {
      const found = [...diff.matchAll(/^\+\+\+ "?b\/([^"\n]+)"?$/gm)];
      const old = found[at % Math.max(1, found.length)]?.[1];
      return old === undefined
        ? diff
        : diff.replaceAll(`b/${old}`, () => `b/${to}`).replaceAll(`a/${old}`, () => `a/${to}`);
    },
);
const newNameOnly = fc.tuple(position, name).map(([at, to]) => onLine(at, /^\+\+\+ /, (line) => renamed(line, to)));
const component = fc.tuple(position, position, part).map(([at, which, to]) =>
  onLine(at, isHeader, (line) => {
    const parts = line.split('/');
    const index = 1 + (which % Math.max(1, parts.length - 1));
    return parts.map((each, n) => (n === index ? to : each)).join('/');
  }),
);
const prefix = fc
  .tuple(position, fc.constantFrom('', 'c/', 'b/b/', '/', './', 'old/', '../'))
  .map(([at, to]) => onLine(at, /^(?:---|\+\+\+) [ab]\//, (line) => line.replace(/ [ab]\//, ` ${to}`)));
const secondPair = fc
  .tuple(name, fc.constantFrom('', '\t2024-01-01', '\r'))
  .map(
    ([to, tail]) =>
      `--- /dev/null\n+++ ${quoted(`b/${Buffer.from(to, 'latin1').toString()}`)}${tail}\n@@ -0,0 +1 @@\n+x`,
  );
const anyMode = fc.constantFrom(
  '100644',
  '100755',
  '120000',
  '160000',
  '040000',
  '104755',
  '010644',
  '100664',
  '000000',
);
const modeLine = fc
  .tuple(fc.constantFrom('new file mode', 'deleted file mode', 'old mode', 'new mode'), anyMode)
  .map(([head, mode]) => `${head} ${mode}`);
const moveLines = fc
  .tuple(fc.constantFrom('rename', 'copy'), name, name)
  .map(([verb, from, to]) => `${verb} from ${from}\n${verb} to ${to}`);
const prose = fc.constantFrom(
  '',
  'I changed a line.',
  'Index: src/b.py',
  '-- ',
  '```',
  'diff --git a/src/a.js b/.env',
  'index 1234567..89abcde 100755',
);
const afterHeader = (what: fc.Arbitrary<string>) =>
  fc.tuple(position, what).map(([at, text]) => onLine(at, /^diff --git /, (line) => `${line}\n${text}`));

const crlf = fc
  .tuple(fc.boolean(), position)
  .map(
    ([all, at]): Mutation => (all ? (diff) => diff.replaceAll('\n', '\r\n') : onLine(at, /./, (line) => `${line}\r`)),
  );
const nul = position.map(
  (at): Mutation =>
    (diff) =>
      `${diff.slice(0, at % (diff.length + 1))}\0${diff.slice(at % (diff.length + 1))}`,
);
const truncate = position.map(
  (at): Mutation =>
    (diff) =>
      diff.slice(0, at % (diff.length + 1)),
);
const number = fc.tuple(position, fc.nat(3), fc.integer({ min: -2, max: 3 })).map(([at, which, by]) => {
  let seen = -1;
  return onLine(at, /^@@ /, (line) => {
    seen = -1;
    return line.replace(/\d+/g, (digits) => {
      seen += 1;
      return seen === which ? String(Math.max(0, Number(digits) + by)) : digits;
    });
  });
});
const twice = fc.constant<Mutation>((diff) => diff + diff);
const plain = fc.constant<Mutation>((diff) => diff.replace(/^diff --git .*\n/m, ''));
const spelled = fc
  .tuple(position, fc.integer({ min: 1, max: 4 }))
  .map(([at, every]) => onLine(at, isHeader, (line) => octal(line, every)));
const tail = fc
  .tuple(position, fc.constantFrom('\t', '\t2024-01-01 00:00:00', ' ', '\ttabbed/name'))
  .map(([at, text]) => onLine(at, /^(?:---|\+\+\+) /, (line) => line + text));

const gentle = fc.oneof(
  rewriteAll,
  number,
  tail,
  insert(prose),
  spelled,
  plain,
  afterHeader(prose),
  prefix,
  newNameOnly,
);
const byText = fc.oneof(byteFlip, swap, duplicate, drop, crlf, nul, truncate, twice);
const byHeader = fc.oneof(
  rewrite,
  component,
  insert(modeLine),
  afterHeader(modeLine),
  afterHeader(moveLines),
  insert(moveLines),
);
const rough = fc.oneof(byText, byHeader, insert(secondPair));

/** None to three of them, the gentle ones more often: a diff that git refuses tells little. */
export const mutations = fc.array(fc.oneof({ weight: 3, arbitrary: gentle }, { weight: 2, arbitrary: rough }), {
  minLength: 0,
  maxLength: 3,
});

/** Applies them one after the other. */
export function mutate(diff: string, steps: readonly Mutation[]): Uint8Array {
  const spoiled = steps.reduce((text, step) => step(text), Buffer.from(diff).toString('latin1'));
  return Buffer.from(spoiled, 'latin1');
}
