import { isoTime } from '../../domain/time.ts';
import type { TimeRange } from '../../domain/time-ranges.ts';
import type { Platform } from '../../platforms/names.ts';
import type { MetricName, Metrics } from '../../runtime/metric-names.ts';
import type { Counts, RunStats } from './run-stats.ts';

/**
 * How a run ended. `unfinished`: time or the platform's limit ran out, the next run goes on. `paused`: the platform
 * refuses the credential. `busy`: another run is under way. `off`: the platform cannot be reconciled as configured.
 */
export type Outcome = 'done' | 'unfinished' | 'paused' | 'busy' | 'off' | 'failed';

/** What a run came to. Holds ids and counts, never a person's data. */
export interface Report {
  runId: string;
  platform: Platform;
  storeId: string;
  dryRun: boolean;
  outcome: Outcome;
  /** ISO 8601, UTC. */
  startedAt: string;
  endedAt: string;
  counts: Counts;
  /** The first orders that were missing, stale or failed. */
  examples: RunStats['examples'];
  /** What went wrong, each once, in words for a person. */
  problems: string[];
  /** What is still to be compared, by track; ISO times. */
  left: { scan: string; from: string; to: string }[];
}

const MAX_LEFT = 50;

const METRIC_OF: Record<keyof Counts, MetricName> = {
  seen: 'ReconcileSeen',
  missing: 'ReconcileMissing',
  stale: 'ReconcileStale',
  repaired: 'ReconcileRepaired',
  failed: 'ReconcileOrdersFailed',
  lost: 'MissedEvents',
};

/** What a run found, as metrics. A dry run is not what happens to orders, and a run that another kept out is no run. */
export function measure(metrics: Metrics, { platform, outcome, dryRun, counts }: Report): void {
  if (dryRun || outcome === 'busy') return;
  const failed = outcome === 'failed' ? 1 : 0;
  metrics.add('ReconcileCompleted', platform, 1 - failed);
  metrics.add('ReconcileFailed', platform, failed);
  for (const [count, name] of Object.entries(METRIC_OF) as [keyof Counts, MetricName][])
    metrics.add(name, platform, counts[count]);
}

export const describeLeft = (gaps: ReadonlyMap<string, readonly TimeRange[]>): Report['left'] =>
  [...gaps]
    .flatMap(([scan, ranges]) =>
      ranges.map(({ from, to }) => ({
        scan,
        from: isoTime(from),
        to: isoTime(to),
      })),
    )
    .slice(0, MAX_LEFT);
