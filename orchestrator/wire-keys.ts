/** The ports that hold secrets: repositories, model, forge. */
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { createForge } from './keys/forge.ts';
import { createGithubAuth } from './keys/github-auth.ts';
import { createGithubClient } from './keys/github-client.ts';
import { createGithubForge } from './keys/github-forge.ts';
import { createLocalForge } from './keys/local-forge.ts';
import { createRepositories } from './keys/repositories.ts';
import type { Scrubber } from './keys/scrub.ts';
import type { Forge } from './ports/forge.ts';
import type { Repositories } from './ports/git.ts';
import type { Model } from './ports/model.ts';

export interface Keys {
  readonly repositories: Repositories;
  readonly model: Model;
  readonly forge: Forge;
}

/** Nothing is sent anywhere yet. */
export function openKeys(
  config: Config,
  { log, scrubber }: { readonly log: Logger; readonly scrubber: Scrubber },
): Keys {
  const { GITHUB_URL: githubUrl, GITHUB_API_URL: apiUrl, SELF_CODING_STATE_DIR: stateDir } = config;
  const client = createGithubClient({ apiUrl, log });
  const { GITHUB_APP_ID: id, GITHUB_APP_PRIVATE_KEY: privateKey } = config;
  const app = id === undefined || privateKey === undefined ? null : { id, privateKey };
  const auth = createGithubAuth({ client, githubUrl, token: config.GITHUB_TOKEN ?? null, app, scrubber, log });
  return {
    repositories: createRepositories({
      stateDir,
      allowedPrefixes: config.SELF_CODING_ALLOWED_REPO_PREFIXES,
      github: { url: githubUrl },
      token: auth.token,
    }),
    model: modelLater(config, log),
    forge: createForge({
      local: createLocalForge({ stateDir }),
      remote: createGithubForge({ client, auth, githubUrl, scrubber, log }),
    }),
  };
}

/** The client library is a third of an idle engine's memory, so it is loaded with the first job. */
function modelLater(config: Config, log: Logger): Model {
  let loaded: Promise<Model> | null = null;
  const model = () => (loaded ??= loadModel(config, log));
  return {
    check: async (signal) => (await model()).check(signal),
    draft: async (request, signal) => (await model()).draft(request, signal),
  };
}

async function loadModel(config: Config, log: Logger): Promise<Model> {
  const { createModel } = await import('./keys/model.ts');
  return createModel({
    apiKey: config.OPENAI_API_KEY ?? null,
    baseUrl: config.OPENAI_BASE_URL ?? null,
    model: config.SELF_CODING_MODEL,
    // Half of a job's time, so that the tests have the other half.
    timeoutMs: Math.round(config.AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS * 500),
    log,
  });
}
