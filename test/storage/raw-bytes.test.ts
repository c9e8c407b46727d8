import { randomBytes } from 'node:crypto';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { orderPk, rawKey } from '../../functions/storage/keys.ts';
import { createRawStore } from '../../functions/storage/orders.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const keyOf = (platformOrderId: string) => ({ platform: 'shop', storeId: 's', platformOrderId });
function bench() {
  const clock = movedClock();
  return { clock, raws: createRawStore({ ...tables, days: 90, now: clock.now }) };
}

describe('raw bytes', () => {
  it('come back as they were, also when one item cannot hold them', async () => {
    const { raws } = bench();
    const bytes = randomBytes(900_000);

    const reference = await raws.put(keyOf('large'), bytes);

    expect(reference).toMatchObject({ bytes: 900_000, chunkCount: 3 });
    expect(Buffer.from((await raws.get(keyOf('large'), reference)) ?? []).equals(bytes)).toBe(true);
  });

  it('are undefined when a chunk of them is gone', async () => {
    const { raws } = bench();
    const reference = await raws.put(keyOf('gone'), Buffer.from('{}'));

    expect(await raws.get(keyOf('gone'), { ...reference, chunkCount: 2 })).toBeUndefined();
  });

  it('are listed, the copy that expires last first, and expire after the configured days', async () => {
    const { raws, clock } = bench();
    const first = await raws.put(keyOf('listed'), Buffer.from('1'));
    clock.move(1000);
    const second = await raws.put(keyOf('listed'), Buffer.from('2'));

    const copies = await raws.list(keyOf('listed'));

    const expiresAt = clock.now() / 1000 + 90 * 86_400;
    expect(copies).toEqual([
      { sha256: second.sha256, chunkCount: 1, expiresAt },
      { sha256: first.sha256, chunkCount: 1, expiresAt: expiresAt - 1 },
    ]);
  });

  it('are gone when they expired, also while the table has not deleted them', async () => {
    const { raws, clock } = bench();
    const reference = await raws.put(keyOf('expired'), Buffer.from('{}'));

    clock.move(90 * 86_400_000);

    expect(await raws.get(keyOf('expired'), reference)).toBeUndefined();
    expect(await raws.list(keyOf('expired'))).toEqual([]);
  });

  it('stay for less where that is asked for', async () => {
    const { raws, clock } = bench();
    const reference = await raws.put(keyOf('short'), Buffer.from('{}'), 7);

    clock.move(7 * 86_400_000);

    expect(await raws.get(keyOf('short'), reference)).toBeUndefined();
  });

  it('expire at a time in seconds, because a table deletes nothing by another unit', async () => {
    const { raws, clock } = bench();

    const { sha256 } = await raws.put(keyOf('seconds'), Buffer.from('{}'));

    const { Item } = await tables.client.send(
      new GetCommand({ TableName: tables.table, Key: rawKey(orderPk(keyOf('seconds')), sha256, 0) }),
    );
    expect(new Date(Number(Item?.expiresAt) * 1000)).toEqual(new Date(clock.now() + 90 * 86_400_000));
  });

  it('are forgotten for one order alone', async () => {
    const { raws } = bench();
    await raws.put(keyOf('forgotten'), randomBytes(900_000));
    await raws.put(keyOf('forgotten#2'), Buffer.from('{}'));

    await raws.forget(keyOf('forgotten'));

    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.table }));
    const left = Items.map(({ pk }) => String(pk)).filter((pk) => pk.includes('forgotten'));
    expect(left).toEqual(['shop#s#order#forgotten#2']);
  });
});
