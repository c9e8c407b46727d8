import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { bucketItemKey, bucketKey } from '../../functions/storage/control-keys.ts';
import { sharedLimits } from '../../ops/data/limits.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();

/** A platform whose stores share a limit, and one whose stores have one each. */
const PLATFORMS: Record<string, (id: string) => object> = {
  shared: () => ({ all: { perSecond: 1, burst: 60, scope: 'address' } }),
  apart: (id) => ({ own: { perSecond: 2, burst: 40, scope: id } }),
};
const context = () =>
  ({
    stores: ['shared', 'apart'].flatMap((platform) => ['a', 'b'].map((storeId) => ({ platform, storeId }))),
    channelOf: (name: string) => ({
      platform: { name, limits: ({ id }: { id: string }) => PLATFORMS[name]!(id) },
      stores: [{ id: 'a' }, { id: 'b' }],
    }),
    control: { ...tables, clock },
  }) as unknown as Parameters<typeof sharedLimits>[0];

describe('the limits', () => {
  it('are told once each, with every store that shares them', async () => {
    const limits = await sharedLimits(context());

    expect(limits.map(({ platform, limit, stores }) => [platform, limit, stores])).toEqual([
      ['shared', 'all', ['a', 'b']],
      ['apart', 'own', ['a']],
      ['apart', 'own', ['b']],
    ]);
  });

  it('say how full they are, how fast they leak, and until when who waits', async () => {
    const until = clock.now() + 30_000;
    await tables.client.send(
      new UpdateCommand({
        TableName: tables.table,
        Key: bucketItemKey(bucketKey('shared', 'all', 'address')),
        // The platform said that it takes twice as much.
        UpdateExpression: 'SET tat = :tat, #limit = :limit, bulkQueue = :until',
        ExpressionAttributeNames: { '#limit': 'limit' },
        ExpressionAttributeValues: { ':tat': clock.now() + 10_000, ':limit': 120, ':until': until },
      }),
    );

    const [shared] = await sharedLimits(context(), 'shared');

    expect(shared).toMatchObject({
      used: 20,
      burst: 120,
      perSecond: 2,
      waiting: { bulk: new Date(until).toISOString() },
    });
  });
});
