import type { EpochMs } from '../../domain/time.ts';
import type { TimeRange } from '../../domain/time-ranges.ts';
import type { Platform } from '../../platforms/names.ts';
import type { CallBudget } from './call-budget.ts';
import type { RunStats } from './run-stats.ts';
import type { Scan } from './scan-plan.ts';

/** One stretch of one track, to be compared now. */
export interface Slice<T extends Scan> extends TimeRange {
  scan: T;
  /** Epoch ms of the first run: news from before it was never promised to us. */
  since: EpochMs;
}

/** What a comparison works with during one run. */
export interface Session {
  runId: string;
  /** Repairs nothing, and writes nothing. */
  dryRun: boolean;
  /** A person asked: nothing is left to live traffic. */
  eager: boolean;
  budget: CallBudget;
  stats: RunStats;
  /** Keys of what this run repaired already; tracks overlap. */
  repaired: Set<string>;
}

/** The platform's side of a reconciliation. */
export interface Source<T extends Scan> {
  platform: Platform;
  storeId: string;
  scans: readonly T[];
  /** Longest time that one call and what follows from it may take, in ms. */
  slowestCallMs: number;
  /**
   * Compares everything in the slice with the table and repairs what differs. Each order stands for itself: one that
   * cannot be understood or recorded is tallied as failed. False when some repair is not safe yet, so that the slice
   * has to be compared again.
   *
   * @throws RunOver; PlatformError of the list itself; the AWS SDK's errors.
   */
  compare(slice: Slice<T>, session: Session): Promise<boolean>;
}
