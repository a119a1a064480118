/** What must not be left when a test ends. */
import assert from 'node:assert/strict';
import Docker from 'dockerode';

const docker = () => new Docker({ socketPath: '/var/run/docker.sock', host: undefined });

/** No container of any job is left on the engine. Other test files run at the same time, so only those of `instances`. */
export async function assertNoSandboxes(instance: string): Promise<void> {
  const filters = { label: [`self-coding.instance=${instance}`] };
  const left = await docker().listContainers({ all: true, filters });
  assert.deepEqual(
    left.map((container) => container.Labels),
    [],
  );
}
