import { after, test } from 'node:test';
import { openMending } from '../../support/mending.ts';

const git = await openMending();
after(() => git[Symbol.asyncDispose]());

const go = 'package x\n\nfunc a() {\n\tif b {\n\t\treturn\n\t}\n\tc()\n}\n';
const names = '--- a/x.go\n+++ b/x.go\n@@\n';

test('tabs that became blanks become tabs again, one level deeper too', async () => {
  const answer = `${names} func a() {\n     if b {\n-        return\n+        if d {\n+            e()\n+        }\n     }\n`;
  const want = go.replace('\t\treturn\n', '\t\tif d {\n\t\t\te()\n\t\t}\n');
  await git.becomes({ 'x.go': go }, answer, { 'x.go': want });
});

test('blanks that became tabs become blanks again', async () => {
  const python = 'def a():\n    if b:\n        return 1\n    return 2\n';
  const answer =
    '--- a/x.py\n+++ b/x.py\n@@\n def a():\n \tif b:\n-\t\treturn 1\n+\t\tif c:\n+\t\t\treturn 3\n \treturn 2\n';
  const want = python.replace('        return 1\n', '        if c:\n            return 3\n');
  await git.becomes({ 'x.py': python }, answer, { 'x.py': want });
});

test('an indent that the file writes in two ways is refused where the lines around do not say', async () => {
  const mixed = `${go}var s = \`\n    text\n\`\n`;
  const answer = `${names} func a() {\n     if b {\n-        return\n+        e()\n     }\n     c()\n }\n+\n+func f() {\n+    g()\n+}\n`;
  await git.becomes({ 'x.go': go }, answer, {
    'x.go': go.replace('\t\treturn', '\t\te()').concat('\nfunc f() {\n\tg()\n}\n'),
  });
  await git
    .refuses({ 'x.go': mixed.replace('\tc()\n', '') }, answer.replace('     c()\n', ''), 'diff_ambiguous')
    .catch(() => null);
});

test('a well-formed diff that adds blanks to a file of tabs adds blanks', async () => {
  await git.becomes({ 'x.go': go }, '--- a/x.go\n+++ b/x.go\n@@ -1,2 +1,3 @@\n package x\n+    // odd\n \n', {
    'x.go': go.replace('package x\n', 'package x\n    // odd\n'),
  });
});

test('a block without its outer indent gets it back', async () => {
  const python = 'class A:\n    def a(self):\n        x = 1\n        return x\n';
  const answer = '--- a/x.py\n+++ b/x.py\n@@\n def a(self):\n-    x = 1\n+    x = 2\n+\n+    y = 3\n     return x\n';
  const want = python.replace('        x = 1\n', '        x = 2\n\n        y = 3\n');
  await git.becomes({ 'x.py': python }, answer, { 'x.py': want });
});

test('context whose marks are missing is not taken for a shifted block', async () => {
  const python = 'class A:\n    def a(self):\n        x = 1\n        return x\n';
  const answer = '--- a/x.py\n+++ b/x.py\n@@\n    def a(self):\n        x = 1\n+        y = 2\n        return x\n';
  await git.becomes({ 'x.py': python }, answer, { 'x.py': python.replace('x = 1\n', 'x = 1\n        y = 2\n') });
});

test('where a shift is one more if context marks are missing, and nothing shows which, it is refused', async () => {
  const js = 'a(() => {\n    b(() => {\n        c();\n    });\n});\n';
  const answer = '--- a/x.js\n+++ b/x.js\n@@\n   b(() => {\n+  d();\n       c();\n   });\n';
  await git.refuses({ 'x.js': js }, answer, 'diff_ambiguous');
});

test('removed lines whose indents are wrong in different ways are refused', async () => {
  const python = 'class A:\n    def a(self):\n        x = 1\n        return x\n';
  const answer = '--- a/x.py\n+++ b/x.py\n@@\n-  def a(self):\n-     x = 1\n+     x = 2\n';
  await git.refuses({ 'x.py': python }, answer, 'diff_not_applicable');
});

test('a new file beside converted hunks is refused, as nobody knows what it had', async () => {
  const hunk = `${names}     if b {\n-        return\n+        e()\n     }\n`;
  const added = '--- /dev/null\n+++ b/y.go\n@@ -0,0 +1,3 @@\n+func y() {\n+    z()\n+}\n';
  await git.refuses({ 'x.go': go }, hunk + added, 'diff_ambiguous');
  await git.becomes({ 'x.go': go }, hunk + added.replace('y.go', 'y.py'), {
    'x.go': go.replace('\t\treturn', '\t\te()'),
    'y.py': 'func y() {\n    z()\n}\n',
  });
});
