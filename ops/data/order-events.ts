import type { FeedEvent } from '../../functions/domain/event.ts';
import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { type FeedPosition, PositionLost } from '../../functions/storage/feed.ts';
import type { OperatorFeed } from '../feed-place.ts';

/** Events are published in the order of their shards, so an order's may stand this far before its time, in ms. */
const BEFORE_MS = 5_000;
/** And this many further on, where the shop is busy. */
const EVENTS = 400;

type Feed = Pick<OperatorFeed, 'read' | 'placeAt'>;

/**
 * The events of an order that the feed still has around the times at which it is known to have changed: at its beginning, and
 * lately. An order that changed often may have others in between.
 */
export async function eventsOfOrder(feed: Feed, row: OrderRow): Promise<FeedEvent[]> {
  const [first, last] = [row.origin.first.at, Date.parse(row.changedAt)];
  const times = last - first > BEFORE_MS ? [first, last] : [last];
  const places = await Promise.all(times.map((at) => feed.placeAt(at - BEFORE_MS)));
  const apart = [...new Map(places.map((place) => [place.seq, place])).values()];
  const found = await Promise.all(apart.map((place) => behind(feed, place)));
  const events = new Map(
    found
      .flat()
      .filter(({ key }) => key === itemName(row))
      .map((event) => [event.seq, event]),
  );
  return [...events.values()].sort((a, b) => a.seq - b.seq);
}

async function behind(feed: Feed, place: FeedPosition): Promise<FeedEvent[]> {
  try {
    return await feed.read(place, EVENTS);
  } catch (error) {
    // The feed began anew, or went on, while it was read.
    if (error instanceof PositionLost) return [];
    throw error;
  }
}
