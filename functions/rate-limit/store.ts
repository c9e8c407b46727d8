import type { EpochMs } from './clock.ts';

/**
 * What one bucket remembers. Every attribute is a number, so a plain conditional update can move it.
 *
 * - `tat` theoretical arrival time of the generic cell rate algorithm (ms): how far the future is already granted
 * - `urgentQueue`, `normalQueue`, `bulkQueue` when the last waiting message of a priority comes back (ms)
 * - `limit` burst learnt from the platform (calls); absent while the configured one holds
 * - `urgentAt` when an urgent call was asked for last, `normalAt` and `bulkAt` when one of theirs was last let go (ms)
 * - `writtenAt` the last writer's own clock (ms), `skew` how far writers' clocks were seen apart (ms)
 */
export interface BucketRow {
  tat?: EpochMs;
  urgentQueue?: EpochMs;
  normalQueue?: EpochMs;
  bulkQueue?: EpochMs;
  limit?: number;
  urgentAt?: EpochMs;
  normalAt?: EpochMs;
  bulkAt?: EpochMs;
  writtenAt?: EpochMs;
  skew?: number;
}

export type BucketField = keyof BucketRow;

/** Sets a field to a value, or adds to the value it had before the update. */
export type Step = { field: BucketField; to: number } | { field: BucketField; by: number };

/**
 * What must hold before the update: `above` is exclusive, `atMost` inclusive, `absent` says whether a missing field passes.
 * Without any bound it tests for presence alone: `absent: true` wants the field missing, `absent: false` wants it there.
 */
export interface Guard {
  field: BucketField;
  absent: boolean;
  above?: number;
  atMost?: number;
  equals?: number;
}

/** One atomic write: all guards hold and all steps happen, or nothing does. */
export interface Change {
  steps: Step[];
  guards: Guard[];
}

/** `before` is the row as it was, whether the change was applied or refused; an empty object when there was none. */
export interface Outcome {
  applied: boolean;
  before: BucketRow;
}

/**
 * An atomic conditional update, and nothing else.
 * A repeated change (a retry after a lost answer) may be applied twice: that wastes slots and never grants one twice.
 */
export interface BucketStore {
  update(key: string, change: Change): Promise<Outcome>;
}

/** The row that a change leaves behind. */
export function applyChange(row: BucketRow, change: Change): BucketRow {
  const after = { ...row };
  for (const step of change.steps) {
    after[step.field] = 'to' in step ? step.to : (row[step.field] ?? 0) + step.by;
  }
  return after;
}

/** Whether every guard of a change holds for a row. */
export function passes(row: BucketRow, change: Change): boolean {
  return change.guards.every((guard) => {
    const value = row[guard.field];
    if (value === undefined) return guard.absent;
    if (guard.above === undefined && guard.atMost === undefined && guard.equals === undefined)
      return !guard.absent;
    if (guard.above !== undefined && !(value > guard.above)) return false;
    if (guard.atMost !== undefined && !(value <= guard.atMost)) return false;
    return guard.equals === undefined || value === guard.equals;
  });
}

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
