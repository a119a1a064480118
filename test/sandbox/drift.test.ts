import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerBody } from '../../orchestrator/sandbox/container.ts';
import { drift } from '../../orchestrator/sandbox/drift.ts';
import { sandboxPolicy } from '../support/sandbox-policy.ts';

const place = {
  image: `sha256:${'a'.repeat(64)}`,
  imageEnvironment: [],
  runtime: 'runc',
  instanceId: 'here',
  slot: 0,
  deadline: new Date(),
};
const body = containerBody(await sandboxPolicy(), { jobId: 'j', role: 'base' }, place);
const { HostConfig, ...Config } = body;
const honest = { Image: body.Image, Mounts: [], Config, HostConfig };

test('a container as asked for has no drift', () => {
  assert.deepEqual(drift(body, honest, []), []);
});

test('a daemon may write nothing as null, as an empty text, list or object, or leave it out', () => {
  const { PidMode: _, ...rest } = HostConfig;
  assert.deepEqual(
    drift(body, { ...honest, HostConfig: { ...rest, Binds: null, CapAdd: [], Mounts: undefined } }, []),
    [],
  );
  assert.deepEqual(drift(body, { ...honest, Config: { ...Config, Cmd: null } }, []), []);
});

test('fields and labels that nobody asked about may be there', () => {
  const Labels = { ...Config.Labels, 'org.example.version': '1' };
  assert.deepEqual(drift(body, { ...honest, Config: { ...Config, Labels, Domainname: 'x' } }, []), []);
});

test('a warning of the daemon is drift: it says that a limit was dropped', () => {
  assert.deepEqual(drift(body, honest, ['no swap limit']), ['Warnings (no swap limit)']);
});

test('a volume that the image brought is drift', () => {
  assert.deepEqual(drift(body, { ...honest, Mounts: [{ Type: 'volume' }] }, []), ['Mounts']);
});

test('another image under the same name is drift', () => {
  assert.deepEqual(drift(body, { ...honest, Image: `sha256:${'b'.repeat(64)}` }, []), ['Image']);
});

test('every single field that was asked for is compared', () => {
  for (const name of Object.keys(HostConfig)) {
    const changed = { ...honest, HostConfig: { ...HostConfig, [name]: ['something else'] } };
    assert.deepEqual(drift(body, changed, []), [`HostConfig.${name}`]);
  }
  for (const name of Object.keys(Config).filter((key) => key !== 'Labels')) {
    const changed = { ...honest, Config: { ...Config, [name]: ['something else'] } };
    assert.deepEqual(drift(body, changed, []), [name]);
  }
  for (const name of Object.keys(Config.Labels)) {
    const Labels = { ...Config.Labels, [name]: 'other' };
    assert.deepEqual(drift(body, { ...honest, Config: { ...Config, Labels } }, []), [`Labels.${name}`]);
  }
});

test('more than was asked for is drift as well', () => {
  const HostConfigMore = {
    ...HostConfig,
    CapAdd: ['SYS_ADMIN'],
    SecurityOpt: [...HostConfig.SecurityOpt, 'seccomp=unconfined'],
  };
  assert.deepEqual(drift(body, { ...honest, HostConfig: HostConfigMore }, []), [
    'HostConfig.CapAdd',
    'HostConfig.SecurityOpt',
  ]);
  assert.deepEqual(drift(body, { ...honest, Config: { ...Config, Env: [...Config.Env, 'LD_PRELOAD=x'] } }, []), [
    'Env',
  ]);
});

test('an answer of another form is no answer', () => {
  assert.throws(() => drift(body, { Image: body.Image }, []));
});
