/** What a case of group G may say; see corpus/git. */
import { z } from 'zod';
import { anyCase } from './corpus.ts';

/** Text, or bytes as Latin-1, or a link; `{canary}`, `{beside}`, `{repo}`, `{victim}` and names of steps are filled in. */
const content = z.union([
  z.string(),
  z.strictObject({ latin1: z.string() }),
  z.strictObject({ mode: z.enum(['100644', '100755', '120000', '160000']), content: z.string() }),
]);
const file = z.union([
  z.string(),
  z.strictObject({ latin1: z.string() }),
  z.strictObject({ program: z.string() }),
  z.strictObject({ link: z.string() }),
  /** A named pipe, for which a reader waits until somebody writes. */
  z.strictObject({ pipe: z.literal(true) }),
  z.null(),
]);

const step = z.union([
  /** Plain git in the repository; `as` keeps what it prints. */
  z.strictObject({ git: z.array(z.string()), stdin: z.string().optional(), as: z.string().optional() }),
  /** Written below the directory that holds the repository; null removes. */
  z.strictObject({ write: z.record(z.string(), file) }),
]);

export type Step = z.output<typeof step>;
export type GivenFile = z.output<typeof file>;

const expected = {
  /** `base`, or the code of the refusal. */
  fetch: z.string(),
  /** `pushed`, or the code of the refusal; absent = it does not come to that. */
  push: z.string().optional(),
};

export const repositoryCase = anyCase
  .extend({
    kind: z.literal('repository'),
    layouts: z.array(z.enum(['bare', 'work tree'])).min(1),
    files: z.record(z.string(), content),
    /** Of a second repository, outside of what is allowed. */
    victim: z.record(z.string(), z.string()).optional(),
    config: z.array(z.tuple([z.string(), z.string()])).optional(),
    /** Added to the configuration as it is. */
    configLatin1: z.string().optional(),
    before: z.array(step).optional(),
    beforePush: z.array(step).optional(),
    /** Plain git that runs the program: without it a canary that lives would prove nothing. */
    control: z.array(step).optional(),
    expected: z.strictObject({
      ...expected,
      /** The bytes of files of the base commit, by path. */
      contents: z.record(z.string(), z.string()).optional(),
      /** The tree that was fetched, and every ref of the mirror. */
      tree: z.string().optional(),
      mirrorRefs: z.array(z.string()).optional(),
      reason: z.string().optional(),
    }),
  })
  .strict();

const entry = z.strictObject({
  mode: z.string(),
  name: z.union([
    z.string(),
    z.strictObject({ latin1: z.string() }),
    z.strictObject({ repeat: z.tuple([z.string(), z.int()]) }),
  ]),
  object: z.string(),
});
const object = z.union([
  z.strictObject({ name: z.string(), blob: z.string() }),
  z.strictObject({ name: z.string(), tree: z.array(entry), form: z.enum(['missing', 'damaged']).optional() }),
  /** A tree in a tree in a tree, with one object at the bottom. */
  z.strictObject({ name: z.string(), nested: z.strictObject({ depth: z.int(), object: z.string() }) }),
  z.strictObject({ name: z.string(), commit: z.string() }),
]);

export type GivenObject = z.output<typeof object>;

export const treeCase = anyCase
  .extend({
    kind: z.literal('objects'),
    /** Written one after the other, by our own hand; the last one is the commit of `main`. */
    objects: z.array(object).min(2),
    expected: z.strictObject({
      fetch: z.string(),
      /** Every path of the base commit, as the engine lists them. */
      paths: z.array(z.string()).optional(),
      depth: z.int().optional(),
    }),
  })
  .strict();

export const addressCase = anyCase
  .extend({
    kind: z.literal('address'),
    repositories: z.array(z.string()).min(1),
    expected: z.strictObject({ resolve: z.string() }),
  })
  .strict();

const behaviour = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('redirect'),
    status: z.int(),
    at: z.enum(['everything', 'questions', 'push', 'data']),
  }),
  z.strictObject({ name: z.literal('challenge'), header: z.string(), of: z.enum(['forge', 'stranger']) }),
  z.strictObject({
    name: z.literal('says'),
    where: z.enum(['hook', 'error line', 'page']),
    text: z.string(),
    times: z.int(),
  }),
  z.strictObject({ name: z.literal('bundle-uri') }),
  z.strictObject({ name: z.literal('alternates') }),
  z.strictObject({ name: z.literal('endless'), what: z.enum(['refs', 'pack', 'progress', 'gzip', 'drips']) }),
  z.strictObject({ name: z.literal('claims'), objects: z.int() }),
  z.strictObject({ name: z.literal('extra refs') }),
]);

export const serverCase = anyCase
  .extend({
    kind: z.literal('server'),
    /** Waits for git's own clock, a minute long; in git.e2e.test.ts. */
    slow: z.literal(true).optional(),
    behaviour,
    expected: z.strictObject({
      /** `base` and `pushed`, or the code of a refusal, or `fault: <code>`. */
      fetch: z.string(),
      push: z.string().optional(),
      reason: z.string().optional(),
    }),
  })
  .strict();

export type RepositoryCase = z.output<typeof repositoryCase>;
export type ObjectsCase = z.output<typeof treeCase>;
export type AddressCase = z.output<typeof addressCase>;
export type ServerCase = z.output<typeof serverCase>;
export const gitCase = z.discriminatedUnion('kind', [repositoryCase, treeCase, addressCase, serverCase]);
