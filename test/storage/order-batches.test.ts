import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OrderKey, OrderRow } from '../../functions/domain/order-row.ts';
import { orderRowKey } from '../../functions/storage/keys.ts';
import { getOrders } from '../../functions/storage/order-batches.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { localTables } from '../support/local-tables.ts';
import { rowOf } from './samples.ts';

const tables = localTables();
const keyOf = (id: string): OrderKey => {
  const { platform, storeId, platformOrderId } = rowOf(id);
  return { platform, storeId, platformOrderId };
};
const ids = Array.from({ length: 120 }, (_, n) => `id-${n}`);
const one: { reads: number; get(key: OrderKey): Promise<OrderRow | undefined> } = {
  reads: 0,
  get(key) {
    this.reads += 1;
    return createOrderStore(tables.client, tables.table).get(key);
  },
};
const read = (wanted: readonly string[]) =>
  getOrders(tables.client, tables.table, wanted.map(keyOf), (key) => one.get(key));

beforeAll(async () => {
  const orders = createOrderStore(tables.client, tables.table);
  for (const id of ids) await orders.put(rowOf(id), 0);
  await orders.put(rowOf('removed'), 0);
  const row = await orders.get(keyOf('removed'));
  await orders.remove(row!);
});

describe('many rows', () => {
  it('are read in the order in which they are named, none by itself', async () => {
    one.reads = 0;

    const rows = await read([...ids].reverse());

    expect(rows.map((row) => row?.platformOrderId)).toEqual([...ids].reverse());
    expect(one.reads).toBe(0);
  });

  it('may be named twice, be absent, or have been removed', async () => {
    const rows = await read(['id-1', 'nobody', 'id-1', 'removed']);

    expect(rows.map((row) => row?.platformOrderId)).toEqual(['id-1', undefined, 'id-1', undefined]);
  });

  it('are read by themselves where DynamoDB leaves them out', async () => {
    one.reads = 0;
    const client = DynamoDBDocumentClient.from(tables.client);
    const mock = mockClient(client);
    mock.on(BatchGetCommand).resolves({
      Responses: {},
      UnprocessedKeys: { [tables.table]: { Keys: [orderRowKey(keyOf('id-7'))] } },
    });

    const rows = await getOrders(client, tables.table, [keyOf('id-7')], (key) => one.get(key));

    expect(rows.map((row) => row?.platformOrderId)).toEqual(['id-7']);
    expect(one.reads).toBe(1);
  });
});
