import { describe, expect, it } from 'vitest';
import { createBucket } from '../../functions/rate-limit/bucket.ts';
import { createDynamoStore } from '../../functions/rate-limit/store.ts';
import { readBucketLevel } from '../../functions/storage/bucket-level.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const RATE = { perSecond: 1, burst: 10 };
const bucketOf = (key: string) =>
  createBucket({
    store: createDynamoStore({ client: tables.client, tableName: tables.table }),
    key,
    rate: RATE.perSecond,
    burst: RATE.burst,
    clock,
  });
const level = (key: string) => readBucketLevel(tables, key, RATE, clock.now());

describe('the level of a bucket', () => {
  it('is empty before the first call', async () => {
    expect(await level('shop#api#none')).toEqual({ used: 0, burst: 10, waiting: {} });
  });

  it('counts calls that were granted, and forgets them as they leak', async () => {
    const bucket = bucketOf('shop#api#some');
    const { granted } = await bucket.take(4, 'urgent');

    const full = await level('shop#api#some');
    clock.move(60_000);
    const empty = await level('shop#api#some');

    expect(full).toMatchObject({ used: granted, burst: 10 });
    expect(empty.used).toBe(0);
  });

  it('tells who waits', async () => {
    const bucket = bucketOf('shop#api#busy');
    for (let look = 0; look < 2; look += 1)
      await bucket.allocate(Array.from({ length: 30 }, () => ({ priority: 'bulk', calls: 1, fresh: true, reserve: true })));

    const { waiting } = await level('shop#api#busy');

    expect(waiting.bulk).toBeGreaterThan(clock.now());
    expect(waiting.urgent).toBeUndefined();
  });
});
