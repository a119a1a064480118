import { z } from 'zod';
import { diffPolicySchema } from '../../orchestrator/inspect/policy.ts';
import { repositoryPolicySchema } from '../../orchestrator/inspect/repository-policy.ts';
import { sandboxPolicySchema } from '../../orchestrator/sandbox/policy.ts';

/** File name under policies/ → its text. */
export const schemas: Readonly<Record<string, string>> = {
  'diff.schema.json': textOf(diffPolicySchema),
  'repository.schema.json': textOf(repositoryPolicySchema),
  'sandbox.schema.json': textOf(sandboxPolicySchema),
};

function textOf(schema: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;
}
