import type { Invariant } from '../invariants/violation.ts';

/** One change of a source file: a text that stands in it exactly once, and what stands there instead. */
export interface Patch {
  file: string;
  find: string;
  replace: string;
}

/** A test by its file, below `test/`, and the title of its `it`. */
export interface NamedTest {
  file: string;
  title: string;
}

/** A mistake that somebody could make in our functions. */
export interface Mutation {
  name: string;
  /** What goes wrong with it, for the table. */
  harm: string;
  patches: readonly Patch[];
  /** Invariants that may notice it (the run shows which one did), or why no world can. */
  noticedBy: readonly Invariant[] | string;
  /** Which worlds are tried; those about everything when absent. */
  worlds?: 'feed';
  /** The test that fails on it, or why there is none. */
  test: NamedTest | string;
  /** A world that is a test of its own, and fails on it as well. */
  playedBy?: NamedTest;
}

/** A patch of one file. */
export const patch = (file: string, find: string, replace: string): Patch => ({ file, find, replace });

/** @param file below `test/`, without `.test.ts` */
export const named = (file: string, title: string): NamedTest => ({ file: `test/${file}.test.ts`, title });
