/** `npm run schemas`: writes the JSON Schemas of the policies from the code's own; a test fails when they differ. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { schemas } from './schemas.ts';

for (const [name, text] of Object.entries(schemas)) {
  writeFileSync(resolve(import.meta.dirname, '../../policies', name), text);
}
