/** The store over TCP, against a Postgres in a container: what a deployment has, started by testcontainers. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import Docker from 'dockerode';
import { pack as packDirectory } from 'tar-fs';
import tar from 'tar-stream';
import type { StartedTestContainer } from 'testcontainers';
import { approve } from '../../orchestrator/gate/approve.ts';
import { propose } from '../../orchestrator/gate/propose.ts';
import { buildImage } from '../../orchestrator/set-up/build-image.ts';
import { connectDatabase } from '../../orchestrator/store/database.ts';
import { migrate } from '../../orchestrator/store/migrate.ts';
import { findProposal } from '../../orchestrator/store/proposals.ts';
import { createQueue } from '../../orchestrator/store/queue.ts';
import { keepServer } from '../support/database.ts';
import { sandboxHost } from '../support/sandbox-image.ts';

const image = 'self-coding/test-postgres:local';
const dockerfile = String.raw`
ARG BASE_IMAGE
FROM $BASE_IMAGE
ARG BUILD_ID
LABEL self-coding.build=$BUILD_ID
USER 0
COPY bin /postgres/bin
COPY lib /postgres/lib
COPY share /postgres/share
USER 65534:65534
ENTRYPOINT ["/bin/sh", "-c"]
CMD ["/postgres/bin/initdb -D /tmp/data -U postgres --auth=scram-sha-256 --pwfile=/dev/stdin --encoding=UTF8 --locale=C <<E\ntesting\nE\necho 'host all all all scram-sha-256' >> /tmp/data/pg_hba.conf && exec /postgres/bin/postgres -D /tmp/data -c listen_addresses='*' -c unix_socket_directories=/tmp"]
`;

/** Built from the embedded Postgres' own programs, so that no registry is needed. */
async function buildPostgres(): Promise<void> {
  await using _server = await keepServer();
  const postgres = resolve(import.meta.dirname, '../../.self-coding/test/postgres');
  const programs = globSync('programs-*', { cwd: postgres })[0] ?? '';
  const { dockerSocket: socketPath, image: baseId } = await sandboxHost();
  const context = tar.pack();
  packDirectory(resolve(postgres, programs), {
    pack: context,
    finalize: false,
    finish: () => {
      context.entry({ name: 'Dockerfile' }, dockerfile);
      context.finalize();
    },
  });
  const docker = new Docker({ socketPath, host: undefined });
  await buildImage(docker, { context, baseId, tag: image, network: 'none' }, new AbortController().signal);
}

async function startPostgres(): Promise<StartedTestContainer> {
  // Before testcontainers is loaded, which reads it: no helper container from a registry, and the daemon is here.
  process.loadEnvFile(resolve(import.meta.dirname, '../support/testcontainers.env'));
  const { GenericContainer, PullPolicy, Wait } = await import('testcontainers');
  return new GenericContainer(image)
    .withPullPolicy(PullPolicy.neverPull())
    .withExposedPorts(5432)
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/))
    .start();
}

test('a proposal is approved, queued and delivered over TCP to a Postgres in a container', async () => {
  await buildPostgres();
  const container = await startPostgres();
  try {
    const address = `postgres://postgres:testing@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
    await using database = connectDatabase(address, { onError: () => undefined });
    assert.ok((await migrate(database.db)).length > 0);
    await using queue = await createQueue({ address, role: 'engine', timeoutSeconds: 60, onError: () => undefined });
    const proposed = await propose(database.db, {
      title: 'T',
      repo: '/x',
      baseBranch: 'main',
      testCommand: 'true',
      proposedBy: 'p',
    });
    assert.equal(proposed.kind, 'proposed');
    const delivered = Promise.withResolvers<string>();
    await queue.work({ concurrency: 1, onDead: async () => undefined }, async ({ proposalId }) =>
      delivered.resolve(proposalId),
    );
    const { id } = proposed.kind === 'proposed' ? proposed.proposal : { id: '' };
    const terms = { policyDigest: '0'.repeat(64), model: 'm' };
    await approve(
      { db: database.db, queue },
      { proposalId: id, by: 'alice', terms, approvalHours: 1, engineEnabled: true },
    );
    assert.equal(await delivered.promise, id);
    assert.equal((await findProposal(database.db, id))?.status, 'queued_for_self_build');
  } finally {
    await container.stop();
    await new Docker({ socketPath: '/var/run/docker.sock', host: undefined }).getImage(image).remove({ force: true });
  }
});
