import type { Platform } from '../../platforms/names.ts';
import type { EpochMs } from '../../runtime/clock.ts';
import type { Slots } from './call-budget.ts';
import type { Span } from '../../domain/time-ranges.ts';
import type { Tally } from './run-stats.ts';
import type { Track } from '../../domain/scan-plan.ts';

/** One stretch of one track, to be compared now. */
export interface Slice<T extends Track> extends Span {
  track: T;
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
  slots: Slots;
  tally: Tally;
  /** Keys of what this run repaired already; tracks overlap. */
  repaired: Set<string>;
}

/** The platform's side of a reconciliation. */
export interface Source<T extends Track> {
  platform: Platform;
  storeId: string;
  tracks: readonly T[];
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
