import type { Product } from '../../domain/product.ts';
import type { Resource } from '../../domain/resource.ts';

/** What a comparison finds of a thing that differs. */
export type Finding = 'missing' | 'stale' | 'failed';

/** Told what a run meets while it meets it, for a person who waits for the run. Ids only, and products. */
export interface Watch {
  /**
   * Something that a list shows. Lists overlap, so one thing may be met several times.
   *
   * @param id absent where none can be read
   */
  met(resource: Resource, id: string | undefined, more?: { erased?: boolean; product?: Product }): void;
  /** What was found of it; `removed`: the table has it, and the platform has it no more. */
  found(resource: Resource, id: string, finding: Finding | 'removed'): void;
}

/** Where nobody waits. */
export const NOBODY_WATCHES: Watch = { met: () => {}, found: () => {} };
