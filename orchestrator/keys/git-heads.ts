import { Fault, refuse, type Refused } from '../outcome.ts';
import type { CommitId } from '../ports/git.ts';
import { run } from '../git/run.ts';
import { diagnose } from './git-diagnose.ts';
import type { Remote } from './git-remote.ts';

export interface Reached {
  readonly kind: 'reached';
  /** The one of the remote's addresses that works. */
  readonly address: string;
  /** Commit ids by short branch name. */
  readonly heads: ReadonlyMap<string, CommitId>;
}

const listing = { timeoutMs: 90_000, stdoutBytes: 32 * 2 ** 20, memoryBytes: 2 ** 30 };

/**
 * The branches of a remote, as it has them now. `repo_unsupported` when there is no repository, or no access;
 * throws `Fault('forge_unavailable')` when the server can't be reached.
 */
export async function readHeads(remote: Remote, signal: AbortSignal): Promise<Reached | Refused> {
  const refusals: Refused[] = [];
  for (const address of remote.addresses) {
    const reached = await readHeadsAt(remote, address, signal);
    if (reached.kind !== 'absent') return reached;
    refusals.push(reached.refused);
  }
  return refusals[0] ?? refuse('repo_unsupported', `${remote.repository.id} has no address.`);
}

type Absent = { readonly kind: 'absent'; readonly refused: Refused };

async function readHeadsAt(remote: Remote, address: string, signal: AbortSignal): Promise<Reached | Refused | Absent> {
  const { repository, env, scrub, uploadPack } = remote;
  const args = ['ls-remote', '-q', '--heads', ...uploadPack, address];
  const result = await run({ args, gitDir: '/dev/null', env, scrub, signal, fault: 'forge_unavailable', ...listing });
  const heads = parse(result.exitCode === 0 ? result.stdout : new Uint8Array());
  if (heads.size > 0) return { kind: 'reached', address, heads };
  if (repository.kind === 'local') {
    if (result.exitCode === 0) return { kind: 'reached', address, heads };
    return refuse('repo_unsupported', `git can't read ${repository.id}: ${result.stderr}`);
  }
  // Also for an empty list: git takes any web page for the file list of an old kind of server.
  const diagnosis = await diagnose(remote, address, 'git-upload-pack', signal);
  if (diagnosis.kind === 'serves') {
    if (result.exitCode === 0) return { kind: 'reached', address, heads };
    // Nothing is wrong any more: whatever it was, the next try may go well.
    throw new Fault('forge_unavailable', repository.id, `git ls-remote failed: ${result.stderr}`);
  }
  const refused = refuse('repo_unsupported', `${repository.id} can't be used: ${diagnosis.reason}.`);
  // Not under this address, perhaps under the other.
  const elsewhere = diagnosis.status === 404 || (diagnosis.status >= 300 && diagnosis.status < 400);
  return elsewhere ? { kind: 'absent', refused } : refused;
}

function parse(output: Uint8Array): ReadonlyMap<string, CommitId> {
  const lines = Buffer.from(output).toString('utf8').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, id, name] = /^([0-9a-f]+)\trefs\/heads\/(.+)$/.exec(line) ?? [];
      return id === undefined || name === undefined ? [] : [[name, id] as const];
    }),
  );
}
