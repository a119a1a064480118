/** GitHub's own description of its API, as a judge of what goes in and out of the fake. */
import { Ajv, type ValidateFunction } from 'ajv';
import * as formats from 'ajv-formats';
import { z } from 'zod';
import description from '../fixtures/github-openapi.json' with { type: 'json' };

type Schema = Readonly<Record<string, unknown>>;

const schema = z.record(z.string(), z.unknown());
const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query']),
  required: z.boolean().optional(),
  schema,
});
const content = z.object({ 'application/json': z.object({ schema }) });
const operation = z.object({
  operationId: z.string(),
  parameters: z.array(schema).default([]),
  requestBody: z.object({ required: z.boolean().optional(), content }).optional(),
  responses: z.record(z.string(), schema),
});

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly template: string;
  readonly judge: z.output<typeof operation>;
}

export interface Incoming {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Contract {
  match(
    method: string,
    path: string,
  ): { readonly operation: Operation; readonly params: Readonly<Record<string, string>> } | null;
  /** What GitHub's description has against this request; empty = nothing. */
  requestProblems(operation: Operation, request: Incoming): readonly string[];
  responseProblems(operation: Operation, status: number, body: unknown): readonly string[];
  /** The smallest object that a component schema allows, to be filled with what matters. */
  example(component: string): Readonly<Record<string, unknown>>;
}

/** Compiles the slice in test/fixtures/github-openapi.json. */
export function createContract(): Contract {
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false, logger: false });
  const lenient = new Ajv({ strict: false, allErrors: true, coerceTypes: true, logger: false });
  formats.default.default(ajv);
  ajv.addSchema({ ...schema.parse(withNull(description)), $id: 'github' });
  const operations = readOperations();
  const compiled = new Map<string, ValidateFunction>();
  const judge = (engine: Ajv, key: string, make: () => Schema, value: unknown) => {
    const validate = compiled.get(key) ?? engine.compile(make());
    compiled.set(key, validate);
    return validate(value) ? [] : [`${key}: ${engine.errorsText(validate.errors)}`];
  };
  return {
    match: (method, path) => findOperation(operations, method, path),
    requestProblems({ id, judge: { parameters, requestBody } }, { params, query, body }) {
      const resolved = parameters.map((one) => parameter.parse(resolve(one)));
      const bodySchema = requestBody?.content['application/json'].schema;
      return [
        ...judge(lenient, `${id} path`, () => parametersSchema(resolved, 'path'), { ...params }),
        ...judge(lenient, `${id} query`, () => parametersSchema(resolved, 'query'), { ...query }),
        ...(bodySchema === undefined
          ? []
          : judge(ajv, `${id} body`, () => closed(rooted(bodySchema)), body ?? undefined)),
      ];
    },
    responseProblems({ id, judge: { responses } }, status, body) {
      const response = responses[String(status)];
      const parsed = content.safeParse(response === undefined ? undefined : resolve(response)['content']);
      if (!parsed.success) return [];
      return judge(ajv, `${id} ${status}`, () => rooted(parsed.data['application/json'].schema), body);
    },
    example: (component) => schema.parse(smallest({ $ref: `#/components/schemas/${component}` })),
  };
}

function readOperations(): readonly Operation[] {
  return Object.entries(description.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, given]) => {
      const judge = operation.parse(given);
      return { id: judge.operationId, method: method.toUpperCase(), template, judge };
    }),
  );
}

function findOperation(operations: readonly Operation[], method: string, path: string) {
  for (const operation of operations) {
    const pattern = operation.template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const found = new RegExp(`^${pattern}$`).exec(path);
    if (operation.method === method && found !== null) return { operation, params: { ...found.groups } };
  }
  return null;
}

function parametersSchema(parameters: readonly z.output<typeof parameter>[], where: 'path' | 'query'): Schema {
  const here = parameters.filter((one) => one.in === where);
  return {
    type: 'object',
    properties: Object.fromEntries(here.map((one) => [one.name, one.schema])),
    required: here.filter((one) => one.required === true).map((one) => one.name),
    additionalProperties: false,
  };
}

/** GitHub ignores fields that it doesn't know; a test wants to hear of them. */
function closed(given: Schema): Schema {
  return 'properties' in given ? { ...given, additionalProperties: false } : given;
}

/** OpenAPI 3.0 says `nullable` beside `anyOf` too, where JSON Schema wants a type. */
function withNull(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(withNull);
  if (typeof given !== 'object' || given === null) return given;
  const inner = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, withNull(value)]));
  const { nullable, ...rest } = inner;
  return nullable === true && !('type' in inner) ? { anyOf: [rest, { type: 'null' }] } : inner;
}

/** The same schema with references that lead into the description. */
function rooted(given: Schema): Schema {
  return schema.parse(JSON.parse(JSON.stringify(withNull(given)).replaceAll('"#/components/', '"github#/components/')));
}

function resolve(given: Schema): Schema {
  const reference = given['$ref'];
  if (typeof reference !== 'string') return given;
  const keys = reference.split('/').slice(1);
  return resolve(schema.parse(keys.reduce<unknown>((inner, key) => schema.parse(inner)[key], description)));
}

function smallest(reference: Schema): unknown {
  const given = resolve(reference);
  if (given['nullable'] === true) return null;
  for (const combined of ['anyOf', 'oneOf', 'allOf']) {
    const choices = given[combined];
    if (Array.isArray(choices)) return smallest(schema.parse(choices[0]));
  }
  if (Array.isArray(given['enum'])) return given['enum'][0];
  switch (given['type']) {
    case 'object':
      return smallestObject(given);
    case 'array':
      return [];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return 1;
    default:
      return given['format'] === 'date-time' ? '2026-01-01T00:00:00Z' : 'https://example.test/x';
  }
}

function smallestObject(given: Schema): unknown {
  const properties = schema.parse(given['properties'] ?? {});
  const required = z.array(z.string()).parse(given['required'] ?? []);
  return Object.fromEntries(required.map((name) => [name, smallest(schema.parse(properties[name]))]));
}
