import type { OrderRow } from '../../functions/domain/order-row.ts';
import { type EventFile, type FeedSummary, summariseFeed } from './feed.ts';
import type { Shop } from './shop.ts';
import { type ShopStore, serversOf } from './stores.ts';
import type { ShopTable } from './table.ts';
import { type Differences, differences } from './verify.ts';

/** By the names of the platforms on which the merchant sells. */
type PerPlatform<T> = Record<string, T>;

/** What a shop day came to. */
export interface Summary extends Differences {
  ok: boolean;
  /** Rows by platform and status. */
  orders: PerPlatform<Record<string, number>>;
  /** Webhooks accepted and orders handed out in polls. */
  eventsReceived: PerPlatform<number>;
  /** Calls that reached each platform. */
  calls: PerPlatform<number>;
  /** Of these, those it refused for its limit. */
  throttled: PerPlatform<number>;
  /** Messages in each dead-letter queue. */
  deadLetters: Record<string, number>;
  /** Rows that wait for a person. */
  needsReview: number;
  events: FeedSummary;
  /** From the first event to the last row, in s. */
  seconds: number;
  /**
   * What became of the numbers that the own system said after the day: of how many SKUs, and how many channels of each
   * platform took one. Absent where the own system of the run counts nothing, or nothing could be told.
   */
  stock?: { skus: number; told: PerPlatform<number> };
}

/**
 * Reads tables, queues, metrics and the platforms' own records.
 *
 * @param startedAt the first event, in epoch ms
 * @param file gets the whole feed
 */
export async function summarise(
  shop: Shop,
  table: Pick<ShopTable, 'all' | 'feed'>,
  startedAt: number,
  file?: EventFile,
): Promise<Summary> {
  const rows = await table.all();
  const events = await summariseFeed(shop.cloud, table.feed, rows, file);
  const found = differences(shop, rows);
  const queues = await shop.cloud.queues();
  const deadLetters = Object.fromEntries(
    queues
      .filter((queue) => queue.isDeadLetter)
      .map(({ name, visible, inFlight, delayed }) => [name, visible + inFlight + delayed]),
  );
  const needsReview = rows.filter((row) => row.state === 'needs-review').length;
  const lastRowAt = Math.max(startedAt, ...rows.map((row) => row.origin.last.at));
  const dead = Object.values(deadLetters).reduce((sum, count) => sum + count, 0);
  return {
    ok: found.missing.length + found.behind.length + needsReview + dead + events.missing === 0,
    orders: perPlatform(shop, (platform) => byStatus(rows, platform)),
    eventsReceived: perPlatform(shop, (platform, stores) => eventsOf(shop, platform, stores)),
    calls: callsTo(shop, () => true),
    throttled: callsTo(shop, (status) => status === 429),
    deadLetters,
    needsReview,
    events,
    ...found,
    seconds: Math.round((lastRowAt - startedAt) / 100) / 10,
  };
}

function byStatus(rows: readonly OrderRow[], platform: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows.filter((one) => one.platform === platform)) {
    const status = row.order?.status ?? row.state;
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

function eventsOf({ cloud }: Shop, platform: string, stores: readonly ShopStore[]): number {
  const polled = stores.some(({ poll }) => poll !== undefined);
  return cloud.metrics.total(polled ? 'PollOrdersFound' : 'WebhookAccepted', { platform });
}

function callsTo(shop: Shop, counts: (status: number) => boolean): PerPlatform<number> {
  return perPlatform(
    shop,
    (_, stores) =>
      serversOf(stores)
        .flatMap(({ calls }) => calls)
        .filter(({ status }) => counts(status)).length,
  );
}

function perPlatform<T>(
  shop: Shop,
  of: (platform: string, stores: readonly ShopStore[]) => T,
): PerPlatform<T> {
  const grouped = Map.groupBy(shop.stores, ({ platform }) => platform.name);
  return Object.fromEntries([...grouped].map(([platform, stores]) => [platform, of(platform, stores)]));
}
