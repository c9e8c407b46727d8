import type { FeedEvent } from '../../functions/domain/event.ts';
import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import type { EpochMs } from '../../functions/domain/time.ts';
import { placeAt } from '../../functions/erp/webhooks/place-at.ts';
import { type FeedReader, PositionLost } from '../../functions/storage/feed.ts';

/** Events are published in the order of their shards, so an order's may stand this far before its time, in ms. */
const BEFORE_MS = 5_000;
/** And this many further on, where the shop is busy. */
const EVENTS = 400;

/**
 * The events of an order that the feed still has around the times at which it is known to have changed: at its beginning, and
 * lately. An order that changed often may have others in between.
 */
export async function eventsOfOrder(feed: FeedReader, row: OrderRow): Promise<FeedEvent[]> {
  const times = [row.origin.first.at, Date.parse(row.changedAt)];
  const far = (times[1] ?? 0) - (times[0] ?? 0) > BEFORE_MS;
  const found = await Promise.all(times.slice(far ? 0 : 1).map((at) => around(feed, itemName(row), at)));
  const events = new Map(found.flat().map((event) => [event.seq, event]));
  return [...events.values()].sort((a, b) => a.seq - b.seq);
}

async function around(feed: FeedReader, key: string, at: EpochMs): Promise<FeedEvent[]> {
  try {
    const events = await feed.read(await placeAt(feed, at - BEFORE_MS), EVENTS);
    return events.filter((event) => event.key === key);
  } catch (error) {
    // The feed began anew, or went on, while it was read.
    if (error instanceof PositionLost) return [];
    throw error;
  }
}
