/**
 * Cuts the operations that the tests need out of GitHub's official OpenAPI description:
 *   npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz package/generated/api.github.com.json
 *   node test/support/make-github-slice.ts package/generated/api.github.com.json > test/fixtures/github-openapi.json
 * What only documents (descriptions, examples, extensions) is left out; schemas stay as they are.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const operations = [
  ['get', '/repos/{owner}/{repo}/pulls'],
  ['post', '/repos/{owner}/{repo}/pulls'],
  ['post', '/repos/{owner}/{repo}/issues/{issue_number}/labels'],
  ['get', '/repos/{owner}/{repo}/installation'],
  ['post', '/app/installations/{installation_id}/access_tokens'],
] as const;

const documentation = new Set(['description', 'summary', 'example', 'examples', 'externalDocs', 'tags']);

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

const path = process.argv[2];
if (path === undefined) throw new Error('usage: node make-github-slice.ts api.github.com.json > github-openapi.json');
const whole = toObject(z.json().parse(JSON.parse(await readFile(path, 'utf8'))));
process.stdout.write(`${JSON.stringify(slice(whole), null, 1)}\n`);

function slice(description: JsonObject): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const [method, template] of operations) {
    const operation = strip(at(description, ['paths', template, method]));
    paths[template] = { ...paths[template], [method]: operation };
  }
  const components: Record<string, Record<string, Json>> = {};
  collect(description, paths, components);
  const info = toObject(at(description, ['info']));
  const version = z.string().parse(info['version']);
  return {
    openapi: at(description, ['openapi']),
    info: {
      title: "A slice of GitHub's official OpenAPI description",
      version,
      license: info['license'] ?? null,
      'x-source': `npm package @octokit/openapi ${version}, generated/api.github.com.json (from https://github.com/github/rest-api-description)`,
      'x-made-by': 'test/support/make-github-slice.ts',
    },
    paths,
    components,
  };
}

/** Copies every component that `value` refers to, and what those refer to. */
function collect(description: JsonObject, value: Json, components: Record<string, Record<string, Json>>): void {
  for (const reference of references(value)) {
    const [, , kind = '', name = ''] = reference.split('/');
    if (components[kind]?.[name] !== undefined) continue;
    const component = strip(at(description, ['components', kind, name]));
    components[kind] = { ...components[kind], [name]: component };
    collect(description, component, components);
  }
}

function references(value: Json): readonly string[] {
  if (!isObject(value)) return Array.isArray(value) ? value.flatMap(references) : [];
  const own = typeof value['$ref'] === 'string' ? [value['$ref']] : [];
  return [...own, ...Object.values(value).flatMap(references)];
}

function strip(value: Json, inProperties = false): Json {
  if (Array.isArray(value)) return value.map((item: Json) => strip(item));
  if (!isObject(value)) return value;
  // A property may be called "description" itself.
  const kept = Object.entries(value).filter(([key]) => inProperties || !isDocumentation(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, strip(item, key === 'properties' && !inProperties)]));
}

function isDocumentation(key: string): boolean {
  return documentation.has(key) || key.startsWith('x-');
}

function at(value: Json, keys: readonly string[]): Json {
  return keys.reduce<Json>((inner, key) => {
    const found = toObject(inner)[key];
    if (found === undefined) throw new Error(`no ${keys.join(' / ')} in the description`);
    return found;
  }, value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toObject(value: Json): JsonObject {
  if (!isObject(value)) throw new Error('not an object');
  return value;
}
