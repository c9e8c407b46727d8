import type { FeedEvent } from '../../domain/event.ts';

/**
 * The events behind the cursor that are worked on at the same time. Events of one key go out one by one, in order; others
 * do not wait for them. The cursor stands before the lowest event that was not answered.
 */
export interface Window {
  /**
   * The next event that may be sent; undefined while there is none.
   *
   * @param than numbers: passes over these events, and over others of their keys as long as there is any of another key
   */
  next(than?: ReadonlySet<number>): FeedEvent | undefined;
  /** An event is on its way: its key is taken. */
  started(event: FeedEvent): void;
  /** It was answered for good, or set aside. */
  answered(event: FeedEvent): void;
  /** It was not, and stays to be sent. */
  returned(event: FeedEvent): void;
  /** Takes the events in that follow those of the window. */
  extend(events: readonly FeedEvent[]): void;
  /** Whether every event was answered. */
  readonly done: boolean;
  /** The event with a number, while it waits to be answered. */
  waiting(seq: number): FeedEvent | undefined;
  /** The number of the last event that was taken in. */
  readonly last: number;
  /** The number of the last event that was answered together with all before it. */
  readonly cursor: number;
  /** The numbers beyond it that were answered as well. */
  readonly ahead: number[];
}

/**
 * @param cursor number of the last event before the window
 * @param ahead numbers of events that were answered in an earlier run
 * @param wanted whether the endpoint wants an event; the others count as answered
 */
export function createWindow(
  events: readonly FeedEvent[],
  { cursor, ahead }: { cursor: number; ahead: readonly number[] },
  wanted: (event: FeedEvent) => boolean,
): Window {
  const known = new Set(ahead);
  const waiting = new Set<FeedEvent>();
  const underWay = new Set<FeedEvent>();
  let last = cursor;
  const lowest = () => Math.min(...[...waiting, ...underWay].map(({ seq }) => seq));
  const cursorNow = () => (waiting.size + underWay.size === 0 ? last : lowest() - 1);

  const extend = (more: readonly FeedEvent[]): void => {
    for (const event of more) if (wanted(event) && !known.has(event.seq)) waiting.add(event);
    last = more.at(-1)?.seq ?? last;
  };
  extend(events);

  return {
    extend,
    next(than = new Set()) {
      const taken = new Set([...underWay].map(({ key }) => key));
      const avoided = new Set([...waiting].flatMap(({ seq, key }) => (than.has(seq) ? [key] : [])));
      let fallback: FeedEvent | undefined;
      for (const event of waiting) {
        if (than.has(event.seq) || taken.has(event.key)) continue;
        if (!avoided.has(event.key)) return event;
        fallback ??= event;
      }
      return fallback;
    },
    started(event) {
      waiting.delete(event);
      underWay.add(event);
    },
    answered(event) {
      waiting.delete(event);
      underWay.delete(event);
      known.add(event.seq);
    },
    returned(event) {
      underWay.delete(event);
      // In order of the feed, which is the order of a set.
      const rest = [...waiting, event].sort((one, other) => one.seq - other.seq);
      waiting.clear();
      for (const one of rest) waiting.add(one);
    },
    waiting: (seq) => [...waiting].find((event) => event.seq === seq),
    get last() {
      return last;
    },
    get done() {
      return waiting.size + underWay.size === 0;
    },
    get cursor() {
      return cursorNow();
    },
    get ahead() {
      const from = cursorNow();
      return [...known].filter((seq) => seq > from).sort((one, other) => one - other);
    },
  };
}
