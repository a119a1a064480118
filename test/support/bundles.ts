/** Honest bundles, as bytes, to be spoiled by tests. */
import type { SandboxPolicy } from '../../orchestrator/sandbox/policy.ts';
import { type RawEntry, rawTar } from './tar-writer.ts';

export const caps: SandboxPolicy['bundle'] = { manifestBytes: 4096, patchBytes: 8192, reports: 3, reportBytes: 4096 };

export const baseId = 'b'.repeat(40);
export const treeId = 'c'.repeat(40);

export const manifest = { version: 1, base: baseId, tree: treeId, tools: { git: '2.39.5' } };
export const manifestEntry: RawEntry = { name: 'manifest.json', content: `${JSON.stringify(manifest)}\n` };
export const patchEntry: RawEntry = { name: 'patch.diff', content: 'diff --git a/x b/x\n' };
export const reportEntry: RawEntry = {
  name: 'report/junit.xml',
  content: '<testsuites><testsuite name="pytest" errors="0" failures="1" skipped="2" tests="7"/></testsuites>',
};

/** A whole bundle: first part, the reports, the end. */
export function bundleTar(...reports: readonly RawEntry[]): Uint8Array {
  return rawTar(manifestEntry, patchEntry, ...reports);
}
