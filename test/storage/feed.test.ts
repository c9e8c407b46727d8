import { DeleteCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NewEvent } from '../../functions/domain/event.ts';
import { erpPartitions, feedPageKey, feedPk, feedPointerKey } from '../../functions/storage/erp-keys.ts';
import { createFeedReader, type FeedPosition, PositionLost } from '../../functions/storage/feed.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { pagesFrom, putPage } from '../../functions/storage/feed-pages.ts';
import { raisePointer, readPointer } from '../../functions/storage/feed-pointer.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const DAY_MS = 24 * 3600 * 1000;
let clock = movedClock();

const eventNumber = (n: number, epoch: number): NewEvent => ({
  id: `shop:1:order:${n}:${epoch}:1`,
  type: 'order.created',
  at: '2026-03-01T12:00:00.000Z',
  key: `shop:1:${n}`,
  version: 1,
});
/** Events `first`, `first + 1` and so on. */
const some = (count: number, first = 1, mark?: string) => ({
  events: (epoch: number) => Array.from({ length: count }, (_, index) => eventNumber(first + index, epoch)),
  ...(mark === undefined ? {} : { mark }),
});
const open = () => ({ ...tables, clock });
const writer = () => createFeedWriter(open());
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
const keysOf = (count: number, first = 1) =>
  some(count, first)
    .events(0)
    .map(({ key }) => key);
async function deletePage(epoch: number, from: number): Promise<void> {
  await tables.client.send(new DeleteCommand({ TableName: tables.table, Key: feedPageKey(epoch, from) }));
}
/** The feed as it would be after so many events, whose pages are gone. */
async function startAt(seq: number): Promise<number> {
  const epoch = clock.now() / 1000;
  await raisePointer(open(), { epoch, seq, at: clock.now() });
  return epoch;
}
/** Why a place is lost, and from where one can read. */
const lostAt = (after: FeedPosition) =>
  reader()
    .read(after, 10)
    .then(
      () => 'not lost',
      (error: unknown) => (error instanceof PositionLost ? { why: error.why, oldest: error.oldest } : error),
    );

// Each test has a feed of its own: a later epoch.
let day = 0;
beforeEach(() => {
  day += 400;
  clock = movedClock(Date.parse('2026-03-01T12:00:00Z') + day * DAY_MS);
});

describe('a feed', () => {
  it('numbers events in their order and reads them so', async () => {
    await startAt(0);
    const start = await reader().head();

    const { written } = await writer().append(some(250));
    await writer().append(some(1, 251));

    expect(written).toBe(250);
    expect(await readFrom(start, 70)).toEqual(keysOf(251));
    expect(await reader().head()).toEqual({ ...start, seq: 251 });
  });

  it('goes on from one partition into the next, and ends a page between them', async () => {
    const epoch = await startAt(9_990);

    await writer().append(some(30));

    const [last] = await pagesFrom(tables, epoch, 9_991, 1);
    const [first] = await pagesFrom(tables, epoch, 10_000, 1);
    expect(last?.events).toHaveLength(9);
    expect(first).toMatchObject({ from: 10_000 });
    expect(await readFrom({ epoch, seq: 9_990 })).toEqual(keysOf(30));
    expect(await reader().head()).toEqual({ epoch, seq: 10_020 });
  });

  it('is continued by whoever comes from an old pointer', async () => {
    const epoch = await startAt(9_500);
    for (const first of [1, 301, 601]) await writer().append(some(300, first));

    await writer().append(some(1, 901));

    expect(await readPointer(tables)).toMatchObject({ seq: 9_500 });
    expect(await readFrom({ epoch, seq: 9_500 })).toEqual(keysOf(901));
  });

  it('is numbered without a gap by writers that know nothing of each other', async () => {
    const epoch = await startAt(0);
    const writers = [writer(), writer(), writer()];

    for (let round = 0; round < 5; round += 1)
      await Promise.all(writers.map((one, index) => one.append(some(3, 100 * index + 3 * round))));

    const keys = await readFrom({ epoch, seq: 0 });
    expect(keys).toHaveLength(45);
    expect(new Set(keys).size).toBe(45);
  });

  it('keeps small pages as text, large ones compressed, and none over 16 KB', async () => {
    const epoch = await startAt(0);
    const long = (n: number) => ({
      ...eventNumber(n, epoch),
      changed: Array.from({ length: 40 }, () => noise()),
    });

    await writer().append(some(1));
    await writer().append(some(100, 2));
    await writer().append({ events: () => Array.from({ length: 100 }, (_, index) => long(200 + index)) });

    const { Items = [] } = await tables.client.send(
      new QueryCommand({
        TableName: tables.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': feedPk(epoch, 1) },
      }),
    );
    expect(Items[0]?.body).toBeTypeOf('string');
    expect(Items[1]?.body).toBeInstanceOf(Uint8Array);
    expect(Items.length).toBeGreaterThan(3);
    for (const { body } of Items) expect(Buffer.byteLength(body as string)).toBeLessThanOrEqual(16 * 1024);
    expect(await readFrom({ epoch, seq: 0 })).toHaveLength(201);
  });

  it('lets its pages expire after 35 days, and its pointer never', async () => {
    const epoch = await startAt(0);
    await writer().append(some(1));

    const { Items = [] } = await tables.client.send(
      new QueryCommand({
        TableName: tables.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': feedPk(epoch, 1) },
      }),
    );
    const pointer = await tables.client.send(
      new GetCommand({ TableName: tables.table, Key: feedPointerKey() }),
    );

    expect(Items[0]?.expiresAt).toBe((clock.now() + 35 * DAY_MS) / 1000);
    expect(pointer.Item).not.toHaveProperty('expiresAt');
  });

  it('raises its pointer once in a hundred pages', async () => {
    await startAt(0);
    const one = writer();

    for (let n = 0; n < 99; n += 1) await one.append(some(1, n));
    const before = await readPointer(tables);
    await one.append(some(1, 99));

    expect(before?.seq).toBe(0);
    expect((await readPointer(tables))?.seq).toBe(100);
  });
});

describe('a batch that comes again', () => {
  it('is not written twice when the answer was lost', async () => {
    const epoch = await startAt(0);
    const warm = writer();
    await warm.append(some(1, 900));
    // The answer to this page never reached the warm writer.
    await writer().append(some(3, 1, 'batch'));

    const again = await warm.append(some(3, 1, 'batch'));

    expect(again).toEqual({ written: 3 });
    expect(await readFrom({ epoch, seq: 0 })).toEqual(['shop:1:900', ...keysOf(3)]);
  });

  it('is not written twice by a container that comes after a crash', async () => {
    const epoch = await startAt(0);
    await writer().append(some(250, 1, 'batch'));

    await writer().append(some(250, 1, 'batch'));

    expect(await readFrom({ epoch, seq: 0 })).toEqual(keysOf(250));
  });

  it('is written on from where it stopped', async () => {
    const epoch = await startAt(0);
    await writer().append(some(120, 1, 'batch'));

    await writer().append(some(300, 1, 'batch'));

    expect(await readFrom({ epoch, seq: 0 })).toEqual(keysOf(300));
  });

  it('is known by its events where it was cut in two', async () => {
    const epoch = await startAt(0);
    await writer().append(some(20, 1, 'whole'));

    await writer().append(some(10, 11, 'second half'));

    expect(await readFrom({ epoch, seq: 0 })).toEqual(keysOf(20));
  });

  it('is no other batch for having begun with the same event', async () => {
    const epoch = await startAt(0);
    await writer().append(some(150, 1));

    await writer().append({ events: () => [eventNumber(1, epoch), eventNumber(700, epoch)] });

    expect((await readFrom({ epoch, seq: 0 })).at(-1)).toBe('shop:1:700');
  });
});

describe('a reader', () => {
  it('is told what is oldest when it stands before it', async () => {
    const epoch = await startAt(0);
    await writer().append(some(150));
    clock.move(20 * DAY_MS);
    await writer().append(some(10, 151));
    clock.move(12 * DAY_MS);

    const lost = await lostAt({ epoch, seq: 3 });

    expect(lost).toEqual({ why: 'expired', oldest: { epoch, seq: 150 } });
    expect(await reader().oldest()).toEqual({ epoch, seq: 150 });
    expect(await readFrom({ epoch, seq: 150 })).toEqual(keysOf(10, 151));
  });

  it('is never told by what was deleted first, but by the age of what it asks for', async () => {
    const epoch = await startAt(0);
    for (const first of [1, 11, 21]) await writer().append(some(10, first));
    clock.move(20 * DAY_MS);
    await writer().raise();
    clock.move(16 * DAY_MS);
    // The table deletes in any order: the second page is gone, the first and the third are not.
    await deletePage(epoch, 11);

    const places = [0, 5, 10, 15, 20, 25];
    const lost = await Promise.all(places.map((seq) => lostAt({ epoch, seq })));

    expect(lost).toEqual(places.map(() => ({ why: 'expired', oldest: { epoch, seq: 30 } })));
    expect(await reader().read({ epoch, seq: 30 }, 10)).toEqual([]);
  });

  it('that has read everything lost nothing when all pages have expired', async () => {
    const epoch = await startAt(0);
    await writer().append(some(3));
    await writer().raise();
    clock.move(29 * DAY_MS);
    await writer().raise();
    clock.move(29 * DAY_MS);
    await deletePage(epoch, 1);

    expect(await reader().head()).toEqual({ epoch, seq: 3 });
    expect(await reader().read({ epoch, seq: 3 }, 10)).toEqual([]);
    await writer().append(some(1, 4));
    expect(await readFrom({ epoch, seq: 3 })).toEqual(['shop:1:4']);
  });

  it('cuts at the first number that does not follow', async () => {
    const epoch = await startAt(0);
    await writer().append(some(5));
    await writer().append(some(5, 6));
    // A query that passed the second page before it was there, and found the third.
    await putPage(tables, epoch, { from: 21, events: some(1, 21).events(epoch), at: clock.now() });

    expect(await reader().read({ epoch, seq: 0 }, 100)).toHaveLength(10);
    expect(await reader().read({ epoch, seq: 10 }, 100)).toEqual([]);
  });

  it('reads on in the middle of a page, with a bound', async () => {
    const epoch = await startAt(0);
    await writer().append(some(100));

    const events = await reader().read({ epoch, seq: 41 }, 7);

    expect(events.map(({ seq }) => seq)).toEqual([42, 43, 44, 45, 46, 47, 48]);
  });

  it('that is ahead of the feed is told so', async () => {
    const epoch = await startAt(0);
    await writer().append(some(3));

    expect(await lostAt({ epoch, seq: 4 })).toMatchObject({ why: 'ahead' });
    expect(await reader().read({ epoch, seq: 3 }, 1)).toEqual([]);
  });

  it('of another epoch is told so', async () => {
    const epoch = await startAt(0);
    await writer().append(some(3));

    expect(await lostAt({ epoch: epoch - 1, seq: 1 })).toEqual({ why: 'reset', oldest: { epoch, seq: 0 } });
    expect(await lostAt({ epoch: epoch + 1, seq: 1 })).toMatchObject({ why: 'reset' });
  });
});

describe('an epoch', () => {
  it('ends for writers that have not heard of the next one', async () => {
    const old = await startAt(0);
    const warm = writer();
    await warm.append(some(3));
    clock.move(1000);

    const { epoch } = await startEpoch(open());
    const { written } = await warm.append(some(2, 4));

    expect(written).toBe(2);
    expect(epoch).toBeGreaterThan(old);
    expect(await lostAt({ epoch: old, seq: 3 })).toMatchObject({ why: 'reset' });
    expect(await readFrom({ epoch, seq: 0 })).toEqual(keysOf(2, 4));
    const [event] = await reader().read({ epoch, seq: 0 }, 1);
    expect(event?.id).toBe(`shop:1:order:4:${epoch}:1`);
  });

  it('is begun once more by a command that was cut short, and that is harmless', async () => {
    const old = await startAt(0);
    await writer().append(some(3));
    // It died between the page that closes the epoch and the pointer.
    await putPage(tables, old, { from: 4, events: [], at: clock.now(), closed: true });
    const { failure } = await writer().append(some(1, 4));

    const { epoch } = await startEpoch(open());
    await writer().append(some(1, 4));

    expect(String(failure)).toContain('restore-finish');
    expect(await readFrom({ epoch, seq: 0 })).toEqual(['shop:1:4']);
  });

  it('is given up when nobody raised its pointer for so long that numbers could come again', async () => {
    const old = await startAt(0);
    await writer().append(some(3));
    clock.move(31 * DAY_MS);

    await writer().append(some(1, 4));

    const head = await reader().head();
    expect(head).toEqual({ epoch: Math.floor(clock.now() / 1000), seq: 1 });
    expect(await lostAt({ epoch: old, seq: 3 })).toMatchObject({ why: 'reset' });
  });
});

it('the kinds of items that the feed is made of are told apart by how their partitions begin', () => {
  const patterns = [...erpPartitions('feed'), ...erpPartitions('feedPointer'), ...erpPartitions('catchUp')];

  expect(patterns).toEqual([
    'feed',
    'feed#*',
    'feed-pointer',
    'feed-pointer#*',
    'feed-catch-up',
    'feed-catch-up#*',
  ]);
});

let seed = 1;
/** Text that no compression makes smaller by much. */
function noise(): string {
  seed = (seed * 48_271) % 2_147_483_647;
  return `${seed.toString(36)}${(seed * 7).toString(36)}`;
}
