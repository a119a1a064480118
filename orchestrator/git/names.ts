/** What may stand in a git command line as an id or a branch. Checked before use, so that neither can be an option. */
import { printable } from './printable.ts';

const objectId = /^[0-9a-f]{40}$/;
/** Letters, digits and the signs that branch names have in practice; never a leading "-", which git reads as an option. */
const branchName = /^[A-Za-z0-9_][A-Za-z0-9._/@+#=,-]{0,199}$/;
/** `..` and `@{` are operators, `.lock` is git's own, and git refuses the rest as well. */
const branchTrap = /\.\.|\/\/|\/\.|\.lock(?:\/|$)|[./]$/;

/** SHA-1 ids only: the forges have no other. */
export function isObjectId(text: string): boolean {
  return objectId.test(text);
}

/** The id itself. Throws `TypeError` for anything else: a caller passed on what nobody had parsed. */
export function checkedId(text: string): string {
  if (!isObjectId(text)) throw new TypeError(`not an object id: ${printable(text, 80)}`);
  return text;
}

/** A short branch name that is safe in a command line and valid for git. */
export function isBranchName(text: string): boolean {
  return branchName.test(text) && !branchTrap.test(text);
}

/** `refs/heads/<name>`. Throws `TypeError` for a name that `isBranchName` refuses. */
export function branchRef(name: string): string {
  if (!isBranchName(name)) throw new TypeError(`not a branch name: ${printable(name, 80)}`);
  return `refs/heads/${name}`;
}
