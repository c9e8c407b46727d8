import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { feedPageKey } from '../../functions/storage/erp-keys.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { putPage } from '../../functions/storage/feed-pages.ts';
import { DAY_MS, feedTables, keysOf, some } from './feed-tables.ts';

const { tables, clock, open, reader, readFrom, startAt, deletePage, lostAt, writer } = feedTables();

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

  it('tells when the last event came, also where the next one begins a partition', async () => {
    const epoch = await startAt(9_990);
    const before = await reader().newest();
    await writer().append(some(9));
    const wrote = clock.now();
    clock.move(1000);

    const last = await reader().newest();

    expect(before).toEqual({ epoch, seq: 9_990 });
    expect(last).toEqual({ epoch, seq: 9_999, at: wrote });
  });

  it('counts the events of a page that was written before pages had their number', async () => {
    const epoch = await startAt(0);
    await writer().append(some(3));
    await tables.client.send(
      new UpdateCommand({
        TableName: tables.table,
        Key: feedPageKey(epoch, 1),
        UpdateExpression: 'REMOVE #count',
        ConditionExpression: '#count = :three',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':three': 3 },
      }),
    );

    expect(await reader().head()).toEqual({ epoch, seq: 3 });
    expect(await readFrom({ epoch, seq: 0 })).toEqual(keysOf(3));
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
