import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { OrderKey, OrderRow } from '../domain/order-row.ts';
import { orderPk, orderRowKey } from './keys.ts';
import { placeSchema } from './order-item.ts';

/** Rows of one request. DynamoDB takes 100 (API reference, "BatchGetItem"), and answers with 16 MB at the most. */
const MOST_ROWS = 50;

/** Reads one row whole. */
type Get = (key: OrderKey) => Promise<OrderRow | undefined>;

const placedItem = lazily(() => z.object({ pk: z.string() }));

/**
 * Reads many rows with few calls, as they stand now.
 *
 * @param get reads what a batch leaves out, and rows whose lines stand in items of their own
 * @returns a row for each key, undefined where there is none
 */
export async function getOrders(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly OrderKey[],
  get: Get,
): Promise<(OrderRow | undefined)[]> {
  const rows: (OrderRow | undefined)[] = [];
  for (const batch of batchesOf(keys)) rows.push(...(await getBatch(client, table, batch, get)));
  return rows;
}

/** Rows by the ids of their orders, as they stood a moment ago: those that stand in one item whole, and can be read. */
export async function getLateOrders(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly OrderKey[],
): Promise<Map<string, OrderRow>> {
  const rows = new Map<string, OrderRow>();
  for (const batch of batchesOf(keys)) {
    const { items } = await readBatch(client, table, batch, false);
    for (const item of items.values()) {
      const { data } = placeSchema().safeParse(item);
      if (data === undefined || data.state === 'removed' || data.linesAside !== undefined) continue;
      rows.set(data.platformOrderId, data);
    }
  }
  return rows;
}

const batchesOf = (keys: readonly OrderKey[]): OrderKey[][] =>
  Array.from({ length: Math.ceil(keys.length / MOST_ROWS) }, (_, at) =>
    keys.slice(at * MOST_ROWS, (at + 1) * MOST_ROWS),
  );

async function readBatch(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly OrderKey[],
  ConsistentRead: boolean,
) {
  // DynamoDB refuses a batch that names a row twice.
  const unique = new Map(keys.map((key) => [orderPk(key), orderRowKey(key)]));
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetCommand({ RequestItems: { [table]: { Keys: [...unique.values()], ConsistentRead } } }),
  );
  return {
    items: new Map((Responses?.[table] ?? []).map((item) => [placedItem().parse(item).pk, item])),
    left: new Set((UnprocessedKeys?.[table]?.Keys ?? []).map((item) => placedItem().parse(item).pk)),
  };
}

async function getBatch(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly OrderKey[],
  get: Get,
): Promise<(OrderRow | undefined)[]> {
  const { items, left } = await readBatch(client, table, keys, true);
  return Promise.all(
    keys.map((key) => {
      const pk = orderPk(key);
      if (left.has(pk)) return get(key);
      const item = items.get(pk);
      if (item === undefined) return undefined;
      const row = placeSchema().parse(item);
      if (row.state === 'removed') return undefined;
      return row.linesAside === undefined ? row : get(key);
    }),
  );
}
