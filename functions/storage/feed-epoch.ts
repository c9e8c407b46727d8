import type { Clock } from '../runtime/clock.ts';
import type { FeedPosition } from './feed.ts';
import { type FeedTable, findEnd, putPage } from './feed-pages.ts';
import { beginEpoch, readPointer } from './feed-pointer.ts';

/** Closes attempts: others write a page each time. */
const MOST_CONFLICTS = 1000;

/**
 * Ends the feed's epoch and begins another one, whose numbers start again. Every reader is told by its next question. A page
 * that closes the old epoch keeps a publisher that has not heard of the new one from writing behind it. Doing it again,
 * also after a crash in the middle, begins one epoch more and is harmless.
 */
export async function startEpoch(options: FeedTable & { clock: Pick<Clock, 'now'> }): Promise<FeedPosition> {
  const { clock } = options;
  const pointer = await readPointer(options);
  if (pointer !== undefined) {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const { seq, page } = await findEnd(options, pointer.epoch, pointer.seq);
      const closing = { from: seq + 1, events: [], at: clock.now(), closed: true } as const;
      if (page?.closed || (await putPage(options, pointer.epoch, closing))) break;
    }
  }
  // A table may have been set back to before its first epoch.
  await beginEpoch(options, pointer, { now: clock.now(), first: false });
  const { epoch = 0, seq = 0 } = (await readPointer(options)) ?? {};
  return { epoch, seq };
}
