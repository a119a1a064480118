import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from '../orchestrator/config.ts';

function errorOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return '';
}

test('without any variable everything that acts is off, and the documented defaults hold', () => {
  const config = readConfig({});
  assert.equal(config.ENABLE_SELF_CODING_ENGINE, false);
  assert.equal(config.SELF_CODING_ALLOW_HIGH_RISK, false);
  assert.equal(config.SELF_CODING_SKIP_TESTS, false);
  assert.equal(config.SELF_CODING_ENABLE_PUSH, false);
  assert.equal(config.SELF_CODING_ENABLE_PR, false);
  assert.deepEqual(config.SELF_CODING_ALLOWED_FILE_SUFFIXES, ['.py', '.md', '.txt', '.json', '.yml', '.yaml']);
  assert.deepEqual(config.SELF_CODING_ALLOWED_REPO_PREFIXES, [config.projectRoot]);
  assert.equal(config.SELF_CODING_MODEL, 'gpt-4-0125-preview');
  assert.equal(config.SELF_CODING_TEST_COMMAND, 'python3 -m pytest -q tests');
  assert.equal(config.SELF_CODING_BASE_BRANCH, 'main');
  assert.equal(config.SELF_CODING_MAX_ATTEMPTS, 3);
  assert.equal(config.AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS, 900);
});

test('a boolean is true, false, 1 or 0, and nothing else', () => {
  for (const [text, value] of [
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ] as const) {
    assert.equal(readConfig({ ENABLE_SELF_CODING_ENGINE: text }).ENABLE_SELF_CODING_ENGINE, value);
  }
  for (const text of ['yes', 'on', 'TRUE', 'True', ' true', 'tru', '2', 'y']) {
    assert.match(
      errorOf({ ENABLE_SELF_CODING_ENGINE: text }),
      /^ENABLE_SELF_CODING_ENGINE must be true, false, 1 or 0\. Example: /,
    );
  }
});

test('an empty variable counts as unset, as docker compose writes it', () => {
  assert.equal(readConfig({ ENABLE_SELF_CODING_ENGINE: '', SELF_CODING_MAX_ATTEMPTS: '' }).SELF_CODING_MAX_ATTEMPTS, 3);
});

test('a wrong value names the variable, what is wrong, and an example', () => {
  const wrong: readonly [string, string][] = [
    ['SELF_CODING_ALLOWED_REPO_PREFIXES', 'relative/path'],
    ['SELF_CODING_ALLOWED_FILE_SUFFIXES', 'py'],
    ['SELF_CODING_MAX_ATTEMPTS', '0'],
    ['SELF_CODING_MAX_ATTEMPTS', '3.5'],
    ['AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS', '-1'],
    ['AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS', '1e3'],
    ['DATABASE_URL', 'mysql://x'],
    ['DATABASE_URL', 'postgres://u:100%p@h/x'],
    ['OPENAI_BASE_URL', 'ftp://x'],
    ['GITHUB_APP_ID', 'abc'],
    ['SELF_CODING_RUNNER', 'ssh://host'],
  ];
  for (const [name, value] of wrong) {
    const message = errorOf({ [name]: value });
    assert.ok(message.startsWith(`${name} `), `${name}: ${message}`);
    assert.match(message, new RegExp(`Example: ${name}=\\S`), message);
  }
});

test('every wrong variable is reported at once', () => {
  const lines = errorOf({ ENABLE_SELF_CODING_ENGINE: 'yes', SELF_CODING_MAX_ATTEMPTS: 'x' }).split('\n');
  assert.equal(lines.length, 2);
});

test('a pull request needs a push', () => {
  assert.match(errorOf({ SELF_CODING_ENABLE_PR: 'true' }), /^SELF_CODING_ENABLE_PR needs SELF_CODING_ENABLE_PUSH=true/);
  assert.equal(
    readConfig({ SELF_CODING_ENABLE_PR: 'true', SELF_CODING_ENABLE_PUSH: 'true' }).SELF_CODING_ENABLE_PR,
    true,
  );
});

test('a runner over TCP needs a token', () => {
  assert.match(errorOf({ SELF_CODING_RUNNER: 'http://10.0.0.1:7000' }), /SELF_CODING_RUNNER_TOKEN/);
});
