import type { Flag } from '../ports/sandbox.ts';

/** `path:line: what` */
export function flagLine({ flag, path, line }: Flag): string {
  return `${path}${line === null ? '' : `:${line}`}: ${flag}`;
}
