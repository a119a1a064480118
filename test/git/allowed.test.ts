import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalPathPrefix, canonicalUrl, canonicalUrlPrefix, isWithin } from '../../orchestrator/git/allowed.ts';

const segment = fc.stringMatching(/^[a-z0-9_][a-z0-9._-]{0,8}$/).filter((text) => !text.endsWith('.git'));
const segments = fc.array(segment, { minLength: 1, maxLength: 4 });

test('a prefix covers itself and everything below it', () => {
  fc.assert(
    fc.property(segments, fc.array(segment, { maxLength: 3 }), (prefix, rest) => {
      const parts = [...prefix, ...rest].join('/');
      assert.ok(isWithin(`/${prefix.join('/')}`, `/${parts}`));
      const url = canonicalUrl(`https://git.example.org/${parts}`);
      const allowed = canonicalUrlPrefix(`https://git.example.org/${prefix.join('/')}/`);
      assert.ok(url !== null && allowed !== null && isWithin(allowed, url));
    }),
  );
});

test('a prefix never covers a name that only begins like it', () => {
  fc.assert(
    fc.property(segments, fc.stringMatching(/^[a-z0-9._-]{1,5}$/), (prefix, more) => {
      const path = `/${prefix.join('/')}`;
      assert.ok(!isWithin(path, path + more));
      assert.ok(!isWithin(path, `${path + more}/x`));
    }),
  );
});

test('a canonical URL is canonical: the same again, and what is appended leads below it and nowhere else', () => {
  fc.assert(
    fc.property(segments, fc.webUrl(), (parts, other) => {
      for (const text of [`https://Git.Example.org:443/${parts.join('/')}.git/`, other]) {
        const once = canonicalUrl(text);
        if (once !== null) assert.equal(canonicalUrl(once), once);
      }
    }),
    { numRuns: 40 },
  );
});

test('whatever is accepted as a URL is the same place for a strict URL parser', () => {
  const oddities = fc.constantFrom(
    '/',
    '//',
    '..',
    '.',
    '%2e',
    '%2f',
    '@',
    '\\',
    '?',
    '#',
    ':',
    ' ',
    '\t',
    'a',
    'x.git',
    '[',
    '::',
    'é',
  );
  fc.assert(
    fc.property(fc.array(oddities, { maxLength: 8 }), (parts) => {
      const text = `https://git.example.org/acme/${parts.join('')}`;
      const id = canonicalUrl(text);
      if (id === null) return;
      const url = new URL(text);
      assert.equal(url.origin, 'https://git.example.org');
      assert.ok(`${url.origin}${url.pathname}`.startsWith(id));
      assert.ok(isWithin('https://git.example.org/acme', id));
    }),
  );
});

test('host, case, default port, trailing slash and .git are normalised', () => {
  const same = [
    'https://github.com/acme/x',
    'HTTPS://GitHub.com/acme/x.git',
    'https://github.com:443/acme/x/',
    'https://github.com/acme/x.git/',
  ];
  for (const text of same) assert.equal(canonicalUrl(text), 'https://github.com/acme/x');
  assert.equal(canonicalUrl('https://github.com:8443/acme/x'), 'https://github.com:8443/acme/x');
});

test('http is for this machine only', () => {
  for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:80'])
    assert.notEqual(canonicalUrl(`http://${host}/x`), null, host);
  for (const host of [
    'github.com',
    '127.0.0.2',
    '127.0.0.1.example.org',
    'localhost.example.org',
    '[::2]',
    '169.254.169.254',
    '0.0.0.0',
  ]) {
    assert.equal(canonicalUrl(`http://${host}/x`), null, host);
  }
});

const refused = [
  'https://user:password@github.com/acme/x',
  'https://token@github.com/acme/x',
  'https://github.com/acme/x?a=b',
  'https://github.com/acme/x#a',
  'https://github.com/acme/../other/x',
  'https://github.com/acme/./x',
  'https://github.com/acme//x',
  'https://github.com//acme/x',
  'https://github.com/acme/%2e%2e/x',
  'https://github.com/acme%2fx',
  'https://github.com/acme\\x',
  'https:\\\\github.com/acme/x',
  'https:/github.com/acme/x',
  'https:github.com/acme/x',
  'https://github.com./acme/x',
  'https://github.com',
  'https://github.com/',
  'https://github.com/.git',
  'https://github.com:99999/acme/x',
  'https://gіthub.com/acme/x',
  'https://github.com/acme/x y',
  ' https://github.com/acme/x',
  'https://github.com/acme/x\n',
  'file:///srv/x',
  'ssh://git@github.com/acme/x',
  'git://github.com/acme/x',
  'ext::sh -c id',
  'git@github.com:acme/x',
  'ftp://github.com/acme/x',
  'javascript:alert(1)',
];
for (const text of refused) {
  test(`${JSON.stringify(text)} is no URL of a repository`, () => assert.equal(canonicalUrl(text), null));
}

test('scheme, host and port of a prefix must match exactly', () => {
  const prefix = canonicalUrlPrefix('https://github.com/acme/') ?? '';
  assert.ok(isWithin(prefix, canonicalUrl('https://github.com/acme/x') ?? ''));
  for (const other of [
    'https://github.com:8443/acme/x',
    'https://github.com.example.org/acme/x',
    'https://github.com/acme-evil/x',
    'https://github.com/ACME/x',
    'https://www.github.com/acme/x',
  ]) {
    assert.ok(!isWithin(prefix, canonicalUrl(other) ?? 'null'), other);
  }
  assert.equal(canonicalUrlPrefix('https://github.com'), 'https://github.com');
  assert.equal(canonicalUrlPrefix('https://github.com//'), null);
});

test('a path prefix is absolute and has no dots', () => {
  assert.equal(canonicalPathPrefix('/srv//repos/'), '/srv/repos');
  assert.equal(canonicalPathPrefix('/'), '');
  for (const wrong of ['srv', './srv', '/srv/../etc', '/srv/./x', '', '~'])
    assert.equal(canonicalPathPrefix(wrong), null);
  assert.ok(isWithin('', '/anything'));
});
