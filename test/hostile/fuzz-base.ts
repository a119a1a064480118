/** A small repository with something of everything, and well-formed diffs on it, for the fuzzer. */
import fc from 'fast-check';
import type { OracleTree } from './oracle.ts';

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}\n`).join('');
const twins = 'x\ny\nx\ny\nx\n';

const texts: Readonly<Record<string, string>> = {
  'README.md': '# Till\n\nA till.\n\nRun it.\n',
  'docs/über.md': 'eins\nzwei\ndrei\n',
  'docs/a b.md': 'one\ntwo\nthree\n',
  'src/a.js': 'one\ntwo\nthree\n',
  'src/b.py': numbered(1, 40),
  'src/deep/er/c.ts': twins,
  'src/crlf.txt': 'one\r\ntwo\r\nthree\r\n',
  'src/open.txt': 'one\ntwo',
  'src/empty.py': '',
  'tests/test_b.py': 'def test_b():\n    assert 1 + 1 == 2\n    assert 2 + 2 == 4\n',
  '.github/workflows/ci.yml': 'on: push\njobs: {}\n',
  '.env': 'A=1\nB=2\n',
  '_secure/key.md': 'the key\nlies under the mat\n',
  'package.json': '{\n  "name": "till"\n}\n',
};

export const fuzzBase: OracleTree = new Map([
  ...Object.entries(texts).map(([path, text]) => [path, { mode: '100644', bytes: Buffer.from(text) }] as const),
  ['tools/run.py', { mode: '100755', bytes: Buffer.from('print(1)\nprint(2)\n') }],
  // Out of the tree, to where the fuzzer looks for what must not be written.
  ['link', { mode: '120000', bytes: Buffer.from('../outside') }],
]);

/** Names that a mutation may bring in: ordinary, protected, blocked, and ones that lead astray. */
export const names: readonly string[] = [
  ...Object.keys(texts),
  ...'src/new.js docs/new.md lib/x/y.py new.txt src/A.js SRC/a.js tests/test_new.py'.split(' '),
  ...'.github/workflows/evil.yml .GITHUB/x.yml .git/config .git/hooks/pre-commit .GIT/x GIT~1/x'.split(' '),
  ...'../evil.js src/../../evil.js /tmp/evil.js ./src/a.js src//a.js src/./a.js .env sub/.env'.split(' '),
  ...'_secure/new.md conftest.py package.json yarn.lock .gitattributes .gitmodules CODEOWNERS'.split(' '),
  ...'link link/x.js tools/run.py tools/new.py src src/a.js/x.js dev/null /dev/null CON.js'.split(' '),
  '.g\u200cit/config',
  'src/\u202ex.js',
  'src/x\u200b.js',
  'src/x.js ',
];

const path = fc.constantFrom(...Object.keys(texts).filter((name) => name !== 'src/empty.py'));
const fresh = fc.constantFrom('src/new.js', 'docs/new.md', 'lib/x/y.py', 'new.txt', 'src/deep/n.ts', 'tests/test_n.py');
const text = fc.constantFrom(
  'ONE',
  'zwei',
  '',
  '    x = 1',
  '--- a/src/a.js',
  '+++ b/.env',
  '@@ -1 +1 @@',
  '# ü',
  'a\r',
);
const header = (from: string, to = from) => `diff --git ${quoted(`a/${from}`)} ${quoted(`b/${to}`)}\n`;

/** As git writes a name in a header. */
export function quoted(name: string): string {
  const bytes = Buffer.from(name).toString('latin1');
  if (/^[\x20-\x7e]*$/.test(bytes) && !/["\\]/.test(bytes)) return name;
  return `"${bytes.replace(/[^\x20-\x7e]|["\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`;
}

function linesOf(name: string): readonly string[] {
  return (texts[name] ?? '').split(/(?<=\n)/).filter((line) => line !== '');
}

const marked = (sign: string, line: string) =>
  `${sign}${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`;

/** Replaces one line, with what context there is. */
function editOf(name: string, at: number, now: readonly string[], to = name): string {
  const lines = linesOf(name);
  const index = at % lines.length;
  const first = Math.max(0, index - 3);
  const hunk = lines.slice(first, index + 4);
  const body = hunk.map((line, offset) => {
    if (first + offset !== index) return marked(' ', line);
    const end = line.endsWith('\n') ? '\n' : '';
    return (
      marked('-', line) +
      now.map((text, n) => marked('+', n === now.length - 1 ? `${text}${end}` : `${text}\n`)).join('')
    );
  });
  const counts = `@@ -${first + 1},${hunk.length} +${first + 1},${hunk.length - 1 + now.length} @@\n`;
  return `--- ${quoted(`a/${name}`)}\n+++ ${quoted(`b/${to}`)}\n${counts}${body.join('')}`;
}

const edit = fc
  .tuple(path, fc.nat(40), fc.array(text, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([name, at, now, plain]) => `${plain ? '' : header(name)}${editOf(name, at, now)}`);
const addition = fc
  .tuple(fresh, fc.array(text, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([name, lines, plain]) => {
    const head = plain ? '' : `${header(name)}new file mode 100644\n`;
    return `${head}--- /dev/null\n+++ b/${name}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;
  });
const emptyAddition = fresh.map((name) => `${header(name)}new file mode 100644\nindex 0000000..e69de29\n`);
const deletion = path.map((name) => {
  const lines = linesOf(name);
  const head = `${header(name)}deleted file mode 100644\n--- ${quoted(`a/${name}`)}\n+++ /dev/null\n`;
  return `${head}@@ -1,${lines.length} +0,0 @@\n${lines.map((line) => marked('-', line)).join('')}`;
});
const move = fc.tuple(path, fresh, fc.constantFrom('rename', 'copy')).map(([from, to, verb]) => {
  return `${header(from, to)}similarity index 100%\n${verb} from ${quoted(from)}\n${verb} to ${quoted(to)}\n`;
});
const moveWithEdit = fc.tuple(path, fresh, fc.nat(40), text).map(([from, to, at, now]) => {
  const head = `${header(from, to)}similarity index 80%\nrename from ${quoted(from)}\nrename to ${quoted(to)}\n`;
  return `${head}${editOf(from, at, [now], to)}`;
});
const modeChange = fc
  .constantFrom('src/a.js', 'README.md')
  .map((name) => `${header(name)}old mode 100644\nnew mode 100755\n`);

/** One to three well-formed changes. */
export const validDiff = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: edit },
      { weight: 3, arbitrary: addition },
      { weight: 1, arbitrary: emptyAddition },
      { weight: 1, arbitrary: deletion },
      { weight: 2, arbitrary: move },
      { weight: 1, arbitrary: moveWithEdit },
      { weight: 1, arbitrary: modeChange },
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((changes) => changes.join(''));
