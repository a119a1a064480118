import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type Docker from 'dockerode';
import { type BaseImage, ensureBaseImage } from '../../orchestrator/set-up/base-image.ts';
import { findDocker } from '../../orchestrator/set-up/docker.ts';
import { connectEngine, findImage } from '../../orchestrator/set-up/engine.ts';
import { readHost } from '../../orchestrator/set-up/host.ts';
import { removeSuperseded } from '../../orchestrator/set-up/remove-superseded.ts';
import { ensureSandboxImage, type SandboxImageOptions } from '../../orchestrator/set-up/sandbox-image.ts';

const root = resolve(import.meta.dirname, '../..');
const socketPath = '/var/run/docker.sock';
const docker = connectEngine(socketPath);
const { signal } = new AbortController();
const say = () => undefined;

/** Packages that set-up has fetched already are used again. */
const stateDir = join(root, '.self-coding');

async function theBase(): Promise<{ readonly base: BaseImage; readonly architecture: string }> {
  const host = await readHost();
  const { architecture } = await findDocker({ socketPath, host });
  return {
    base: await ensureBaseImage({ docker, host, architecture, baseImage: null, stateDir, say }, signal),
    architecture,
  };
}

/** What to build an image from that nobody has built before; `instructions` are added to the Dockerfile. */
async function scratch(instructions: string): Promise<SandboxImageOptions & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-test-'));
  await cp(join(root, 'sandbox-image'), directory, { recursive: true });
  await appendFile(join(directory, 'Dockerfile'), `LABEL self-coding.test="${directory}"\n${instructions}\n`);
  const options = { docker, ...(await theBase()), directory, stateDir, say };
  return { ...options, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

/** What a container of the image prints, as a user without rights and without a network. */
async function output(image: string, command: string): Promise<string> {
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: ['/bin/sh', '-c', command],
    Tty: true,
    HostConfig: { NetworkMode: 'none' },
  });
  try {
    await container.start();
    await container.wait();
    return await text(await container.logs({ stdout: true, stderr: true, follow: true }));
  } finally {
    await container.remove({ force: true });
  }
}

/** Images of this test's Dockerfile, also those without a name. */
async function imagesOf({ directory }: SandboxImageOptions): Promise<readonly Docker.ImageInfo[]> {
  const found = await docker.listImages({ all: true, filters: { label: ['self-coding.role=sandbox-image'] } });
  const builds = new Set(found.filter(({ Labels }) => Labels?.['self-coding.test'] === directory).map(buildOf));
  return found.filter((image) => builds.has(buildOf(image)));
}

const buildOf = ({ Labels }: Docker.ImageInfo) => Labels?.['self-coding.build'];

/** Containers of the build that never gets on. */
async function sleepers(): Promise<readonly Docker.ContainerInfo[]> {
  return (await docker.listContainers({ all: true })).filter(({ Command }) => Command.includes('sleep 300'));
}

test('the image has its tools, runs offline as nobody, and holds neither setuid files nor devices', async () => {
  await using options = await scratch('');
  const image = await ensureSandboxImage(options, signal);
  try {
    assert.match(image.id, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual(await ensureSandboxImage(options, signal), image, 'the second time there is nothing to do');
    const tools: unknown = JSON.parse(await output(image.id, 'cat /usr/local/lib/self-coding/tools.json'));
    assert.ok(typeof tools === 'object' && tools !== null);
    assert.deepEqual(Object.keys(tools).toSorted(), ['bash', 'git', 'make', 'node', 'npm', 'pytest', 'python3']);
    for (const version of Object.values(tools)) assert.match(String(version), /^\d+(\.\d+)+$/);
    const seen = await output(
      image.id,
      'id -u; node -e "console.log(6 * 7 + String())"; npm --version > /dev/null && python3 -m pytest --version',
    );
    assert.match(seen, /^65534\r\n42\r\npytest [\d.]+\r\n$/);
    assert.equal(await output(image.id, 'find / -xdev \\( -perm /6000 -o -type b -o -type c \\) 2> /dev/null'), '');
    const { Config: config } = await docker.getImage(image.id).inspect();
    assert.equal(config.User, '65534:65534');
    assert.deepEqual([config.Healthcheck ?? null, config.Volumes ?? null], [null, null]);
  } finally {
    await docker.getImage(image.tag).remove({ force: true });
  }
});

test('a build that is aborted leaves no container and no image', async () => {
  await using options = await scratch('USER root\nRUN sleep 300');
  const stop = new AbortController();
  const building = ensureSandboxImage(options, stop.signal);
  const failed = assert.rejects(building, /stopped/);
  while ((await sleepers()).length === 0) await new Promise((done) => setTimeout(done, 100));
  stop.abort(new Error('stopped'));
  await failed;
  assert.deepEqual(await imagesOf(options), []);
  assert.deepEqual(await sleepers(), []);
});

test('a build that fails says why, and leaves nothing either', async () => {
  await using options = await scratch('USER root\nRUN echo the reason why; exit 7');
  await assert.rejects(ensureSandboxImage(options, signal), /the reason why/);
  assert.deepEqual(await imagesOf(options), []);
});

test('an image of an earlier version goes after a day, unless something uses it', async () => {
  const { base } = await theBase();
  const old = `self-coding/sandbox:test-${process.pid}`;
  const container = await docker.createContainer({
    Image: base.id,
    Entrypoint: ['/bin/true'],
    Labels: { 'self-coding.role': 'sandbox-image' },
  });
  try {
    const [repo, tag] = old.split(':');
    await container.commit({ repo, tag, changes: 'LABEL self-coding.role=sandbox-image' });
    const others = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => name !== old);
    const tomorrow = Date.now() + 25 * 3_600_000;
    await removeSuperseded(docker, others, Date.now());
    assert.notEqual(await findImage(docker, old), null, 'it is too young');
    const user = await docker.createContainer({ Image: old, Entrypoint: ['/bin/true'] });
    await removeSuperseded(docker, others, tomorrow);
    assert.notEqual(await findImage(docker, old), null, 'a container uses it');
    await user.remove();
    await removeSuperseded(docker, others, tomorrow);
    assert.equal(await findImage(docker, old), null);
  } finally {
    await container.remove();
  }
});
