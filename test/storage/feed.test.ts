import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { erpPartitions, feedPk, feedPointerKey } from '../../functions/storage/erp-keys.ts';
import { pagesFrom } from '../../functions/storage/feed-pages.ts';
import { readPointer } from '../../functions/storage/feed-pointer.ts';
import { DAY_MS, eventNumber, feedTables, keysOf, some } from './feed-tables.ts';

const { tables, clock, reader, readFrom, startAt, writer } = feedTables();

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
