import type { PlatformName } from '../domain/order.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import type { Log } from '../runtime/telemetry.ts';
import type { FeedReader } from '../storage/feed.ts';
import { orderPk, type StoreName } from '../storage/keys.ts';
import type { ChangedOrder, OrderIndex } from '../storage/row-index.ts';

/** A change has so long to come into the feed before it counts as late, in ms. */
const LATE_MS = 60_000;
/** For how long a table's stream keeps a change, in ms (DynamoDB). What is older and not published will not be by itself. */
export const STREAM_KEEPS_MS = 24 * 3600_000;
/** The clock of a writer and the publisher's may differ by as much, in ms. */
const CLOCKS_DIFFER_MS = 5_000;
/** Candidates of one store: rows that wait for a person are passed over, and they are few. */
const MOST_LOOKED_AT = 25;

/**
 * When the order changed that has waited longest to be published; undefined where none has waited for more than a minute.
 *
 * @param about `after`: when the last event came into the feed
 */
export async function oldestUnpublished(
  index: OrderIndex,
  stores: readonly StoreName[],
  { after, now }: { after: EpochMs; now: EpochMs },
): Promise<EpochMs | undefined> {
  const between = { from: Math.min(after + CLOCKS_DIFFER_MS, now), to: now };
  const changed = await Promise.all(
    stores.map(async (store) => (await index.changes({ ...store, between, limit: MOST_LOOKED_AT })).keys),
  );
  const late = changed.flat().filter(({ changedAt }) => Date.parse(changedAt) <= now - LATE_MS);
  const told = await withoutSilent(index, late);
  return told.length === 0 ? undefined : Math.min(...told.map(({ changedAt }) => Date.parse(changedAt)));
}

/**
 * Looks for changes that are not in the feed, and counts how late the oldest is into the metric of the alarm on that. The publisher
 * tells itself how late it is, and Lambda how old what it reads is; both are silent where it is not run at all, because its event
 * source mapping is disabled or its role is gone.
 */
export async function findUnpublished({
  feed,
  index,
  stores,
  clock,
  metrics,
  log,
}: {
  feed: Pick<FeedReader, 'newest'>;
  index: OrderIndex;
  stores: readonly StoreName[];
  clock: Pick<Clock, 'now'>;
  metrics: Metrics;
  log: Log;
}): Promise<void> {
  const now = clock.now();
  const { at = 0 } = await feed.newest();
  const after = Math.max(at, now - STREAM_KEEPS_MS);
  const oldest = await oldestUnpublished(index, stores, { after, now });
  if (oldest === undefined) return;
  metrics.add('FeedLagSeconds', 'erp', (now - oldest) / 1000);
  log.error('changes of orders are not in the feed: the publisher is not run, or fails', {
    since: isoTime(oldest),
  });
}

/** A row that waits for a person and is not understood once more has changed, and nobody is told of it again. */
async function withoutSilent(
  index: Pick<OrderIndex, 'needsReview'>,
  changed: readonly ChangedOrder[],
): Promise<ChangedOrder[]> {
  const platforms = [...new Set(changed.map(({ platform }): PlatformName => platform))];
  const waiting = await Promise.all(platforms.map((one) => index.needsReview(one)));
  const silent = new Set(waiting.flat().map(orderPk));
  return changed.filter((one) => !silent.has(orderPk(one)));
}
