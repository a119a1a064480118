/** Sections, jobs, rules and tables of several formats. */
import type { Block } from './languages.ts';
import { sentence, words } from './words.ts';

export const markdown: readonly Block[] = [
  (r) => `## ${sentence(r)}

Use \`${words(r).verb}\` when ${sentence(r)}.${'  '}
It is fast.

- ${sentence(r)}
- ${sentence(r)}

\`\`\`sh
npm run ${words(r).verb}
\`\`\`

`,
];

export const markup: readonly Block[] = [
  (r) => `${words(r).Noun}\n=======\n\n${sentence(r)}.\n\n::\n\n    ${words(r).verb} --all\n\n`,
];

export const yaml: readonly Block[] = [
  (r) => {
    const { noun, verb, number } = words(r);
    return `  ${verb}-${noun}-${number}:
    runs-on: ubuntu-latest
    timeout-minutes: ${number}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
      - run: npm ci
      - run: npm run ${verb}
`;
  },
];

export const css: readonly Block[] = [
  (r) =>
    `.${words(r).noun}-${words(r).field} {\n  display: flex;\n  margin: 0 ${words(r).number}px;\n  padding: 0;\n}\n\n`,
];

export const sql: readonly Block[] = [
  (r) => {
    const { noun, field, other } = words(r);
    return `-- ${sentence(r)}
CREATE TABLE ${noun}s (
    id bigint PRIMARY KEY,
    ${field} text NOT NULL,
    ${other} integer
);
-- end

`;
  },
];

export const json: readonly Block[] = [
  (r) =>
    `  "${words(r).noun}_${words(r).field}_${r.below(99)}": {\n    "type": "string",\n    "default": ${words(r).number}\n  },\n`,
];
