import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canInstall, findProgram, type Host, parseDistributions } from '../../orchestrator/set-up/host.ts';

const root: Host = { platform: 'linux', isRoot: true, distributions: ['debian'], hasSystemd: false };

test('os-release is read with and without quotes, and a derivative counts as what it is like', () => {
  assert.deepEqual(parseDistributions('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n'), ['debian']);
  assert.deepEqual(parseDistributions(`VERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n`), ['ubuntu', 'debian']);
  assert.deepEqual(parseDistributions(`ID='linuxmint'\nID_LIKE="ubuntu debian"`), ['linuxmint', 'ubuntu', 'debian']);
  assert.deepEqual(parseDistributions(''), []);
});

test('packages are installed by root on Debian and its relatives, and nowhere else', () => {
  assert.equal(canInstall(root), true);
  assert.equal(canInstall({ ...root, distributions: ['linuxmint', 'ubuntu'] }), true);
  assert.equal(canInstall({ ...root, isRoot: false }), false);
  assert.equal(canInstall({ ...root, distributions: ['fedora'] }), false);
  assert.equal(canInstall({ ...root, platform: 'darwin' }), false);
});

test('a program is found in the system directories, and only there', async () => {
  assert.match((await findProgram('sh')) ?? '', /\/sh$/);
  assert.equal(await findProgram('no-such-program-of-ours'), null);
});
