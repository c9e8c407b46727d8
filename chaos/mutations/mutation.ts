import type { Invariant } from '../invariants/violation.ts';

/** One change of a source file: a text that stands in it exactly once, and what stands there instead. */
export interface Patch {
  file: string;
  find: string;
  replace: string;
}

/** A mistake that somebody could make in our functions. */
export interface Mutation {
  name: string;
  /** What goes wrong with it, for the table. */
  harm: string;
  patches: readonly Patch[];
  /** Invariants that may notice it; the run shows which one did. */
  noticedBy: readonly Invariant[];
}

/** A patch of one file. */
export const patch = (file: string, find: string, replace: string): Patch => ({ file, find, replace });
