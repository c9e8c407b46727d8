import { applyChange, type BucketRow, type BucketStore, passes } from './store.ts';

/** A bucket store of one process, for tests and simulations: as atomic as a single thread is. */
export function createMemoryStore(rows: Map<string, BucketRow> = new Map()): BucketStore {
  return {
    async update(key, change) {
      const before = rows.get(key) ?? {};
      const applied = passes(before, change);
      if (applied) rows.set(key, applyChange(before, change));
      return { applied, before };
    },
  };
}
