/** What a section does to which file of the base. `path` is the one that is written. */
import type { Problem } from '../problem.ts';
import type { Hunk, Modes, UnifiedSection } from '../edit.ts';

type Blobs = UnifiedSection['blobs'];

export interface EditTarget {
  readonly kind: 'edit';
  readonly path: string;
  readonly hunks: readonly Hunk[];
  readonly modes: Modes;
  readonly form: 'unified' | 'block';
  readonly blobs: Blobs;
}

export interface CreateTarget {
  readonly kind: 'create';
  readonly path: string;
  readonly hunks: readonly Hunk[];
  readonly mode: string;
  readonly blobs: Blobs;
}

export interface DeleteTarget {
  readonly kind: 'delete';
  readonly path: string;
  readonly hunks: readonly Hunk[];
  readonly mode: string;
}

/** A rename or a copy. */
export interface MoveTarget {
  readonly kind: 'move';
  readonly path: string;
  readonly from: string;
  readonly copy: boolean;
  readonly hunks: readonly Hunk[];
  readonly modes: Modes;
  readonly blobs: Blobs;
}

/** The whole file is given. */
export interface WriteTarget {
  readonly kind: 'write';
  readonly path: string;
  readonly lines: readonly string[];
}

export type Target = EditTarget | CreateTarget | DeleteTarget | MoveTarget | WriteTarget;

export type Resolved = Target | Problem;
