import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { PlatformName } from '../domain/order.ts';
import type { OrderKey } from '../domain/order-row.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import { queryAll } from './dynamodb.ts';
import { CHANGES_INDEX, keyOfPk, ORDER_ROW_SK, REVIEW_INDEX, storeKey } from './keys.ts';

/** Where a walk over a store's orders stands. */
export interface ChangesCursor {
  pk: string;
  changedAt: string;
}

/** An order and when it changed last (ISO time). */
export type ChangedOrder = OrderKey & { changedAt: string };

/** Finds orders without knowing their ids. Indexes follow the table within a moment, not at once. */
export interface OrderIndex {
  /** Orders of a store, the one that was changed longest ago first, or last; `next` is absent after the last. */
  changes(query: {
    platform: PlatformName;
    storeId: string;
    /** Both inclusive: only what was changed last between them. */
    between?: { from: EpochMs; to: EpochMs };
    after?: ChangesCursor;
    limit?: number;
    newestFirst?: boolean;
  }): Promise<{ keys: ChangedOrder[]; next?: ChangesCursor }>;
  /** Every order of the platform that needs review, the oldest first. */
  needsReview(platform: PlatformName): Promise<OrderKey[]>;
}

const changedItem = lazily(() => z.object({ pk: z.string(), changedAt: z.string() }));
const reviewItem = lazily(() => z.object({ pk: z.string() }).transform(({ pk }) => keyOfPk(pk)));

export function createOrderIndex(client: DynamoDBDocumentClient, table: string): OrderIndex {
  return {
    async changes({ between, after, limit = 200, newestFirst = false, ...store }) {
      const partition = storeKey(store);
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: CHANGES_INDEX.name,
          KeyConditionExpression: `${CHANGES_INDEX.partition} = :store${between ? ` AND ${CHANGES_INDEX.sort} BETWEEN :from AND :to` : ''}`,
          ExpressionAttributeValues: {
            ':store': partition,
            ...(between && { ':from': isoTime(between.from), ':to': isoTime(between.to) }),
          },
          Limit: limit,
          ScanIndexForward: !newestFirst,
          ...(after === undefined
            ? {}
            : {
                ExclusiveStartKey: {
                  pk: after.pk,
                  sk: ORDER_ROW_SK,
                  [CHANGES_INDEX.partition]: partition,
                  [CHANGES_INDEX.sort]: after.changedAt,
                },
              }),
        }),
      );
      const keys = (page.Items ?? []).map((item) => {
        const { pk, changedAt } = changedItem().parse(item);
        return { ...keyOfPk(pk), changedAt };
      });
      const last = page.LastEvaluatedKey;
      return { keys, ...(last === undefined ? {} : { next: changedItem().parse(last) }) };
    },
    needsReview: (platform) =>
      queryAll(
        client,
        {
          TableName: table,
          IndexName: REVIEW_INDEX.name,
          KeyConditionExpression: `${REVIEW_INDEX.partition} = :platform`,
          ExpressionAttributeValues: { ':platform': platform },
        },
        reviewItem(),
      ),
  };
}
