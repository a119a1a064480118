import { z } from 'zod';
import { refuse, type Refused } from '../outcome.ts';
import type { Bundle, ReportCounts } from '../ports/sandbox.ts';
import type { SandboxPolicy } from './policy.ts';
import { readReport, sumReports } from './read-report.ts';
import { invalid, type TarEntry, TarReader } from './read-tar.ts';

export const objectId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const toolName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

export const manifestSchema = z.strictObject({
  version: z.literal(1),
  base: objectId,
  tree: objectId,
  tools: z.record(toolName, z.string().max(100)).refine((tools) => Object.keys(tools).length <= 20),
});

const reportName = /^report\/[A-Za-z0-9._-]{1,80}\.xml$/;

/**
 * Reads what a sandbox hands back: exactly `manifest.json` and `patch.diff`, which came out before any code of the
 * repository ran; then at most a few `report/<name>.xml`, which are claims of that code. Anything else is `bundle_invalid`.
 */
export class BundleReader {
  readonly #caps: SandboxPolicy['bundle'];
  readonly #tar: TarReader;
  readonly #reports = new Map<string, ReportCounts | null>();
  #manifest: Bundle['manifest'] | null = null;
  #bundle: Bundle | null = null;

  constructor(caps: SandboxPolicy['bundle']) {
    this.#caps = caps;
    this.#tar = new TarReader({
      allow: (entry) => this.#allow(entry),
      take: (entry, bytes) => this.#take(entry, bytes),
    });
  }

  /** The first part, as soon as it is complete; from then on it never changes. */
  get bundle(): Bundle | null {
    return this.#bundle;
  }

  /** True once the archive has been ended properly. */
  get ended(): boolean {
    return this.#tar.ended;
  }

  /** The sum of the reports' counts; null if there is none, or one can't be read. */
  get report(): ReportCounts | null {
    return sumReports([...this.#reports.values()]);
  }

  push(chunk: Uint8Array): Refused | null {
    const refused = this.#tar.push(chunk);
    return refused ?? (this.ended && this.#bundle === null ? invalid('its end before its first part') : null);
  }

  #allow({ name, size, index }: TarEntry): Refused | null {
    const { manifestBytes, patchBytes, reports, reportBytes } = this.#caps;
    const first = [
      { name: 'manifest.json', cap: manifestBytes },
      { name: 'patch.diff', cap: patchBytes },
    ][index];
    if (first !== undefined) return name === first.name ? capped(name, size, first.cap) : invalid(`${name} too early`);
    // A second patch.diff among it: what came first is never replaced.
    if (!reportName.test(name)) return invalid(`${name}, which is no report`);
    if (this.#reports.has(name)) return invalid(`${name} twice`);
    if (this.#reports.size === reports) return invalid(`more than ${reports} reports`);
    return capped(name, size, reportBytes);
  }

  #take({ name, index }: TarEntry, bytes: Uint8Array): Refused | null {
    if (index === 0) return this.#takeManifest(bytes);
    if (index > 1) this.#reports.set(name, readReport(bytes));
    if (index === 1 && this.#manifest !== null) this.#bundle = { manifest: this.#manifest, patch: bytes };
    return null;
  }

  #takeManifest(bytes: Uint8Array): Refused | null {
    const parsed = manifestSchema.safeParse(parseJson(bytes));
    if (!parsed.success) return invalid('a manifest.json of another form');
    this.#manifest = parsed.data;
    return null;
  }
}

function capped(name: string, size: number, cap: number): Refused | null {
  return size <= cap ? null : refuse('bundle_too_large', `${name} has ${size} bytes, more than ${cap}.`);
}

/** Undefined, which no schema accepts, for what is no JSON in UTF-8. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
