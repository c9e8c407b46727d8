import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { localTables } from '../support/local-tables.ts';
import { rowOf } from './samples.ts';

const tables = localTables();
const store = () => createOrderStore(tables.client, tables.table);

describe('an order row', () => {
  it('is read as it was written, without keys', async () => {
    const row = rowOf('same');

    await store().put(row, 0);

    expect(await store().get(row)).toEqual(row);
  });

  it('that is not there is undefined', async () => {
    expect(await store().get(rowOf('absent'))).toBeUndefined();
  });

  it('is created by one of many writers', async () => {
    const written = await Promise.all(Array.from({ length: 5 }, () => store().put(rowOf('created'), 0)));

    expect(written.filter(Boolean)).toHaveLength(1);
  });

  it('is not written over by who read another revision', async () => {
    const row = rowOf('revised');
    await store().put(row, 0);
    await store().put({ ...row, revision: 2 }, 1);

    expect(await store().put({ ...row, revision: 2, correlationId: 'late' }, 1)).toBe(false);
    expect(await store().get(row)).toMatchObject({ revision: 2, correlationId: 'c-1' });
  });

  it('is removed only in the revision that was read', async () => {
    const row = rowOf('removed');
    await store().put(row, 0);

    expect(await store().remove({ ...row, revision: 2 })).toBe(false);
    expect(await store().remove(row)).toBe(true);
    expect(await store().get(row)).toBeUndefined();
  });

  it('goes on counting where one was removed', async () => {
    const row = rowOf('again');
    await store().put({ ...row, revision: 4, version: 3, eventCount: 5 }, 0);
    await store().remove({ ...row, revision: 4, version: 3, eventCount: 5 });

    const written = await store().put({ ...row, eventCount: 1 }, 0);

    // The tombstone was a revision of its own.
    expect(written).toBe(true);
    expect(await store().get(row)).toEqual({ ...row, revision: 6, version: 4, eventCount: 6 });
  });

  it('that was removed is found by no index', async () => {
    const row = rowOf('unlisted', { state: 'needs-review' });
    await store().put(row, 0);
    await store().remove(row);

    const { Items = [] } = await tables.client.send(
      new QueryCommand({
        TableName: tables.table,
        IndexName: 'changes',
        KeyConditionExpression: 'storeKey = :store',
        ExpressionAttributeValues: { ':store': 'shop#s#order' },
      }),
    );

    expect(Items.map(({ pk }) => pk)).not.toContain('shop#s#order#unlisted');
  });
});
