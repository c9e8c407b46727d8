import { setTimeout as wait } from 'node:timers/promises';
import type { FeedEvent } from '../domain/event.ts';
import type { FeedPosition, FeedReader } from '../storage/feed.ts';

/** How often the end of the feed is looked at (ms). */
const LOOK_EVERY_MS = 500;
const MOST_AT_ONCE = 1_000;

/** The events after a place up to the end that the feed has by then, in order. @throws PositionLost */
export async function* readToHead(
  feed: Pick<FeedReader, 'read'>,
  from: FeedPosition,
): AsyncGenerator<FeedEvent, FeedPosition> {
  let place = from;
  for (;;) {
    const found = await feed.read(place, MOST_AT_ONCE);
    const last = found.at(-1);
    if (last === undefined) return place;
    yield* found;
    place = { ...place, seq: last.seq };
  }
}

/**
 * The events after a place, and those that follow as they are published, in order, until the signal ends it.
 *
 * @throws PositionLost when the place is too old, or the feed begins anew meanwhile
 */
export async function* followFeed(
  feed: Pick<FeedReader, 'read'>,
  from: FeedPosition,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent, void> {
  let place = from;
  while (!signal.aborted) {
    place = yield* readToHead(feed, place);
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
