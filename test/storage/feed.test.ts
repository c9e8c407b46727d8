import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../functions/domain/event.ts';
import { createFeedReader, type FeedPosition, PositionLost } from '../../functions/storage/feed.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = { now: () => Date.parse('2026-03-01T12:00:00Z') };

const eventNumber = (n: number, epoch: number): NewEvent => ({
  id: `shop:1:order:${n}:${epoch}:1`,
  type: 'order.created',
  at: '2026-03-01T12:00:00.000Z',
  key: `shop:1:${n}`,
  version: 1,
});
const numbered = (count: number, first = 1) => ({
  events: (epoch: number) => Array.from({ length: count }, (_, index) => eventNumber(first + index, epoch)),
});

describe('the feed', () => {
  it('numbers events in their order and reads them so', async () => {
    const writer = createFeedWriter({ ...tables, clock });
    const reader = createFeedReader({ ...tables, clock });
    const start = await reader.head();

    const { written } = await writer.append(numbered(250));
    await writer.append(numbered(1, 251));

    const events = await everything(start);
    expect(written).toBe(250);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 251 }, (_, index) => index + 1));
    expect(events.map(({ key }) => key)).toEqual(events.map(({ seq }) => `shop:1:${seq}`));
    await expect(reader.read({ ...(await reader.head()), seq: 252 }, 1)).rejects.toThrow(PositionLost);
  });

  async function everything(after: FeedPosition) {
    const reader = createFeedReader({ ...tables, clock });
    const events = await reader.read(after, 70);
    for (;;) {
      const more = await reader.read({ epoch: after.epoch, seq: events.at(-1)?.seq ?? after.seq }, 70);
      if (more.length === 0) return events;
      events.push(...more);
    }
  }
});
