/** A runner that was killed can end nothing: its sandboxes end by their own clock, and the next life of it removes them. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { containerBody } from '../../orchestrator/sandbox/container.ts';
import { connectDocker, post } from '../../orchestrator/sandbox/docker.ts';
import { packParcel } from '../../orchestrator/sandbox/pack-parcel.ts';
import { openSandboxes, packFiles } from '../support/sandbox-fixture.ts';
import { sandboxHost } from '../support/sandbox-image.ts';
import { sandboxPolicy } from '../support/sandbox-policy.ts';

// Before any test's clock begins: it may have to be built.
const { dockerSocket, image } = await sandboxHost();
const docker = connectDocker(dockerSocket);

interface OrphanOptions {
  readonly instanceId?: string;
  readonly deadline?: Date;
  /** In place of the image's own entrypoint. */
  readonly entrypoint?: readonly string[];
}

/** A container such as a runner makes, without a runner that looks after it. */
async function createOrphan({ instanceId = 'orphan', deadline = new Date(), entrypoint }: OrphanOptions = {}) {
  const place = { image, imageEnvironment: [], runtime: 'runc', instanceId, slot: 9, deadline };
  const body = containerBody(await sandboxPolicy(), { jobId: 'orphan', role: 'base' }, place);
  const asked = entrypoint === undefined ? body : { ...body, Entrypoint: entrypoint };
  const answer = await post(docker, '/containers/create', asked, AbortSignal.timeout(30_000));
  const container = docker.getContainer(z.looseObject({ Id: z.string() }).parse(answer).Id);
  return {
    start: async () => {
      const stdio = await container.attach({ stream: true, stdin: true, hijack: true });
      await container.start();
      return stdio;
    },
    exitCode: async () => z.looseObject({ StatusCode: z.number() }).parse(await container.wait()).StatusCode,
    isThere: async () =>
      container.inspect().then(
        () => true,
        () => false,
      ),
    [Symbol.asyncDispose]: async () => container.remove({ force: true }).catch(() => undefined),
  };
}

async function parcelOf(wallClock: string): Promise<Uint8Array> {
  const { base, pack } = await packFiles({ 'README.md': 'hello\n' });
  const texts = { base, 'wall-clock': wallClock, 'change.diff': '', 'test-command': 'trap "" TERM; sleep 600 & wait' };
  const files = Object.entries(texts).map(([name, text]) => ({
    name,
    bytes: Buffer.from(text === '' ? '' : `${text}\n`),
  }));
  return Buffer.concat([...packParcel([...files, { name: 'base.pack', bytes: pack }])]);
}

test('a sandbox whose runner is gone in mid-run ends with the wall clock in its parcel', {
  timeout: 60_000,
}, async () => {
  await using orphan = await createOrphan();
  const stdio = await orphan.start();
  stdio.end(await parcelOf('1'));
  assert.equal(await orphan.exitCode(), 137);
});

test('a parcel without a wall clock, or with none that ends, is not run', { timeout: 60_000 }, async () => {
  for (const wallClock of ['', '0', '-1', 'infinity', '1d']) {
    await using orphan = await createOrphan();
    const stdio = await orphan.start();
    stdio.end(await parcelOf(wallClock));
    assert.equal(await orphan.exitCode(), 70, wallClock);
  }
});

test('a sandbox does not wait for its parcel for ever', { timeout: 60_000 }, async () => {
  const script = await readFile(resolve(import.meta.dirname, '../../sandbox-image/entrypoint.sh'), 'utf8');
  const hasty = script.replace(/^parcel_seconds=\d+$/m, 'parcel_seconds=1');
  assert.notEqual(hasty, script);
  await using orphan = await createOrphan({ entrypoint: ['/bin/sh', '-c', hasty] });
  const stdio = await orphan.start();
  assert.equal(await orphan.exitCode(), 70);
  stdio.end();
});

test('a sandbox whose deadline was ahead when its next runner started is removed once it is past', {
  timeout: 60_000,
}, async () => {
  const instanceId = `test-${randomUUID()}`;
  await using orphan = await createOrphan({ instanceId, deadline: new Date(Date.now() + 3000) });
  await using _sandboxes = await openSandboxes({ instanceId, reapEveryMs: 200 });
  while (await orphan.isThere()) await sleep(100);
});
