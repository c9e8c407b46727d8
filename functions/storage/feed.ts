import type { FeedEvent } from '../domain/event.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { eventsOf, type FeedPage, type FeedTable, findEnd, lastOf, pageAt, pagesFrom } from './feed-pages.ts';
import { readPointer } from './feed-pointer.ts';

/**
 * A place in the feed: everything up to and with `seq` was read. An epoch ends when a table was restored to an earlier
 * time; numbers of another epoch mean nothing.
 */
export interface FeedPosition {
  readonly epoch: number;
  /** 0 before the first event. */
  readonly seq: number;
}

/** The feed cannot go on from a place: `expired`, older than what is kept; `reset`, of another epoch; `ahead`, not there yet. */
export class PositionLost extends OwnError {
  override readonly name = 'PositionLost';
  readonly why: 'expired' | 'reset' | 'ahead';
  /** The oldest place from which it does. */
  readonly oldest: FeedPosition;

  constructor(why: PositionLost['why'], oldest: FeedPosition) {
    super(`the feed cannot be read from there: ${why}`);
    this.why = why;
    this.oldest = oldest;
  }
}

/** Reads the feed, in order and without a gap. */
export interface FeedReader {
  /** The last event there is. */
  head(): Promise<FeedPosition>;
  /** The same, with when it came into the feed (epoch ms); absent before the first event, and where the last one has expired. */
  newest(): Promise<FeedPosition & { at?: EpochMs }>;
  /** The oldest place that can be read from. */
  oldest(): Promise<FeedPosition>;
  /**
   * The events after a place, at most `limit`; none at the head. Fewer do not mean that there are no more.
   *
   * @throws PositionLost
   */
  read(after: FeedPosition, limit: number): Promise<FeedEvent[]>;
}

const DAY_MS = 24 * 3600 * 1000;
/** What was written longer ago than this is not promised any more. */
export const PROMISED_MS = 30 * DAY_MS;
/** Refused only a day later, so that whoever begins at the oldest place has the time to. */
const READABLE_MS = PROMISED_MS + DAY_MS;
/** Pages of one query. Few first: a page may hold one event or a hundred. */
const PAGES_OF_QUERY = [2, 8, 32, 64];

const NOTHING_YET: FeedPosition = { epoch: 0, seq: 0 };

/** Reads the feed as it stands: every answer holds all that was written before it was asked for. */
export function createFeedReader(options: FeedTable & { clock: Pick<Clock, 'now'> }): FeedReader {
  const { clock } = options;
  /** What was found to be too old stays so. */
  let known: FeedPosition = NOTHING_YET;

  const isReadable = ({ at }: FeedPage): boolean => at >= clock.now() - READABLE_MS;

  async function headOf({ epoch, seq }: FeedPosition): Promise<FeedPosition> {
    return { epoch, seq: (await findEnd(options, epoch, seq)).seq };
  }

  /** The last event that was written more than 30 days ago. What the table has deleted already is older than that. */
  async function findOldest(head: FeedPosition): Promise<FeedPosition> {
    const { epoch } = head;
    const limit = clock.now() - PROMISED_MS;
    let tooOld = known.epoch === epoch ? known.seq : 0;
    let young = head.seq + 1;
    while (young - tooOld > 1) {
      const middle = Math.floor((tooOld + young) / 2);
      const page = await pageAt(options, epoch, middle);
      if (page === undefined || lastOf(page) < middle) tooOld = middle;
      else if (page.at < limit) tooOld = lastOf(page);
      else young = page.from;
    }
    known = { epoch, seq: tooOld };
    return known;
  }

  async function lost(why: PositionLost['why'], pointer: FeedPosition): Promise<never> {
    // An epoch may have begun while the other one was read.
    const current = (await readPointer(options)) ?? pointer;
    const oldest = await findOldest(await headOf(current));
    throw new PositionLost(current.epoch === pointer.epoch ? why : 'reset', oldest);
  }

  /** The page with the event after a place; undefined at the head. */
  async function pageAfter(
    pointer: FeedPosition,
    { epoch, seq }: FeedPosition,
  ): Promise<FeedPage | undefined> {
    const before = await pageAt(options, epoch, seq + 1);
    if (before !== undefined && lastOf(before) > seq) return before;
    // Of pages that old the table may have deleted the next one, and kept this one.
    if (before !== undefined && lastOf(before) === seq && isReadable(before)) return undefined;
    const head = await headOf(pointer);
    if (seq === head.seq) return undefined;
    if (seq > head.seq) return lost('ahead', pointer);
    // It was written before the head was, so it is there by now, or gone for its age.
    const again = await pageAt(options, epoch, seq + 1);
    return again !== undefined && lastOf(again) > seq ? again : lost('expired', pointer);
  }

  return {
    async head() {
      const pointer = await readPointer(options);
      return pointer === undefined ? NOTHING_YET : headOf(pointer);
    },
    async newest() {
      const pointer = await readPointer(options);
      if (pointer === undefined) return NOTHING_YET;
      const { epoch } = pointer;
      const { seq, page } = await findEnd(options, epoch, pointer.seq);
      // The end is found in the partition of the event that follows, which may have none yet.
      const last = page ?? (await pageAt(options, epoch, seq));
      return { epoch, seq, ...(last === undefined ? {} : { at: last.at }) };
    },
    async oldest() {
      const pointer = await readPointer(options);
      return pointer === undefined ? NOTHING_YET : findOldest(await headOf(pointer));
    },
    async read(after, limit) {
      const pointer = await readPointer(options);
      if (pointer === undefined) {
        if (after.epoch !== 0) throw new PositionLost('reset', NOTHING_YET);
        if (after.seq !== 0) throw new PositionLost('ahead', NOTHING_YET);
        return [];
      }
      // Whoever took the head before the first event named no epoch.
      const { epoch, seq } =
        after.epoch === 0 && pointer.first ? { epoch: pointer.epoch, seq: after.seq } : after;
      if (epoch !== pointer.epoch) return lost('reset', pointer);
      const events: FeedEvent[] = [];
      const place = (): FeedPosition => ({ epoch, seq: events.at(-1)?.seq ?? seq });
      const take = (page: FeedPage): void => {
        events.push(...eventsOf(page, place().seq + 1));
      };
      for (const pages of PAGES_OF_QUERY) {
        const found = await pagesFrom(options, epoch, place().seq + 1, pages);
        let [first] = found;
        if (events.length === 0) {
          if (first?.from !== seq + 1) first = await pageAfter(pointer, place());
          if (first === undefined || first.closed) return [];
          if (!isReadable(first)) return lost('expired', pointer);
          take(first);
        }
        // A query is no snapshot: it may have passed a page while that was absent, and found the next one.
        for (const page of found) {
          if (page.from > place().seq + 1 || page.closed) break;
          if (page.from === place().seq + 1) take(page);
        }
        if (events.length >= limit || found.length === 0) break;
      }
      return events.slice(0, limit);
    },
  };
}
