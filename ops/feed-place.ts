import { InvalidArgumentError } from 'commander';
import { createFeedReader, type FeedPosition, type FeedReader } from '../functions/storage/feed.ts';
import { createFeedTimes, type FeedTimes } from '../functions/storage/feed-times.ts';
import { OperatorError } from './outputs.ts';
import { TIME_EXAMPLES, timeGiven } from './time-given.ts';

/** The feed as the operator's commands read it: by number, and by time as it stands when a time is first asked for. */
export type OperatorFeed = FeedReader & FeedTimes;

export const openFeed = (control: Parameters<typeof createFeedReader>[0]): OperatorFeed => ({
  ...createFeedReader(control),
  ...createFeedTimes(control),
});

/** A place of the feed as a person names it; `after`: number of the last event to leave out. */
export type Place = 'head' | 'oldest' | { after: number } | { time: number };

/** Reads a place from the command line. @throws InvalidArgumentError */
export const place = (text: string): Place => {
  if (text === 'head' || text === 'oldest') return text;
  if (/^\d{1,15}$/.test(text)) return { after: Number(text) };
  const time = timeGiven(text);
  if (time !== undefined) return { time };
  throw new InvalidArgumentError(
    `It must be head, oldest, the number of an event, or a time such as ${TIME_EXAMPLES}.`,
  );
};

/** Where the feed goes on from a place. @throws OperatorError when it cannot be read from there */
export async function placeOf(feed: OperatorFeed, to: Place): Promise<FeedPosition> {
  if (to === 'head') return feed.head();
  if (to === 'oldest') return feed.oldest();
  if ('time' in to) return feed.placeAt(to.time);
  const [oldest, head] = [await feed.oldest(), await feed.head()];
  if (to.after >= oldest.seq && to.after <= head.seq) return { epoch: head.epoch, seq: to.after };
  throw new OperatorError(`The feed can be read from ${oldest.seq} to ${head.seq}, not from ${to.after}.`);
}
