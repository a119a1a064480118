/** git servers that lie, send us elsewhere, or never end. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, type Refused } from '../../orchestrator/outcome.ts';
import type { Base } from '../../orchestrator/ports/git.ts';
import { change, given, type Given, resolved, token } from '../keys/given-repositories.ts';
import { type GitAnswer, type GitRequest, startGitServer } from '../support/git-server.ts';
import type { ServerCase } from './git-cases.ts';
import { startEndlessServer } from './git-endless-server.ts';
import { assertNoProcess, assertOnlyMirrors, watchMemory } from './git-leftovers.ts';

type Behaviour = ServerCase['behaviour'];

/** Every form in which a server may say the token back to us. */
const forms = [
  token,
  Array.from(token).toReversed().join(''),
  Buffer.from(token).toString('hex'),
  Buffer.from(token).toString('base64').replace(/=+$/, ''),
  Buffer.from(`x-access-token:${token}`).toString('base64').replace(/=+$/, ''),
  encodeURIComponent(token),
];

interface Stage extends AsyncDisposable {
  readonly url: string;
  readonly place: Given;
  /** Requests at a host that has no business in this. */
  readonly elsewhere: readonly GitRequest[];
  /** Requests at the forge. */
  readonly requests: readonly GitRequest[];
}

/** Fetches and pushes, and asserts the ending, what was said of it, and that no other host has heard of us. */
export async function playServer({ behaviour, expected }: ServerCase): Promise<void> {
  await using stage = await prepare(behaviour);
  const { place } = stage;
  await using memory = watchMemory('git-remote-http');
  const { repositories } = place;
  const repository = await resolved(repositories, stage.url);
  const wanted = { repository, branch: 'main', pinned: null };
  // Longer than any clock of the engine: what ends it must be one of those.
  const fetched = await ending(() => repositories.fetchBase(wanted, AbortSignal.timeout(200_000)));
  let last: Ended = fetched;
  assert.equal(fetched.code, expected.fetch, fetched.reason);
  if (fetched.base !== null && expected.push !== undefined) {
    const request = { base: fetched.base, commit: await change(fetched.base), branch: 'self-build/1' };
    last = await ending(() => place.repositories.push(request, AbortSignal.timeout(60_000)));
    assert.equal(last.code, expected.push, last.reason);
  }
  assert.match(last.reason, new RegExp(expected.reason ?? ''));
  assertHarmless(last.reason);
  assert.deepEqual(stage.elsewhere, []);
  if (behaviour.name === 'bundle-uri') assert.ok(stage.requests.every(({ url }) => !url.includes('bundle')));
  assert.ok(memory.peak() < 1.5 * 2 ** 30, `git took ${memory.peak()} bytes of memory`);
  await assertOnlyMirrors(place.stateDir, fetched.base === null ? 0 : 1);
  await assertNoProcess(place.stateDir);
  await assertNoToken(place.stateDir);
}

interface Ended {
  readonly code: string;
  readonly reason: string;
  readonly base: Base | null;
}

async function ending(act: () => Promise<Base | Refused | { readonly kind: 'pushed' }>): Promise<Ended> {
  try {
    const result = await act();
    if (result.kind === 'refused') return { code: result.code, reason: result.reason, base: null };
    return { code: result.kind, reason: '', base: result.kind === 'base' ? result : null };
  } catch (error) {
    assert.ok(error instanceof Fault, String(error));
    return { code: `fault: ${error.code}`, reason: error.message, base: null };
  }
}

function assertHarmless(reason: string): void {
  assert.ok(reason.length < 4_096 + 400, `${reason.length} characters`);
  assert.doesNotMatch(reason, /(?![\n\t])[\p{C}\u2028\u2029]/u);
  for (const form of forms) assert.ok(!reason.includes(form), `${form} is in the reason: ${reason}`);
  // A part of a secret helps whoever guesses the rest.
  for (let start = 0; start + 12 <= token.length; start += 1) {
    assert.ok(!reason.includes(token.slice(start, start + 12)), 'a part of the token is in the reason');
  }
}

async function assertNoToken(stateDir: string): Promise<void> {
  for (const entry of await readdir(stateDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    assert.ok(!forms.some((form) => bytes.includes(form)), entry.name);
  }
}

async function prepare(behaviour: Behaviour): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const known = { forge: '' };
  const challenge = (): GitAnswer | null =>
    behaviour.name === 'challenge' ? asking(behaviour.header.replace('{forge}', known.forge)) : null;
  const stranger = stack.use(await startGitServer({ answer: challenge }));
  await stranger.add('acme/x', { files: { a: 'a\n' } });
  const forge = stack.use(await startForge(behaviour, stranger.url));
  known.forge = forge.url;
  const ofStranger = behaviour.name === 'challenge' && behaviour.of === 'stranger';
  const options = {
    allowedPrefixes: [forge.url, stranger.url],
    github: { url: forge.url },
    token: () => Promise.resolve(token),
    packBytes: 1_000_000,
  };
  const place = stack.use(await given(options));
  const url = `${ofStranger ? stranger.url : forge.url}/acme/x`;
  const kept = stack.move();
  return {
    url,
    place,
    requests: forge.requests,
    get elsewhere() {
      // A stranger that we were sent to by a person is asked, but never with a credential.
      return stranger.requests.filter(({ authorization }) => !ofStranger || authorization !== undefined);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function startForge(behaviour: Behaviour, elsewhere: string) {
  switch (behaviour.name) {
    case 'endless':
    case 'claims':
    case 'bundle-uri':
    case 'alternates':
    case 'extra refs':
      return startEndlessServer(behaviour, elsewhere);
    case 'challenge':
    case 'redirect':
    case 'says':
      return startTalkingServer(behaviour, elsewhere);
  }
}

/** The real server, with a word of its own at some point. */
async function startTalkingServer(
  behaviour: Extract<Behaviour, { readonly name: 'challenge' | 'redirect' | 'says' }>,
  elsewhere: string,
) {
  const server = await startGitServer({ token, answer: (request) => answerOf(behaviour, request, elsewhere) });
  const repository = await server.add('acme/x', { files: { a: 'a\n' } });
  if (behaviour.name !== 'says' || behaviour.where !== 'hook') return server;
  await writeFile(join(repository.path, 'flood'), sayingOf(behaviour));
  const hook = `#!/bin/sh\ncat '${join(repository.path, 'flood')}' >&2\nexit 1\n`;
  await writeFile(join(repository.path, 'hooks', 'pre-receive'), hook, { mode: 0o755 });
  return server;
}

function answerOf(
  behaviour: Extract<Behaviour, { readonly name: 'challenge' | 'redirect' | 'says' }>,
  request: GitRequest,
  elsewhere: string,
): GitAnswer | null {
  const isPush = request.url.includes('git-receive-pack');
  switch (behaviour.name) {
    case 'redirect': {
      const data = request.method === 'POST';
      const now = { everything: true, questions: !data, data: data && !isPush, push: isPush }[behaviour.at];
      const location = `${elsewhere}${request.url}`;
      return now ? { kind: 'status', status: behaviour.status, headers: { location } } : null;
    }
    case 'challenge': {
      if (behaviour.of === 'stranger') return null;
      return asking(behaviour.header.replace('{elsewhere}', elsewhere));
    }
    case 'says': {
      if (behaviour.where === 'hook' || !isPush) return null;
      const headers = { 'content-type': 'text/plain' };
      if (behaviour.where === 'page') return { kind: 'status', status: 400, headers, body: sayingOf(behaviour) };
      const said = `ERR ${sayingOf(behaviour).slice(0, 60_000)}`;
      const line = `${(Buffer.byteLength(said) + 4).toString(16).padStart(4, '0')}${said}`;
      const type = { 'content-type': 'application/x-git-receive-pack-advertisement' };
      return { kind: 'status', status: 200, headers: type, body: line };
    }
  }
}

function asking(header: string): GitAnswer {
  return { kind: 'status', status: 401, headers: { 'www-authenticate': header } };
}

function sayingOf({ text, times }: Extract<Behaviour, { readonly name: 'says' }>): string {
  const [plain = '', backwards = '', hex = '', base64 = '', basic = '', percent = ''] = forms;
  const values = { token: plain, backwards, hex, base64, basic, percent };
  return text
    .replace(/\{(\w+)\}/g, (_, name: string) => Object.entries(values).find(([key]) => key === name)?.[1] ?? '')
    .repeat(times);
}
