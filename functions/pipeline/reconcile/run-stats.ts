import type { LogFields } from '../../runtime/log.ts';

/** What a run found, in orders. */
export interface Counts {
  /** Looked at. */
  seen: number;
  /** The platform has them and the table did not. */
  missing: number;
  /** The table had them in an older state. */
  stale: number;
  /** Of the missing and stale: recorded, or safely on their way to be fetched. */
  repaired: number;
  /** Could not be understood (they are in sight as rows), or not be recorded (the next run meets them again). */
  failed: number;
  /** Of the repaired: what the platform should have pushed, or handed out, and did not. */
  missed: number;
}

export type Finding = 'missing' | 'stale' | 'failed';

/** Counts what a run finds. */
export interface RunStats {
  readonly counts: Counts;
  /** The first orders found, for the report. Ids only. */
  readonly examples: { order: string; finding: Finding }[];
  seen(orders?: number): void;
  found(finding: Finding, order: string): void;
  repaired(as: { missed: boolean }): void;
}

/** A report is one item, and a person reads no more. */
const MAX_EXAMPLES = 100;

export function createRunStats(): RunStats {
  const counts: Counts = { seen: 0, missing: 0, stale: 0, repaired: 0, failed: 0, missed: 0 };
  const examples: RunStats['examples'] = [];
  return {
    counts,
    examples,
    seen: (orders = 1) => {
      counts.seen += orders;
    },
    found: (finding, order) => {
      counts[finding] += 1;
      if (examples.length < MAX_EXAMPLES) examples.push({ order, finding });
    },
    repaired: ({ missed }) => {
      counts.repaired += 1;
      if (missed) counts.missed += 1;
    },
  };
}

export const countFields = (counts: Counts): LogFields => ({ ...counts });
