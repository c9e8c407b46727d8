import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { type FeedPosition, PROMISED_MS } from './feed.ts';
import { type FeedPage, type FeedTable, findEnd, lastOf, pageAt } from './feed-pages.ts';
import { readPointer } from './feed-pointer.ts';

/** Finds places of the feed by time, as it stands when the first one is asked for. */
export interface FeedTimes {
  /**
   * The place from which every event from a time on is read, or the oldest place there is. Events are numbered as they are
   * published, which for two orders may be the other way round by seconds: so what is a little older may follow.
   */
  placeAt(from: EpochMs): Promise<FeedPosition>;
}

export function createFeedTimes(feed: FeedTable & { clock: Pick<Clock, 'now'> }): FeedTimes {
  const end = lazily(async () => {
    const pointer = await readPointer(feed);
    if (pointer === undefined) return { epoch: 0, seq: 0 };
    const { seq } = await findEnd(feed, pointer.epoch, pointer.seq);
    return { epoch: pointer.epoch, seq };
  });
  // Every search begins with the same pages.
  const known = new Map<number, ReturnType<typeof pageAt>>();
  return {
    async placeAt(from) {
      const { epoch, seq: head } = await end();
      const page = (seq: number) => {
        const read = known.get(seq) ?? pageAt(feed, epoch, seq);
        known.set(seq, read);
        return read;
      };
      const since = feed.clock.now() - PROMISED_MS;
      return { epoch, seq: await lastBefore(page, { head, since, from }) };
    },
  };
}

/**
 * Halves the feed until a page is found between what is older and what is not: each step reads one page.
 *
 * @param page the last page that begins with an event or before it; undefined where there is none
 * @param feed `head`: number of its last event; `since`: pages that were written before it count as gone
 * @returns the number of the last event before `from`
 */
export async function lastBefore(
  page: (seq: number) => Promise<FeedPage | undefined>,
  { head, since, from }: { head: number; since: EpochMs; from: EpochMs },
): Promise<number> {
  let [before, after] = [0, head];
  while (before < after) {
    const middle = Math.ceil((before + after) / 2);
    const found = await page(middle);
    // What the table has deleted already is older than anything that is there.
    if (found === undefined || lastOf(found) < middle) before = middle;
    else if (found.at < since) before = lastOf(found);
    else {
      const index = found.events.findIndex(({ at }) => Date.parse(at) >= from);
      if (index > 0) return found.from + index - 1;
      if (index === 0) after = found.from - 1;
      else before = lastOf(found);
    }
  }
  return before;
}
