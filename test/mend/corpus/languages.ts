/** The languages of the generated repositories: where their files lie, how they start, what repeats in them. */
import type { Random } from './random.ts';
import { css, markdown, markup, sql, yaml, json } from './blocks-data.ts';
import { c, csharp, go, make, python, typescript } from './blocks-code.ts';
import { sentence, words } from './words.ts';

/** Some lines, as one text. */
export type Block = (random: Random) => string;

export interface Language {
  readonly path: (random: Random, index: number) => string;
  readonly head: Block;
  readonly blocks: readonly Block[];
  readonly tail: string;
}

const inFolder = (folder: string, suffix: string) => (r: Random, index: number) =>
  `${folder}/${words(r).noun}_${index}${suffix}`;
const language = (path: Language['path'], head: Block, blocks: readonly Block[], tail = ''): Language => {
  return { path, head, blocks, tail };
};

const pythonHead: Block = (r) =>
  `"""${sentence(r)}."""\nimport json\nimport logging\nfrom app import store\n\nlog = logging.getLogger(__name__)\n\n\n`;

export const windowsLanguage = language(
  inFolder('Dotnet App', '.cs'),
  () => 'using System;\n\npublic class Program\n{\n',
  csharp,
  '}\n',
);

export const languages: readonly Language[] = [
  language(inFolder('src/app', '.py'), pythonHead, python),
  language(
    inFolder('web/src', '.ts'),
    () => `import { readFile } from 'node:fs/promises';\nimport { z } from 'zod';\n\n`,
    typescript,
  ),
  language(inFolder('server', '.go'), () => 'package server\n\nimport (\n\t"context"\n\t"fmt"\n)\n\n', go),
  language(inFolder('lib', '.c'), () => '#include <errno.h>\n#include "lib.h"\n\n', c),
  language(
    (_, index) => `build/rules${index}.mk`,
    () => 'SHELL := /bin/sh\nTARGET ?= all\n\n',
    make,
  ),
  language(inFolder('docs', '.md'), (r) => `# ${sentence(r)}\n\n`, markdown),
  language(inFolder('docs', '.rst'), () => '', markup),
  language(
    (_, index) => `ci/pipeline${index}.yml`,
    () => 'name: ci\non: [push]\njobs:\n',
    yaml,
  ),
  language(inFolder('web/styles', '.css'), () => '', css),
  language(inFolder('db', '.sql'), () => '-- schema\n\n', sql),
  language(inFolder('schemas', '.json'), () => '{\n', json, '  "end": true\n}\n'),
  windowsLanguage,
];

/** The lines of one file. */
export function writeSource({ head, blocks, tail }: Language, random: Random, count: number): readonly string[] {
  const body = Array.from({ length: count }, () => random.pick(blocks)(random)).join('');
  const repeated = random.chance(0.5) ? random.pick(blocks)(random) : '';
  return `${head(random)}${repeated}${body}${repeated}${tail}`.split('\n');
}
