import type { TimeRange } from '../../domain/time.ts';
import type { Scan } from '../../platforms/scan.ts';
import type { ListedSoFar, Progress } from '../../storage/reconcile-memory.ts';
import type { CurrentEntries } from './found-current.ts';

/** How a scan stands during one run. */
export interface ScanState {
  readonly scan: Scan;
  progress: Progress;
  /** As the table has it; absent before the first save. */
  stored?: Progress;
  /** What this run has not tried yet. */
  todo: TimeRange[];
  /** Slices of the scan that failed in this run. */
  failures: number;
  foundCurrent?: CurrentEntries;
  /** Nothing of it is left from earlier runs, so that this one sees all of it. */
  isWhole: boolean;
  /** Where it goes on with what earlier runs listed of it: what that is found by, and how many ids. */
  remembered?: ListedSoFar & { readonly ids: number };
  /** What is no more of it was looked for. */
  isEnded?: boolean;
}
