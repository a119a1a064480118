/** Credentials in added lines: the engine's own, byte for byte, and whatever has the form of one. */
import { refuse, type Refused } from '../outcome.ts';
import type { Line } from './changed-file.ts';
import { lintSecrets } from './lint-secrets.ts';
import type { Rules } from './rules.ts';
import { secretForms } from './secret-forms.ts';

/** A password of a database on this very machine or of a service in the same compose file is in every tutorial. */
const localUrl =
  /@(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal|db|database|postgres|mysql|mariadb|mongo|mongodb|redis)(?::|\/|$)/;
/** What can stand between two halves of one literal. */
const glue = /["'`\s+\\.,;&|()[\]{}]+/g;

/** The first secret in a file's added lines; the refusal says where and of which kind, not what. */
export async function inspectSecrets(
  path: string,
  added: readonly Line[],
  { policy, findSecret }: Rules,
): Promise<Refused | null> {
  if (added.length === 0) return null;
  const text = added.map((line) => line.text).join('\n');
  const own = findSecret(text) ?? findGlued(added, findSecret);
  if (own !== null) return leaked(path, lineAt(added, own), 'a secret of the engine itself');
  const found = [...(await lintSecrets(text)), ...secretForms(text)].filter(
    ({ value }) => !policy.secrets.allowed.includes(value) && !localUrl.test(value) && !isPlaceholder(value),
  );
  const first = found.toSorted((a, b) => a.index - b.index)[0];
  return first === undefined ? null : leaked(path, lineAt(added, first.index), first.kind);
}

function leaked(path: string, line: number, kind: string): Refused {
  const where = `${path}:${line}`;
  const reason = `${where} would have what looks like ${kind}; if it is none, see "secrets.allowed" in policies/diff.json.`;
  return refuse('diff_secret', reason, where);
}

/** `ghp_xxxxxxxx…`: no real value has so few different characters at its end. */
function isPlaceholder(value: string): boolean {
  return new Set(value.slice(-16)).size <= 3;
}

/** The engine's own secret, written in pieces: "sk-" + "abc". Returns an index into the joined lines. */
function findGlued(added: readonly Line[], findSecret: Rules['findSecret']): number | null {
  const pieces = added.map((line) => line.text.replace(glue, ''));
  const at = findSecret(pieces.join(''));
  if (at === null) return null;
  let [end, start] = [0, 0];
  for (const [index, piece] of pieces.entries()) {
    end += piece.length;
    if (at < end) return start;
    start += (added[index]?.text.length ?? 0) + 1;
  }
  return start;
}

function lineAt(added: readonly Line[], index: number): number {
  let end = 0;
  for (const line of added) {
    end += line.text.length + 1;
    if (index < end) return line.number;
  }
  return added.at(-1)?.number ?? 1;
}
