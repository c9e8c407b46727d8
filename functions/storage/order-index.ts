import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { keyOfPk, type OrderKey, storeKey } from '../domain/order-row.ts';
import type { Platform } from '../platforms/names.ts';
import { CHANGES_INDEX, REVIEW_INDEX } from './keys.ts';

/** Where a walk over a store's orders stands. */
export interface ChangesCursor {
  pk: string;
  changedAt: string;
}

/** Finds orders without knowing their ids. Indexes follow the table within a moment, not at once. */
export interface OrderIndex {
  /** Orders of a store, the one that was changed longest ago first; `next` is absent after the last. */
  changes(query: {
    platform: Platform;
    storeId: string;
    /** Epoch ms, both inclusive: only what was changed last between them. */
    between?: { from: number; to: number };
    after?: ChangesCursor;
    limit?: number;
  }): Promise<{ keys: OrderKey[]; next?: ChangesCursor }>;
  /** Every order of the platform that waits for a person, the oldest first. */
  review(platform: Platform): Promise<OrderKey[]>;
}

const iso = (ms: number) => new Date(ms).toISOString();
const changedItem = z.object({ pk: z.string(), changedAt: z.string() });
const reviewItem = z.object({ pk: z.string() });

export function createOrderIndex(client: DynamoDBDocumentClient, table: string): OrderIndex {
  return {
    async changes({ platform, storeId, between, after, limit = 200 }) {
      const partition = storeKey({ platform, storeId });
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: CHANGES_INDEX.name,
          KeyConditionExpression: `${CHANGES_INDEX.partition} = :store${between ? ` AND ${CHANGES_INDEX.sort} BETWEEN :from AND :to` : ''}`,
          ExpressionAttributeValues: {
            ':store': partition,
            ...(between && { ':from': iso(between.from), ':to': iso(between.to) }),
          },
          Limit: limit,
          ...(after === undefined
            ? {}
            : {
                ExclusiveStartKey: {
                  pk: after.pk,
                  sk: 'order',
                  [CHANGES_INDEX.partition]: partition,
                  [CHANGES_INDEX.sort]: after.changedAt,
                },
              }),
        }),
      );
      const items = (page.Items ?? []).map((item) => changedItem.parse(item));
      const keys = items.map(({ pk }) => keyOfPk(pk));
      const last = page.LastEvaluatedKey;
      return { keys, ...(last === undefined ? {} : { next: changedItem.parse(last) }) };
    },
    async review(platform) {
      const keys: OrderKey[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            IndexName: REVIEW_INDEX.name,
            KeyConditionExpression: `${REVIEW_INDEX.partition} = :platform`,
            ExpressionAttributeValues: { ':platform': platform },
            ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
          }),
        );
        keys.push(...(page.Items ?? []).map((item) => keyOfPk(reviewItem.parse(item).pk)));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      return keys;
    },
  };
}
