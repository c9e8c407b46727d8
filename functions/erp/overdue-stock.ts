import type { StockChannel } from '../domain/stock/channel.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import type { StockHints } from '../runtime/stock-hints.ts';
import type { Log } from '../runtime/telemetry.ts';
import type { StockStore } from '../storage/stock.ts';
import type { StockJobs } from '../storage/stock-jobs.ts';

export interface StockSweep {
  readonly stock: Pick<StockStore, 'nextToTell'>;
  readonly jobs: Pick<StockJobs, 'next'>;
  readonly channels: readonly StockChannel[];
  readonly hints: StockHints;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** A message that was sent when it became due is given this long (ms). */
const GRACE_MS = 10_000;
/** A list of prices is told behind all stock and call by call, so that it may take this long before it counts as late (ms). */
const PRICES_MAY_TAKE_MS = 3_600_000;

/**
 * Names again every store that should have been told of stock by now, or whose jobs should have been looked at. A store that
 * cannot be named keeps no other from it.
 *
 * @throws the first failure, at the end
 */
export async function sweepStock({
  stock,
  jobs,
  channels,
  hints,
  clock,
  metrics,
  log,
}: StockSweep): Promise<void> {
  // Where nobody tells stock, prices are told all the same.
  const told = channels.filter(({ shows, charges = [] }) => shows !== 'nothing' || charges.length > 0);
  const byPlatform = Map.groupBy(told, ({ platform }) => platform);
  const failures: unknown[] = [];
  for (const [platform, ofPlatform] of byPlatform) {
    let latest = 0;
    for (const storeId of new Set(ofPlatform.map((channel) => channel.storeId))) {
      const store = { platform, storeId };
      try {
        const [stockAt, pricesAt] = [
          await stock.nextToTell(store),
          await stock.nextToTell({ ...store, what: 'prices' }),
        ];
        const now = clock.now();
        const [stockMs, pricesMs] = [now - (stockAt ?? now), now - (pricesAt ?? now)];
        const late = Math.max(0, stockMs, pricesMs);
        latest = Math.max(latest, stockMs, pricesMs - PRICES_MAY_TAKE_MS);
        const jobAt = await jobs.next(store);
        const isJobLate = jobAt !== undefined && clock.now() - jobAt >= GRACE_MS;
        if (late < GRACE_MS && !isJobLate) continue;
        if (late >= GRACE_MS)
          log.warn('a store should have been told of stock, and is named again', { ...store, lateMs: late });
        await hints.send(store, 0);
      } catch (error) {
        failures.push(error);
      }
    }
    metrics.add('StockLateSeconds', platform, latest / 1000);
  }
  if (failures.length > 0) throw failures[0];
}
