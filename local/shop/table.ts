import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { OrderKey, OrderRow } from '../../functions/domain/order-row.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createFeedReader, type FeedReader } from '../../functions/storage/feed.ts';
import { ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { orderItemSchema } from '../../functions/storage/order-item.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { isTombstone } from '../../functions/storage/tombstones.ts';
import type { Cloud } from '../cloud/cloud.ts';

/** The orders table of a local cloud and the feed of its changes, as their owner reads them. */
export interface ShopTable {
  get(key: OrderKey): Promise<OrderRow | undefined>;
  all(): Promise<OrderRow[]>;
  feed: FeedReader;
  /** For what has no method here. */
  client: DynamoDBDocumentClient;
  close(): void;
}

export function openTable(cloud: Cloud): ShopTable {
  const table = cloud.tableName('Orders/Table');
  const base = new DynamoDBClient({
    region: cloud.region,
    endpoint: cloud.endpoint,
    credentials: cloud.adminCredentials,
  });
  const client = DynamoDBDocumentClient.from(base);
  const store = createOrderStore(client, table);
  return {
    client,
    feed: createFeedReader({ client, table: cloud.tableName('Control/Table'), clock: systemClock }),
    get: (key) => store.get(key),
    async all() {
      const rows: OrderRow[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new ScanCommand({
            TableName: table,
            FilterExpression: 'sk = :row',
            ExpressionAttributeValues: { ':row': ORDER_ROW_SK },
            ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
          }),
        );
        for (const item of page.Items ?? []) {
          if (isTombstone(item)) continue;
          const row = orderItemSchema.parse(item);
          // A large order's lines are items of their own.
          rows.push(row.linesAside === undefined ? row : ((await store.get(row)) ?? row));
        }
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      return rows;
    },
    close: () => base.destroy(),
  };
}
