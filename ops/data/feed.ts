import type { EpochMs } from '../../functions/domain/time.ts';
import { oldestUnpublished, STREAM_KEEPS_MS } from '../../functions/erp/unpublished.ts';
import type { FeedReader } from '../../functions/storage/feed.ts';
import type { OperatorContext } from '../context.ts';

const MINUTE_MS = 60_000;

/** A feed that is behind the table by more than this is broken, in ms. */
const FEED_BROKEN_MS = 10 * MINUTE_MS;

/** Changes that are late for the feed. */
export interface FeedLate {
  /** When the oldest of them was made. */
  since: EpochMs;
  /** The runbook's article on that. */
  article: 'feed-late' | 'publisher-behind';
  /** The stream keeps the oldest one no longer: it is not published by itself. */
  lost: boolean;
}

/** How the feed stands beside the table. @param newest its last event */
export async function feedLate(
  { control, index, stores }: Pick<OperatorContext, 'control' | 'index' | 'stores'>,
  { seq, at }: Awaited<ReturnType<FeedReader['newest']>>,
): Promise<FeedLate | undefined> {
  const now = control.clock.now();
  // What was published longer ago than the feed keeps is not known any more.
  const after = at ?? (seq === 0 ? 0 : now - STREAM_KEEPS_MS);
  const since = await oldestUnpublished(index, stores, { after, now });
  if (since === undefined) return undefined;
  return {
    since,
    article: now - since > FEED_BROKEN_MS ? 'publisher-behind' : 'feed-late',
    lost: now - since > STREAM_KEEPS_MS,
  };
}
