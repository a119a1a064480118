import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { Client } from 'pg';
import { type EmbeddedDatabase, openDatabase } from '../../orchestrator/set-up/database.ts';
import { dataDirectory } from '../../orchestrator/set-up/postgres-home.ts';
import { processName } from '../../orchestrator/set-up/running-dockerd.ts';
import { assertQuiet, type Place, place, processesOf, until } from '../support/postgres-place.ts';

const { signal } = new AbortController();

/** Making a database takes longest, so most tests share one. */
const shared: (Place & AsyncDisposable)[] = [];
const here = () => shared[0] ?? assert.fail('there is no place');
const open = () => openDatabase({ stateDir: here().stateDir, signal });

before(async () => shared.push(await place()));
afterEach(() => assertQuiet(here()));
after(() => here()[Symbol.asyncDispose]());

async function serverPid(): Promise<number> {
  return Number((await readFile(join(dataDirectory(here().home), 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function ask(database: EmbeddedDatabase, statement: string): Promise<readonly unknown[]> {
  const { host, port, user, password, database: name } = database;
  const client = new Client({ host, port, user, password, database: name });
  // A server that is killed says so; the query that fails is what counts.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: statement, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

/** Another process that uses the database until its stdin ends. */
async function user(stateDir: string): Promise<ChildProcess> {
  const module = join(import.meta.dirname, '../../orchestrator/set-up/database.ts');
  const script = `
    import { openDatabase } from ${JSON.stringify(module)};
    await using database = await openDatabase({ stateDir: ${JSON.stringify(stateDir)}, signal: new AbortController().signal });
    console.log('open');
    for await (const _ of process.stdin);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a database that nobody has set up is there, for its role alone and by password only', async () => {
  await using database = await open();
  const facts = await ask(
    database,
    `select current_database(), current_user, rolsuper, rolcreatedb, current_setting('server_encoding'),
       current_setting('listen_addresses'), current_setting('fsync')
     from pg_roles where rolname = current_user`,
  );
  assert.deepEqual(facts, [['self_coding', 'self_coding', false, true, 'UTF8', '', 'on']]);
  const wrong = { ...database, password: 'wrong' };
  await assert.rejects(ask(wrong, 'select 1'), { code: '28P01' });
  await assert.rejects(ask({ ...database, user: 'postgres' }, 'select 1'), { code: '28000' });
  const { uid, mode } = await stat(dataDirectory(here().home));
  assert.equal(uid === 0, false, 'the server is not root');
  assert.equal(mode & 0o077, 0);
  assert.ok(join(database.host, '.s.PGSQL.5432').length <= 107);
});

test('a second process joins the server, which stops with the last of them and keeps what it holds', async () => {
  const first = await open();
  await ask(first, 'create table kept (word text)');
  await ask(first, `insert into kept values ('still here')`);
  const pid = await serverPid();
  const second = await user(here().stateDir);
  assert.equal(await serverPid(), pid);
  await first[Symbol.asyncDispose]();
  assert.notEqual(await processName(pid), null, 'the second still uses it');
  second.stdin?.end();
  await once(second, 'close');
  assert.equal(await processName(pid), null, 'whoever lets go last returns when the server is gone');
  await using again = await open();
  assert.deepEqual(await ask(again, 'select word from kept'), [['still here']]);
});

test('a user that is killed lets go of the server like one that ends', async () => {
  const killed = await user(here().stateDir);
  const pid = await serverPid();
  killed.kill('SIGKILL');
  await until(async () => (await processName(pid)) === null, 'the server stopped');
  await using database = await open();
  assert.deepEqual(await ask(database, 'select 1'), [[1]]);
});

test('users who come while the server stops get it started again', async () => {
  for (let round = 0; round < 6; round++) {
    const leaving = await open();
    const [database] = await Promise.all([open(), leaving[Symbol.asyncDispose]()]);
    assert.deepEqual(await ask(database, 'select 1'), [[1]]);
    await database[Symbol.asyncDispose]();
  }
});

test('a supervisor and a server that were killed leave nothing that hinders the next', async () => {
  const lost = await open();
  await ask(lost, 'create table after_both_died (word text)');
  const [supervisor = 0] = (await processesOf(here().stateDir)).filter((pid) => pid > 1);
  const pid = await serverPid();
  for (const target of new Set([supervisor, pid, ...(await processesOf(here().stateDir))]))
    process.kill(target, 'SIGKILL');
  await lost[Symbol.asyncDispose]();
  await using database = await open();
  assert.notEqual(await serverPid(), pid);
  assert.deepEqual(await ask(database, 'select * from after_both_died'), []);
});

test('a server that lost its supervisor is taken over, and stopped in the end', async () => {
  const lost = await open();
  const pid = await serverPid();
  for (const target of await processesOf(here().stateDir)) {
    const line = await readFile(join('/proc', String(target), 'cmdline'), 'utf8').catch(() => '');
    if (line.includes('postgres-supervisor')) process.kill(target, 'SIGKILL');
  }
  await lost[Symbol.asyncDispose]();
  assert.notEqual(await processName(pid), null);
  const database = await open();
  assert.equal(await serverPid(), pid);
  await database[Symbol.asyncDispose]();
  assert.equal(await processName(pid), null);
});

test('a server that crashed is started again for the next user', async () => {
  await using first = await open();
  await ask(first, 'create table after_a_crash (word text)');
  const pid = await serverPid();
  process.kill(pid, 'SIGKILL');
  await until(async () => (await processName(pid)) === null, 'the server was dead');
  await using second = await open();
  assert.deepEqual(await ask(second, 'select * from after_a_crash'), []);
});
