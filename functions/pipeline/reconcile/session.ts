import type { Resource } from '../../domain/resource.ts';
import type { EpochMs, TimeRange } from '../../domain/time.ts';
import type { Scan } from '../../platforms/scan.ts';
import type { Queue } from '../../runtime/queue.ts';
import type { MissingIds } from '../../storage/reconcile-memory.ts';
import type { StoreContext } from '../store-context.ts';
import type { CallBudget } from './call-budget.ts';
import type { CurrentEntries } from './found-current.ts';
import type { CatalogueRun, MirrorRun } from './mirror-run.ts';
import type { RunStats } from './report.ts';
import type { Watch } from './watch.ts';

/** One stretch of one scan, to be compared now. */
export interface Slice extends TimeRange {
  scan: Scan;
  /** Epoch ms of the first run: what happened before it was never promised to us. */
  since: EpochMs;
  /** Absent where every row is read. */
  foundCurrent?: CurrentEntries;
  /** The page that an undivided list begins with; absent where that is its first. */
  firstPage?: number;
  /** Told of each page of such a list behind which nothing of it has to be met again. */
  onPage?(page: number): void;
}

/** What a comparison works with during one run. */
export interface Session {
  runId: string;
  /** Repairs nothing, and writes nothing. */
  dryRun: boolean;
  /** A person asked: nothing is left to live traffic. */
  eager: boolean;
  /** What a person asked for beside orders, whenever it was compared last. */
  wants: readonly Resource[];
  /** The kinds that are compared; all where absent. */
  only?: readonly Resource[];
  watch: Watch;
  budget: CallBudget;
  stats: RunStats;
  /** Ids of what this run repaired already; scans overlap. */
  repaired: Set<string>;
  catalogue: CatalogueRun;
  customers: MirrorRun;
}

/** The store that is compared. */
export interface Compared extends StoreContext {
  queue: Queue;
  missing: MissingIds;
}

/** Orders that are compared at the same time. */
export const ORDERS_AT_ONCE = 10;

/** A client whose calls come out of the run's budget, and when its last call was made. */
export function budgeted({ connection, clock }: Compared, { budget, runId }: Session) {
  const asked = { at: clock.now() };
  const api = connection.api({
    correlationId: runId,
    admit: async () => {
      await budget.take();
      asked.at = clock.now();
    },
  });
  return { api, asked };
}

/** Whether what a list shows was due to have been told us: it happened in our time, and not just now. */
export const wasDue = ({ scan, since }: Slice, changedAt: EpochMs | undefined, askedAt: EpochMs): boolean =>
  changedAt !== undefined && changedAt > since && changedAt <= askedAt - scan.quietPeriodMs;
