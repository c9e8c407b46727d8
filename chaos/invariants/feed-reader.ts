import type { FeedEvent } from '../../functions/domain/event.ts';
import { itemName } from '../../functions/domain/item-name.ts';
import type { FeedPosition, PositionLost } from '../../functions/storage/feed.ts';
import type { Tables } from '../aws/tables.ts';
import { countOf, subjectOf } from './feed-watch.ts';
import { rowsOf } from './rows.ts';
import type { Report } from './violation.ts';

/** What one system that reads the feed has come to know. */
export interface KnownByReader {
  /** It begins anew: it took the feed's end, and lists every row that there is now. */
  began(at: FeedPosition, tables: Tables): void;
  /** It was told events, the same ones again after a crash. */
  told(epoch: number, events: readonly FeedEvent[]): void;
  /** It was refused to go on. @param excused whether anything happened for which it may be */
  lost(why: PositionLost['why'], excused: boolean): void;
  /** It knows of every row what it has come to. */
  checkEnd(tables: Tables): void;
}

export function createKnownByReader(name: string, report: Report): KnownByReader {
  let listed = new Map<string, number>();
  let told = new Map<string, number>();
  let inOrder = new Map<string, number>();
  let seen = new Set<string>();
  let last = 0;
  return {
    began({ seq }, tables) {
      last = seq;
      listed = new Map();
      for (const [, { row }] of rowsOf(tables)) listed.set(itemName(row), row.eventCount ?? 0);
      told = new Map();
      inOrder = new Map();
      seen = new Set();
    },
    told(epoch, events) {
      for (const event of events) {
        const { seq, id } = event;
        const key = subjectOf(event);
        if (seq > last + 1) report('feed-gap', `${name} was told ${epoch}:${seq} after ${last}`);
        last = Math.max(last, seq);
        const [count, before] = [countOf(event), inOrder.get(key) ?? 0];
        // The newest state of a key may overtake what led to it.
        if (event.caughtUp !== true) {
          if (!seen.has(id) && count < before && count > (listed.get(key) ?? 0))
            report(
              'feed-order',
              `${name} was told ${id} for the first time after event ${before} of its key`,
            );
          inOrder.set(key, Math.max(count, before));
        }
        seen.add(id);
        told.set(key, Math.max(count, told.get(key) ?? 0));
      }
    },
    lost(why, excused) {
      if (!excused) report('feed-reset', `${name} has to begin anew (${why}), and nothing happened`);
    },
    checkEnd(tables) {
      for (const [, { row }] of rowsOf(tables)) {
        const [key, count] = [itemName(row), row.eventCount ?? 0];
        const known = Math.max(listed.get(key) ?? 0, told.get(key) ?? 0);
        if (known !== count)
          report('feed-missing', `${name} knows event ${known} of ${key}, and there were ${count}`);
      }
    },
  };
}
