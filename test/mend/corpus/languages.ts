/** Source files of many languages, with the repetition that real ones have. */
import type { Random } from './random.ts';
import { sentence, words } from './words.ts';

type Block = (random: Random) => readonly string[];

export interface Language {
  readonly path: (random: Random, index: number) => string;
  readonly head: Block;
  readonly blocks: readonly Block[];
  readonly tail: Block;
}

const none: Block = () => [];
const py: readonly Block[] = [
  (r) => {
    const { noun, verb, field, number } = words(r);
    return [
      `def ${verb}_${noun}(${noun}, ${field}=None):`,
      `    """${sentence(r)}."""`,
      `    if ${noun} is None:`,
      `        return None`,
      `    result = ${noun}.${field}`,
      `    if result > ${number}:`,
      `        raise ValueError("bad ${field}")`,
      `    return result`,
      '',
      '',
    ];
  },
  (r) => {
    const { noun, Noun, verb, field, other } = words(r);
    return [
      `class ${Noun}${r.pick(['Service', 'Store', 'View'])}:`,
      `    def __init__(self, ${field}, ${other}):`,
      `        self.${field} = ${field}`,
      `        self.${other} = ${other}`,
      '',
      `    def ${verb}(self):`,
      `        try:`,
      `            return self._${verb}(self.${field})`,
      `        except KeyError as error:`,
      `            log.warning("no ${noun}: %s", error)`,
      `            return None`,
      '',
      `    def __repr__(self):`,
      `        return f"<${Noun} {self.${field}}>"`,
      '',
      '',
    ];
  },
  (r) => {
    const { noun, verb, field, number } = words(r);
    return [
      `def test_${verb}_${noun}_${r.below(9)}():`,
      `    ${noun} = make_${noun}(${field}=${number})`,
      `    result = ${verb}_${noun}(${noun})`,
      `    assert result is not None`,
      `    assert result.${field} == ${number}`,
      '',
      '',
    ];
  },
];
const ts: readonly Block[] = [
  (r) => {
    const { noun, Noun, verb, field, number } = words(r);
    return [
      `export function ${verb}${Noun}(${noun}: ${Noun}): ${Noun} | null {`,
      `  if (!${noun}) {`,
      `    return null;`,
      `  }`,
      `  const ${field} = ${noun}.${field} ?? ${number};`,
      `  return { ...${noun}, ${field} };`,
      `}`,
      '',
    ];
  },
  (r) => {
    const { Noun, field, other } = words(r);
    return [
      `export interface ${Noun} {`,
      `  readonly id: string;`,
      `  readonly ${field}: string;`,
      `  readonly ${other}: number;`,
      `}`,
      '',
    ];
  },
  (r) => {
    const { noun, field, number } = words(r);
    return [
      `test('${sentence(r)}', async () => {`,
      `  const ${noun} = await setup({ ${field}: ${number} });`,
      `  expect(${noun}).toBeDefined();`,
      `  expect(${noun}.${field}).toBe(${number});`,
      `});`,
      '',
    ];
  },
];
const go: readonly Block[] = [
  (r) => {
    const { noun, Noun, verb, field, number } = words(r);
    return [
      `// ${verb}${Noun} ${sentence(r)}.`,
      `func (s *Server) ${verb}${Noun}(ctx context.Context, id string) (*${Noun}, error) {`,
      `\t${noun}, err := s.store.Get(ctx, id)`,
      `\tif err != nil {`,
      `\t\treturn nil, fmt.Errorf("${verb}: %w", err)`,
      `\t}`,
      `\tif ${noun}.${field} > ${number} {`,
      `\t\treturn nil, errLimit`,
      `\t}`,
      `\tfor _, each := range ${noun}.Items {`,
      `\t\tif each == nil {`,
      `\t\t\tcontinue`,
      `\t\t}`,
      `\t}`,
      `\treturn ${noun}, nil`,
      `}`,
      '',
    ];
  },
  (r) => {
    const { Noun, field, other } = words(r);
    return [`type ${Noun} struct {`, `\tID    string`, `\t${field}  string`, `\t${other} int64`, `}`, ''];
  },
];
const c: readonly Block[] = [
  (r) => {
    const { noun, verb, field, number } = words(r);
    return [
      `/* ${sentence(r)} */`,
      `static int ${noun}_${verb}(struct ${noun} *p, int flags)`,
      `{`,
      `\tint rc;`,
      '',
      `\tif (!p)`,
      `\t\treturn -EINVAL;`,
      `\trc = ${noun}_lock(p, flags |`,
      `\t\t\t  FLAG_${field.toUpperCase()});`,
      `\tif (rc < 0)`,
      `\t\tgoto out;`,
      `\tp->${field} = ${number};`,
      `out:`,
      `\t${noun}_unlock(p);`,
      `\treturn rc;`,
      `}`,
      '',
    ];
  },
];
const make: readonly Block[] = [
  (r) => {
    const { noun, verb } = words(r);
    return [
      `.PHONY: ${verb}-${noun}`,
      `${verb}-${noun}: build`,
      `\t@echo "${sentence(r)}"`,
      `\tmkdir -p out/${noun}`,
      `\t./scripts/${verb}.sh --target $(TARGET)`,
      '',
    ];
  },
];
const md: readonly Block[] = [
  (r) => [
    `## ${sentence(r)}`,
    '',
    `Use \`${words(r).verb}\` when ${sentence(r)}.  `,
    `It is fast.`,
    '',
    `- ${sentence(r)}`,
    `- ${sentence(r)}`,
    '',
    '```sh',
    `npm run ${words(r).verb}`,
    '```',
    '',
  ],
];
const rst: readonly Block[] = [
  (r) => [words(r).Noun, '=======', '', `${sentence(r)}.`, '', '::', '', `    ${words(r).verb} --all`, ''],
];
const yaml: readonly Block[] = [
  (r) => {
    const { noun, verb, number } = words(r);
    return [
      `  ${verb}-${noun}-${number}:`,
      `    runs-on: ubuntu-latest`,
      `    timeout-minutes: ${number}`,
      `    steps:`,
      `      - uses: actions/checkout@v4`,
      `      - uses: actions/setup-node@v4`,
      `        with:`,
      `          node-version: 24`,
      `      - run: npm ci`,
      `      - run: npm run ${verb}`,
    ];
  },
];
const css: readonly Block[] = [
  (r) => [
    `.${words(r).noun}-${words(r).field} {`,
    `  display: flex;`,
    `  margin: 0 ${words(r).number}px;`,
    `  padding: 0;`,
    `}`,
    '',
  ],
];
const sql: readonly Block[] = [
  (r) => {
    const { noun, field, other } = words(r);
    return [
      `-- ${sentence(r)}`,
      `CREATE TABLE ${noun}s (`,
      `    id bigint PRIMARY KEY,`,
      `    ${field} text NOT NULL,`,
      `    ${other} integer`,
      `);`,
      `-- end`,
      '',
    ];
  },
];
const json: readonly Block[] = [
  (r) => [
    `  "${words(r).noun}_${words(r).field}_${r.below(99)}": {`,
    `    "type": "string",`,
    `    "default": ${words(r).number}`,
    `  },`,
  ],
];
const cs: readonly Block[] = [
  (r) => {
    const { Noun, verb, field } = words(r);
    return [
      `    public ${Noun} ${verb}${Noun}(string ${field})`,
      `    {`,
      `        if (${field} == null)`,
      `        {`,
      `            throw new ArgumentNullException(nameof(${field}));`,
      `        }`,
      `        return _store.Get(${field});`,
      `    }`,
      '',
    ];
  },
];

const source = (folder: string, suffix: string) => (r: Random, index: number) =>
  `${folder}/${words(r).noun}_${index}${suffix}`;

export const languages = {
  python: {
    path: source('src/app', '.py'),
    head: (r) => [
      `"""${sentence(r)}."""`,
      'import json',
      'import logging',
      'from app import store',
      '',
      'log = logging.getLogger(__name__)',
      '',
      '',
    ],
    blocks: py,
    tail: none,
  },
  typescript: {
    path: source('web/src', '.ts'),
    head: () => [`import { readFile } from 'node:fs/promises';`, `import { z } from 'zod';`, ''],
    blocks: ts,
    tail: none,
  },
  go: {
    path: source('server', '.go'),
    head: () => ['package server', '', 'import (', '\t"context"', '\t"fmt"', ')', ''],
    blocks: go,
    tail: none,
  },
  c: { path: source('lib', '.c'), head: () => ['#include <errno.h>', '#include "lib.h"', ''], blocks: c, tail: none },
  make: {
    path: (_, index) => `build/rules${index}.mk`,
    head: () => ['SHELL := /bin/sh', 'TARGET ?= all', ''],
    blocks: make,
    tail: none,
  },
  markdown: { path: source('docs', '.md'), head: (r) => [`# ${sentence(r)}`, ''], blocks: md, tail: none },
  rst: { path: source('docs', '.rst'), head: () => [], blocks: rst, tail: none },
  yaml: {
    path: (_, index) => `ci/pipeline${index}.yml`,
    head: () => ['name: ci', 'on: [push]', 'jobs:'],
    blocks: yaml,
    tail: none,
  },
  css: { path: source('web/styles', '.css'), head: () => [], blocks: css, tail: none },
  sql: { path: source('db', '.sql'), head: () => ['-- schema', ''], blocks: sql, tail: none },
  json: { path: source('schemas', '.json'), head: () => ['{'], blocks: json, tail: () => ['  "end": true', '}'] },
  csharp: {
    path: source('Dotnet App', '.cs'),
    head: () => ['using System;', '', 'public class Program', '{'],
    blocks: cs,
    tail: () => ['}'],
  },
} as const satisfies Readonly<Record<string, Language>>;

export type LanguageName = keyof typeof languages;

/** The lines of one file. */
export function writeSource(language: Language, random: Random, blocks: number): readonly string[] {
  const body = Array.from({ length: blocks }, () => random.pick(language.blocks)(random)).flat();
  const repeated = random.chance(0.5) ? random.pick(language.blocks)(random) : [];
  return [...language.head(random), ...repeated, ...body, ...repeated, ...language.tail(random)];
}
