import type { NewEvent } from '../domain/event.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { FeedPosition } from './feed.ts';
import { type FeedPage, type FeedTable, findEnd, fitting, lastOf, pagesFrom, putPage } from './feed-pages.ts';
import { beginEpoch, type FeedPointer, raisePointer, readPointer } from './feed-pointer.ts';

/** Events that want a number. */
export interface Batch {
  /** The events, with ids of the feed's epoch. Called again when another epoch began meanwhile. */
  events(epoch: number): readonly NewEvent[];
  /** The same whenever the batch comes again, and of no other batch. Absent where it never comes again in the same order. */
  mark?: string;
}

/** How far a batch has come: so many of its events, from the first on, have their number. The rest failed, and why. */
export interface Appended {
  written: number;
  /** The last event that was seen in the feed. */
  head: FeedPosition;
  failure?: unknown;
}

export interface FeedWriter {
  /** Gives each event the next number, in their order. What the last pages hold of the batch already is not written twice. */
  append(batch: Batch): Promise<Appended>;
  /** Says in the pointer how far the feed has come, so that it is known when all pages have expired. */
  raise(): Promise<FeedPosition>;
}

const DAY_MS = 24 * 3600 * 1000;
/** What a container knows of the feed is read again after this long. */
const KNOWN_MS = 60_000;
const PAGES_PER_RAISE = 100;
/** By then pages may have expired behind a pointer that was not raised every night: numbers could come again. */
const POINTER_TRUSTED_MS = 30 * DAY_MS;
const PAGES_OF_QUERY = 32;
/** So many pages of others in a row that each was quicker. */
const MOST_CONFLICTS = 10_000;

/** What a container knows of the feed's end. */
interface End {
  pointer: FeedPointer;
  seq: number;
  /** The last page, while it was not compared with a batch. */
  page?: FeedPage;
  readAt: number;
  /** Pages since the pointer was raised. */
  pages: number;
}

/** Writes to the feed. One for each container: it remembers where the feed ends. */
export function createFeedWriter(options: FeedTable & { clock: Pick<Clock, 'now'> }): FeedWriter {
  const { clock } = options;
  let known: End | undefined;

  async function load(): Promise<End> {
    for (let tries = 0; tries < 5; tries += 1) {
      const pointer = await readPointer(options);
      if (pointer === undefined || pointer.at < clock.now() - POINTER_TRUSTED_MS) {
        await beginEpoch(options, pointer, clock.now());
        continue;
      }
      const { seq, page } = await findEnd(options, pointer.epoch, pointer.seq);
      return { pointer, seq, readAt: clock.now(), pages: 0, ...(page === undefined ? {} : { page }) };
    }
    throw new OwnError('the feed has no pointer, though one was written');
  }

  const current = async (): Promise<End> => {
    if (known === undefined || clock.now() - known.readAt >= KNOWN_MS) known = await load();
    return known;
  };

  /** The feed as it goes on in the epoch after a closed one. */
  async function reopened({ pointer: { epoch } }: End): Promise<End> {
    const end = await load();
    if (end.pointer.epoch === epoch)
      throw new OwnError('the feed was closed and no epoch was begun: run restore-finish to its end');
    return end;
  }

  async function raiseTo(end: End): Promise<void> {
    const pointer = { ...end.pointer, seq: end.seq, at: clock.now() };
    await raisePointer(options, pointer);
    Object.assign(end, { pointer, pages: 0 });
  }

  return {
    async append(batch) {
      let end = await current();
      let events = batch.events(end.pointer.epoch);
      let done = new Set<number>();
      const compare = ({ batch: of, events: found }: FeedPage) => {
        const ids = new Set(found.map(({ id }) => id));
        const covered = of !== undefined && of.mark === batch.mark ? of.before + found.length : 0;
        for (const [index, { id }] of events.entries()) if (index < covered || ids.has(id)) done.add(index);
      };
      const prefix = (): number => {
        let count = 0;
        while (done.has(count)) count += 1;
        return count;
      };
      try {
        if (end.page !== undefined) compare(end.page);
        for (let conflicts = 0; conflicts < MOST_CONFLICTS; ) {
          const before = prefix();
          const next = before + events.slice(before).findIndex((_, index) => !done.has(before + index));
          if (before === events.length) break;
          let upTo = next;
          while (upTo < events.length && !done.has(upTo)) upTo += 1;
          const taken = fitting(end.seq + 1, events.slice(next, upTo));
          const page: FeedPage = {
            from: end.seq + 1,
            events: taken,
            at: clock.now(),
            ...(batch.mark === undefined ? {} : { batch: { mark: batch.mark, before: next } }),
          };
          delete end.page;
          if (await putPage(options, end.pointer.epoch, page)) {
            for (let index = next; index < next + taken.length; index += 1) done.add(index);
            end.seq = lastOf(page);
            end.pages += 1;
          } else {
            conflicts += 1;
            for (const found of await pagesFrom(options, end.pointer.epoch, page.from, PAGES_OF_QUERY)) {
              if (found.from !== end.seq + 1) break;
              if (found.closed) {
                end = known = await reopened(end);
                events = batch.events(end.pointer.epoch);
                done = new Set();
                break;
              }
              compare(found);
              end.seq = lastOf(found);
              end.pages += 1;
            }
          }
          if (end.pages >= PAGES_PER_RAISE || clock.now() - end.pointer.at > DAY_MS) await raiseTo(end);
        }
        return { written: events.length, head: { epoch: end.pointer.epoch, seq: end.seq } };
      } catch (failure) {
        // Whether the write was done is not known: the next one finds out.
        known = undefined;
        return { written: prefix(), head: { epoch: end.pointer.epoch, seq: end.seq }, failure };
      }
    },
    async raise() {
      known = await load();
      await raiseTo(known);
      return { epoch: known.pointer.epoch, seq: known.seq };
    },
  };
}
