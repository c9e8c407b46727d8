import type { PlatformName } from '../../domain/order.ts';
import { isoTime, type TimeRange } from '../../domain/time.ts';
import type { MetricName, Metrics } from '../../runtime/metric-names.ts';
import type { LogFields } from '../../runtime/telemetry.ts';
import type { MirrorCounts } from './mirror-run.ts';
import { type Finding, NOBODY_WATCHES, type Watch } from './watch.ts';

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

export function createRunStats(watch: Watch = NOBODY_WATCHES): RunStats {
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
      watch.found('order', order, finding);
      if (examples.length < MAX_EXAMPLES) examples.push({ order, finding });
    },
    repaired: ({ missed }) => {
      counts.repaired += 1;
      if (missed) counts.missed += 1;
    },
  };
}

export const countFields = (counts: Counts): LogFields => ({ ...counts });

/**
 * How a run ended. `unfinished`: time or the platform's limit ran out, the next run goes on. `paused`: the platform
 * refuses the credential. `busy`: another run is under way. `off`: the platform cannot be reconciled as configured.
 */
export type Outcome = 'done' | 'unfinished' | 'paused' | 'busy' | 'off' | 'failed';

/** Webhooks that were put right, by the names of their events. */
export interface RepairedWebhooks {
  /** Subscribed again. */
  missing: readonly string[];
  /** Doubled, or sent to an address that is not ours any more; ended. */
  surplus: readonly string[];
}

/** What a run came to. Holds ids and counts, never a person's data. */
export interface Report {
  runId: string;
  platform: PlatformName;
  storeId: string;
  dryRun: boolean;
  outcome: Outcome;
  /** ISO 8601, UTC. */
  startedAt: string;
  endedAt: string;
  counts: Counts;
  /** The first orders that were missing, stale or failed. */
  examples: RunStats['examples'];
  /** What went wrong, each once, in words for a person: the first of them, and how many more. */
  problems: string[];
  /** What is still to be compared, by scan; ISO times. */
  left: { scan: string; from: string; to: string }[];
  /** What the run found in products; absent when it looked at none. */
  products?: MirrorCounts;
  /** The same in customers. */
  customers?: MirrorCounts;
  /** Absent when the store's webhooks were as they should be, or were not looked at. */
  webhooks?: RepairedWebhooks;
}

const MAX_LEFT = 50;
const MAX_PROBLEMS = 100;

/** As many problems as an item and a line of the log have room for: a chain may have more outlets that fail. */
export const firstOf = (problems: readonly string[]): string[] =>
  problems.length <= MAX_PROBLEMS
    ? [...problems]
    : [...problems.slice(0, MAX_PROBLEMS), `${problems.length - MAX_PROBLEMS} more problems like these`];

const METRIC_OF: Record<keyof Counts, MetricName> = {
  seen: 'ReconcileSeen',
  missing: 'ReconcileMissing',
  stale: 'ReconcileStale',
  repaired: 'ReconcileRepaired',
  failed: 'ReconcileOrdersFailed',
  missed: 'MissedEvents',
};

/** What a run found, as metrics. A dry run is not what happens to orders, and a run that another kept out is no run. */
export function measure(metrics: Metrics, { platform, outcome, dryRun, counts }: Report): void {
  if (dryRun || outcome === 'busy') return;
  metrics.add(outcome === 'failed' ? 'ReconcileFailed' : 'ReconcileCompleted', platform, 1);
  for (const [count, name] of Object.entries(METRIC_OF) as [keyof Counts, MetricName][])
    metrics.add(name, platform, counts[count]);
}

export const describeLeft = (gaps: ReadonlyMap<string, readonly TimeRange[]>): Report['left'] =>
  [...gaps]
    .flatMap(([scan, ranges]) =>
      ranges.map(({ from, to }) => ({ scan, from: isoTime(from), to: isoTime(to) })),
    )
    .slice(0, MAX_LEFT);
