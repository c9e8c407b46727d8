import type { NewEvent } from '../domain/event.ts';
import type { FeedPage } from './feed-pages.ts';

/** Events that want a number. */
export interface Batch {
  /** The events, with ids of the feed's epoch. Called again when another epoch began meanwhile. */
  events(epoch: number): readonly NewEvent[];
  /** The same whenever events come again that begin with these, in this order, and of no others. */
  mark?: string;
}

/** A batch on its way into the feed. */
export interface Pending {
  /** How many of its events have their number, from the first on. */
  written(): number;
  /** Events that come next, and how many of the batch are before them; undefined when each has its number. */
  next(): { before: number; events: readonly NewEvent[] } | undefined;
  /** Leaves out what a page holds of the batch: after a crash it comes again. */
  compare(page: FeedPage): void;
}

export function pendingOf({ events: eventsIn, mark }: Batch, epoch: number): Pending {
  const events = eventsIn(epoch);
  const done = events.map(() => false);
  const written = (): number => {
    const first = done.indexOf(false);
    return first === -1 ? events.length : first;
  };
  return {
    written,
    next() {
      const before = written();
      const end = done.indexOf(true, before);
      return before === events.length
        ? undefined
        : { before, events: events.slice(before, end === -1 ? undefined : end) };
    },
    compare(page) {
      // A page is written only behind those of the same batch before it.
      const covered = page.batch !== undefined && page.batch.mark === mark ? page.batch.before : 0;
      const ids = new Set(page.events.map(({ id }) => id));
      for (const [index, { id }] of events.entries()) if (index < covered || ids.has(id)) done[index] = true;
    },
  };
}
