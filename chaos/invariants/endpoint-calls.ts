import type { FeedEvent } from '../../functions/domain/event.ts';
import type { FeedPosition } from '../../functions/storage/feed.ts';
import { countOf, type FeedWatch, subjectOf } from './feed-watch.ts';
import { tells } from './history.ts';
import type { Report } from './violation.ts';

export interface CallEnd {
  /** A status; undefined when none got back. */
  answer: number | undefined;
  /** The endpoint has the event. */
  wasTaken: boolean;
  /** The run that called is still there. */
  heard: boolean;
}

/** Every call to the merchant's endpoint. */
export interface EndpointCalls {
  /** A call arrives; the function that it gives hears what became of it. */
  began(event: FeedEvent, body: string): (end: CallEnd) => void;
  /** A run of the delivery died, or a person resumed the endpoint: what it knew of its failures may be gone. */
  forgot(): void;
  /** Everything from a place on was taken, or refused for good. */
  checkEnd(feed: FeedWatch, from: FeedPosition, aside: ReadonlySet<string>): void;
  holding(forbidden: Iterable<string>): string[];
}

/** Calls under way at once, and two quick tries. */
const BEFORE_BACKOFF = 10;
/** One call each so many ms; clocks of instances differ. */
const PROBE_EVERY_MS = 5 * 60_000 - 5000;

export function createEndpointCalls(now: () => number, report: Report): EndpointCalls {
  const open = new Set<string>();
  const taken = new Map<string, number>();
  const refused = new Set<string>();
  const counts = new Map<string, number>();
  const bodies: string[] = [];
  let failed = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    began(event, body) {
      const { id, key } = event;
      if (failed >= BEFORE_BACKOFF && now() - lastAt < PROBE_EVERY_MS)
        report(
          'probed-often',
          `the endpoint was called ${Math.round(now() - lastAt)} ms after a call that failed`,
        );
      if (open.has(key)) report('delivered-at-once', `two calls about ${key} were open at once`);
      open.add(key);
      lastAt = now();
      bodies.push(body);
      return ({ answer, wasTaken, heard }) => {
        open.delete(key);
        if (answer !== undefined && answer >= 400 && answer < 500 && answer !== 404) {
          refused.add(id);
          failed = 0;
          return;
        }
        if (heard) failed = answer === 200 ? 0 : failed + 1;
        if (!wasTaken) return;
        // Ids count anew in each epoch, and the newest state of a key may overtake what led to it.
        const place = `${id.slice(0, id.lastIndexOf(':'))} ${subjectOf(event)}`;
        const before = counts.get(place) ?? 0;
        if (event.caughtUp !== true) {
          if (!taken.has(id) && !refused.has(id) && countOf(event) < before)
            report(
              'feed-order',
              `the endpoint took ${id} for the first time after event ${before} of its key`,
            );
          counts.set(place, Math.max(before, countOf(event)));
        }
        taken.set(id, now());
      };
    },
    forgot() {
      failed = 0;
    },
    checkEnd({ events }, { epoch, seq }, aside) {
      for (const published of events) {
        const { id, seq: number } = published.event;
        if (published.epoch !== epoch || number <= seq || taken.has(id) || aside.has(id)) continue;
        report('undelivered', `${id} (${epoch}:${number}) never came to the endpoint`);
      }
    },
    holding(forbidden) {
      const all = bodies.join('\n');
      return [...forbidden].flatMap((word) =>
        tells(all, word) ? [`a text of ${word.length} letters stands in a delivery`] : [],
      );
    },
  };
}
