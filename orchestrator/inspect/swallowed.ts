/** Assertions whose failure nobody hears of: `try` with an assertion in it, and a handler that does nothing. */

const opens = /\btry\b[ \t]*[:{]|\bbegin\b[ \t]*$/;
const handles = /\b(?:except|catch|rescue)\b/;
const asserts = /\b(?:assert|expect|should|verify|refute)\w*/i;
const nothing = /^[ \t]*(?:pass\b|\}|end\b|nil\b|$)/;

/** Counts them in a program's code, comments and strings left out, line by line. */
export function countSwallowed(code: string): number {
  const lines = code.split('\n');
  let found = 0;
  // Null = in no `try`.
  let asserted: boolean | null = null;
  for (const [at, line] of lines.entries()) {
    const handler = handles.exec(line);
    if (opens.test(line)) asserted = false;
    if (asserted === null) continue;
    asserted ||= asserts.test(handler === null ? line : line.slice(0, handler.index));
    if (handler === null) continue;
    if (asserted && isEmpty(line.slice(handler.index), lines.slice(at + 1, at + 20))) found += 1;
    asserted = null;
  }
  return found + (code.match(/\bsuppress[ \t]*\([^)\n]{0,200}\b(?:Assertion|Exception\b|BaseException)/g)?.length ?? 0);
}

/** `except ValueError:`, `catch (e) {`, `rescue => e`, and what follows. */
function isEmpty(handler: string, next: readonly string[]): boolean {
  const opened = /[{:]|$/.exec(handler.replace(/\([^)]{0,200}\)/, ''))?.index ?? 0;
  const same = handler.replace(/\([^)]{0,200}\)/, '').slice(opened + 1);
  if (same.trim() !== '') return nothing.test(same);
  return nothing.test(next.find((line) => line.trim() !== '') ?? '');
}
