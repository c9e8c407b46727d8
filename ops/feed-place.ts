import { InvalidArgumentError } from 'commander';
import { createFeedReader, type FeedPosition } from '../functions/storage/feed.ts';
import { createFeedTimes } from '../functions/storage/feed-times.ts';
import type { OperatorContext } from './context.ts';
import { OperatorError } from './outputs.ts';

/** A place of the feed as a person names it; `after`: number of the last event to leave out. */
export type Place = 'head' | 'oldest' | { after: number } | { time: number };

/** Reads a place from the command line. @throws InvalidArgumentError */
export const place = (text: string): Place => {
  if (text === 'head' || text === 'oldest') return text;
  if (/^\d{1,15}$/.test(text)) return { after: Number(text) };
  const time = Date.parse(text);
  if (Number.isFinite(time)) return { time };
  throw new InvalidArgumentError('It must be head, oldest, the number of an event, or a time.');
};

/** Where the feed goes on from a place. @throws OperatorError when it cannot be read from there */
export async function placeOf(control: OperatorContext['control'], to: Place): Promise<FeedPosition> {
  const feed = createFeedReader(control);
  if (to === 'head') return feed.head();
  if (to === 'oldest') return feed.oldest();
  if ('time' in to) return createFeedTimes(control).placeAt(to.time);
  const [oldest, head] = [await feed.oldest(), await feed.head()];
  if (to.after >= oldest.seq && to.after <= head.seq) return { epoch: head.epoch, seq: to.after };
  throw new OperatorError(`The feed can be read from ${oldest.seq} to ${head.seq}, not from ${to.after}.`);
}
