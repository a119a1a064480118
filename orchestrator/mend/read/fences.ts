/** Fence lines of Markdown, as models write them. */
import { trimEnd, trim } from '../byte-text.ts';

export interface FenceLine {
  readonly indent: number;
  readonly run: string;
  readonly info: string;
}

const fence = /^( {0,12})(`{3,}|~{3,})([^`]*)$/;
const diffInfo = /^(?:u?diff|patch)\b/i;
const longest = 400;

/** The line as an opening or closing fence, or null. */
export function fenceLine(line: string): FenceLine | null {
  if (line.length > longest) return null;
  const match = fence.exec(trimEnd(line));
  if (match === null) return null;
  return { indent: match[1]?.length ?? 0, run: match[2] ?? '', info: trim(match[3] ?? '') };
}

/**
 * Where a block ends: `end` = the line after its content, `after` = where reading goes on.
 * The closing fence has the indent of the opening one, so that " ```" in a diff stays a context line.
 */
export function closeOf(
  lines: readonly string[],
  at: number,
  opener: FenceLine,
): { readonly end: number; readonly after: number } {
  let depth = 0;
  for (let end = at + 1; end < lines.length; end += 1) {
    const found = fenceLine(lines[end] ?? '');
    if (found === null || found.indent !== opener.indent || !found.run.startsWith(opener.run)) continue;
    if (found.info === '' && depth === 0) return { end, after: end + 1 };
    // A diff holds no unmarked fence: the next one opens another block, and this one's end is missing.
    if (found.info !== '' && isDiffInfo(opener.info)) return { end, after: end };
    depth += found.info === '' ? -1 : 1;
  }
  return { end: lines.length, after: lines.length };
}

export function isDiffInfo(info: string): boolean {
  return diffInfo.test(info);
}
