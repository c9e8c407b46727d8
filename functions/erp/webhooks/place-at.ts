import type { EpochMs } from '../../domain/time.ts';
import type { FeedPosition, FeedReader } from '../../storage/feed.ts';

/**
 * The place in the feed from which every event of a time on is read. Events are numbered as they are published, which for
 * two orders may be the other way round by seconds: so what is a little older may follow.
 */
export async function placeAt(feed: FeedReader, from: EpochMs): Promise<FeedPosition> {
  const [oldest, head] = [await feed.oldest(), await feed.head()];
  const { epoch } = head;
  let before = oldest.seq;
  let after = head.seq;
  while (before < after) {
    const middle = Math.floor((before + after) / 2);
    const [event] = await feed.read({ epoch, seq: middle }, 1);
    if (event === undefined || Date.parse(event.at) >= from) after = middle;
    else before = middle + 1;
  }
  return { epoch, seq: before };
}
