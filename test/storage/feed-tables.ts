import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect } from 'vitest';
import type { NewEvent } from '../../functions/domain/event.ts';
import { feedPageKey } from '../../functions/storage/erp-keys.ts';
import { createFeedReader, type FeedPosition, PositionLost } from '../../functions/storage/feed.ts';
import { raisePointer } from '../../functions/storage/feed-pointer.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

export const DAY_MS = 24 * 3600 * 1000;

export const eventNumber = (n: number, epoch: number): NewEvent => ({
  id: `shop:1:order:${n}:${epoch}:1`,
  type: 'order.created',
  at: '2026-03-01T12:00:00.000Z',
  key: `shop:1:${n}`,
  version: 1,
});
/** Events `first`, `first + 1` and so on. */
export const some = (count: number, first = 1, mark?: string) => ({
  events: (epoch: number) => Array.from({ length: count }, (_, index) => eventNumber(first + index, epoch)),
  ...(mark === undefined ? {} : { mark }),
});
export const keysOf = (count: number, first = 1) =>
  some(count, first)
    .events(0)
    .map(({ key }) => key);

/** A table with a feed for each test, in an epoch of its own. */
export function feedTables() {
  const tables = localTables();
  const clock = movedClock(Date.parse('2026-03-01T12:00:00Z'));
  // Later than whatever the test before this one moved it to.
  beforeEach(() => clock.move(400 * DAY_MS));
  const open = () => ({ ...tables, clock });
  const reader = () => createFeedReader(open());

  /** Reads on until there is nothing more. */
  async function readFrom(after: FeedPosition, limit = 100): Promise<string[]> {
    const keys: string[] = [];
    let at = after;
    for (;;) {
      const events = await reader().read(at, limit);
      if (events.length === 0) return keys;
      expect(events[0]?.seq).toBe(at.seq + 1);
      keys.push(...events.map(({ key }) => key));
      at = { ...at, seq: at.seq + events.length };
    }
  }

  return {
    tables,
    clock,
    open,
    reader,
    readFrom,
    writer: () => createFeedWriter(open()),
    /** The feed as it would be after so many events, whose pages are gone. */
    async startAt(seq: number): Promise<number> {
      const epoch = Math.floor(clock.now() / 1000);
      await raisePointer(open(), { epoch, seq, at: clock.now() });
      return epoch;
    },
    async deletePage(epoch: number, from: number): Promise<void> {
      await tables.client.send(new DeleteCommand({ TableName: tables.table, Key: feedPageKey(epoch, from) }));
    },
    /** Why a place is lost, and from where one can read. */
    lostAt: (after: FeedPosition) =>
      reader()
        .read(after, 10)
        .then(
          () => 'not lost',
          (error: unknown) =>
            error instanceof PositionLost ? { why: error.why, oldest: error.oldest } : error,
        ),
  };
}
