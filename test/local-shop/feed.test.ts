import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../functions/domain/event.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { openEventFile, summariseFeed, watchFeed } from '../../local/shop/feed.ts';
import { eventLine } from '../../local/shop/terminal.ts';
import { exampleEvents } from '../../scripts/event-schema.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const feed = () => createFeedReader({ ...tables, clock });
const writer = () => createFeedWriter({ ...tables, clock });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acopio-feed-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** Publishes an event of an order's first change. */
async function publish(platformOrderId: string): Promise<void> {
  count += 1;
  await writer().append({
    events: (epoch) => [
      {
        id: `shop:s:order:${platformOrderId}:${epoch}:1`,
        type: 'order.created',
        at: new Date(clock.now()).toISOString(),
        key: `shop:s:${platformOrderId}`,
        version: 1,
      },
    ],
    mark: `batch-${count}`,
  });
}
const linesOf = (path: string): FeedEvent[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const ofKey = (key: string) => expect.objectContaining({ key: `shop:s:${key}` });

describe('a run', () => {
  it('shows the events from its start on, and writes those before it into the file too', async () => {
    // Arrange
    await publish('before');
    const end = new AbortController();
    const shown: FeedEvent[] = [];
    const path = join(folder, 'live.ndjson');

    // Act
    const watching = watchFeed(feed(), {
      show: (event) => shown.push(event),
      file: openEventFile(path),
      signal: end.signal,
    });
    await expect.poll(() => linesOf(path).length).toBe(1);
    await publish('after');
    await expect.poll(() => linesOf(path).length, { timeout: 5_000 }).toBe(2);
    end.abort();
    await watching;

    // Assert
    expect(shown).toEqual([ofKey('after')]);
    expect(linesOf(path)).toEqual([ofKey('before'), ofKey('after')]);
  });

  it('goes on showing events when somebody lets the feed begin anew', async () => {
    const end = new AbortController();
    const shown: FeedEvent[] = [];
    const watching = watchFeed(feed(), { show: (event) => shown.push(event), signal: end.signal });
    await publish('old');
    await expect.poll(() => shown.length, { timeout: 5_000 }).toBe(1);

    clock.move(60_000);
    await startEpoch({ ...tables, clock });
    await publish('new');
    await expect.poll(() => shown.length, { timeout: 5_000 }).toBe(2);
    end.abort();
    await watching;

    expect(shown).toEqual([ofKey('old'), ofKey('new')]);
  });

  it('counts the rows whose last change is not in the feed', async () => {
    await publish('told');
    const row = (platformOrderId: string, eventCount: number) =>
      ({ platform: 'shop', storeId: 's', platformOrderId, eventCount }) as OrderRow;
    const metrics = { total: () => 0, count: () => 7, logged: () => 0, list: () => [] };

    const summary = await summariseFeed({ metrics }, feed(), [
      row('told', 1),
      row('told', 2),
      row('untold', 1),
    ]);

    expect(summary).toMatchObject({ published: 7, missing: 2 });
    expect(summary.head).toBe((await feed().head()).seq);
  });

  it('says before it starts that nobody may write the file', () => {
    expect(() => openEventFile(join(folder, 'absent', 'out.ndjson'))).toThrow(
      /cannot be written to .*ENOENT/,
    );
  });
});

describe('the line of an event', () => {
  const line = (event: FeedEvent | undefined, number?: string) =>
    event === undefined ? '' : stripVTControlCharacters(eventLine(event, number)).slice(10);

  it('has the columns of the order’s line, and says what changed', () => {
    const [created, updated] = exampleEvents();

    expect(line(created, '#1024')).toBe('shop       #1024                 event 41    created  received');
    expect(line(updated)).toBe(
      'shop       1870563421            event 42    updated  received > confirmed  (payment, status)',
    );
  });
});
