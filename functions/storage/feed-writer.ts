import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { FeedPosition } from './feed.ts';
import { type Batch, type Pending, pendingOf } from './feed-batch.ts';
import { type FeedPage, type FeedTable, findEnd, fitting, lastOf, pagesFrom, putPage } from './feed-pages.ts';
import { beginEpoch, type FeedPointer, raisePointer, readPointer } from './feed-pointer.ts';

/** How far a batch has come: so many of its events, from the first on, have their number. The rest failed, and why. */
export interface Appended {
  written: number;
  failure?: unknown;
}

export interface FeedWriter {
  /**
   * Gives each event the next number, in their order. What the pages at the end hold of the batch already, because it was
   * written before a crash, is not written twice as a rule; readers know what is by its id.
   */
  append(batch: Batch): Promise<Appended>;
  /** Says in the pointer how far the feed has come, so that it is known when all pages have expired. */
  raise(): Promise<FeedPosition>;
}

const DAY_MS = 24 * 3600 * 1000;
/** What a container knows of the feed is read again after this long. */
const KNOWN_MS = 60_000;
/** So often others may raise it, or begin an epoch, while it is read. */
const MOST_LOADS = 5;
const PAGES_PER_RAISE = 100;
/** By then pages may have expired behind a pointer that was not raised every night: their numbers could come again. */
const POINTER_TRUSTED_MS = 30 * DAY_MS;
/** Pages that are looked at after a conflict: others wrote them meanwhile. */
const PAGES_OF_OTHERS = 32;
/** Conflicts in a row; each time others were quicker. */
const MOST_CONFLICTS = 1000;

/** What a container knows of the feed's end. */
interface End {
  pointer: FeedPointer;
  seq: number;
  /** The last page, as long as no batch was compared with it. */
  page?: FeedPage | undefined;
  readAt: number;
  /** Pages since the pointer was raised. */
  pages: number;
}

/** Writes to the feed. One for each container: it remembers where the feed ends. */
export function createFeedWriter(options: FeedTable & { clock: Pick<Clock, 'now'> }): FeedWriter {
  const { clock } = options;
  let known: End | undefined;

  async function load(): Promise<End> {
    for (let tries = 0; tries < MOST_LOADS; tries += 1) {
      const pointer = await readPointer(options);
      if (pointer === undefined || pointer.at < clock.now() - POINTER_TRUSTED_MS) {
        await beginEpoch(options, pointer, { now: clock.now(), first: pointer === undefined });
        continue;
      }
      const { seq, page } = await findEnd(options, pointer.epoch, pointer.seq);
      const end = { pointer, seq, page, readAt: clock.now(), pages: 0 };
      // Before anything is written, so that nobody else gives this epoch up meanwhile.
      if (clock.now() - pointer.at < DAY_MS || (await raiseTo(end))) return end;
    }
    throw new OwnError('the pointer of the feed changed each time that it was read');
  }

  /** The feed as it goes on in the epoch after a closed one. */
  async function loadAfter({ pointer: { epoch } }: End): Promise<End> {
    const end = await load();
    if (end.pointer.epoch !== epoch) return end;
    throw new OwnError('the feed was closed and goes on nowhere: run restore-finish to its end');
  }

  /** False when the pointer is further already, or in another epoch. */
  async function raiseTo(end: End): Promise<boolean> {
    const pointer = { ...end.pointer, seq: end.seq, at: clock.now() };
    const raised = await raisePointer(options, pointer);
    end.pointer = pointer;
    end.pages = 0;
    return raised;
  }

  /** Goes on behind the pages that others wrote meanwhile. True when one of them closes the epoch. */
  async function passOthers(end: End, pending: Pending): Promise<boolean> {
    for (const page of await pagesFrom(options, end.pointer.epoch, end.seq + 1, PAGES_OF_OTHERS)) {
      if (page.from !== end.seq + 1) return false;
      if (page.closed) return true;
      pending.compare(page);
      end.seq = lastOf(page);
      end.pages += 1;
    }
    return false;
  }

  return {
    async append(batch) {
      let pending: Pending | undefined;
      try {
        const isOld = known === undefined || clock.now() - known.readAt >= KNOWN_MS;
        if (known === undefined || isOld) known = await load();
        pending = pendingOf(batch, known.pointer.epoch);
        // Where several changes came at once, other shards have some, too: a look costs a fifth of a refused kilobyte.
        const looksFirst = !isOld && (pending.next()?.events.length ?? 0) > 1;
        if (looksFirst && (await passOthers(known, pending))) {
          known = await loadAfter(known);
          pending = pendingOf(batch, known.pointer.epoch);
        }
        for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
          if (known.page !== undefined) pending.compare(known.page);
          known.page = undefined;
          const next = pending.next();
          if (next === undefined) return { written: pending.written() };
          const from = known.seq + 1;
          const events = fitting(from, next.events);
          const { mark } = batch;
          const page: FeedPage = {
            from,
            events,
            at: clock.now(),
            ...(mark === undefined ? {} : { batch: { mark, before: next.before } }),
          };
          if (await putPage(options, known.pointer.epoch, page)) {
            conflicts = 0;
            pending.compare(page);
            known.seq = lastOf(page);
            known.pages += 1;
          } else if (await passOthers(known, pending)) {
            known = await loadAfter(known);
            pending = pendingOf(batch, known.pointer.epoch);
          }
          if (known.pages >= PAGES_PER_RAISE) await raiseTo(known);
        }
        throw new OwnError(`gave up after ${MOST_CONFLICTS} conflicts at the end of the feed`);
      } catch (failure) {
        // Whether the last page was written is not known here; who comes next finds out.
        known = undefined;
        const written = pending?.written() ?? 0;
        return pending !== undefined && pending.next() === undefined ? { written } : { written, failure };
      }
    },
    async raise() {
      known = await load();
      await raiseTo(known);
      return { epoch: known.pointer.epoch, seq: known.seq };
    },
  };
}
