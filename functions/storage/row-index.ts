import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { CustomerKey } from '../domain/customer.ts';
import { lazily } from '../domain/lazily.ts';
import type { PlatformName } from '../domain/order.ts';
import type { OrderKey } from '../domain/order-row.ts';
import type { ProductKey } from '../domain/product.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import { customerKeyOfPk, customerReviewKey, customerStoreKey } from './customer-keys.ts';
import { queryAll } from './dynamodb.ts';
import { CHANGES_INDEX, keyOfPk, ORDER_ROW_SK, REVIEW_INDEX, storeKey } from './keys.ts';
import { productKeyOfPk, productReviewKey, productStoreKey } from './product-keys.ts';

/** Where a walk over what a store has stands. */
export interface ChangesCursor {
  pk: string;
  changedAt: string;
}

/** What changed, and when it changed last (ISO time). */
type Changed<Key> = Key & { changedAt: string };
export type ChangedOrder = Changed<OrderKey>;
export type ChangedProduct = Changed<ProductKey>;
export type ChangedCustomer = Changed<CustomerKey>;

/** Which of a store's changes are meant. */
export interface ChangesQuery {
  platform: PlatformName;
  storeId: string;
  /** Both inclusive: only what was changed last between them. */
  between?: { from: EpochMs; to: EpochMs };
  after?: ChangesCursor;
  limit?: number;
  newestFirst?: boolean;
}

/** Finds rows of one kind without knowing their ids. Indexes follow the table within a moment, not at once. */
export interface RowIndex<Key> {
  /** What a store has, the one that was changed longest ago first, or last; `next` is absent after the last. */
  changes(query: ChangesQuery): Promise<{ keys: Changed<Key>[]; next?: ChangesCursor }>;
  /** Everything of the platform that needs review, the oldest first. */
  needsReview(platform: PlatformName): Promise<Key[]>;
}
export type OrderIndex = RowIndex<OrderKey>;
export type ProductIndex = RowIndex<ProductKey>;
export type CustomerIndex = RowIndex<CustomerKey>;

/** Walks over all that a query means, page after page. What changes meanwhile may be met once more, and is never passed over. */
export async function* changedPages<Key>(
  index: Pick<RowIndex<Key>, 'changes'>,
  query: Omit<ChangesQuery, 'after'>,
): AsyncGenerator<Changed<Key>[], void, undefined> {
  let after: ChangesCursor | undefined;
  do {
    const { keys, next } = await index.changes({ ...query, ...(after === undefined ? {} : { after }) });
    yield keys;
    after = next;
  } while (after !== undefined);
}

export const createOrderIndex = (client: DynamoDBDocumentClient, table: string): OrderIndex =>
  createIndex(client, table, { keyOf: keyOfPk, partitionOf: storeKey, reviewOf: (platform) => platform });

/** Of products, also of those that the platform has no more. */
export const createProductIndex = (client: DynamoDBDocumentClient, table: string): ProductIndex =>
  createIndex(client, table, {
    keyOf: productKeyOfPk,
    partitionOf: productStoreKey,
    reviewOf: productReviewKey,
  });

/** Of customers, also of those that the platform has no more, and of those that were erased. */
export const createCustomerIndex = (client: DynamoDBDocumentClient, table: string): CustomerIndex =>
  createIndex(client, table, {
    keyOf: customerKeyOfPk,
    partitionOf: customerStoreKey,
    reviewOf: customerReviewKey,
  });

/** How the keys of one kind are made. */
interface Kind<Key> {
  keyOf(pk: string): Key;
  partitionOf(store: { platform: PlatformName; storeId: string }): string;
  reviewOf(platform: PlatformName): string;
}

const changedItem = lazily(() => z.object({ pk: z.string(), changedAt: z.string() }));
const reviewItem = lazily(() => z.object({ pk: z.string() }));

function createIndex<Key>(
  client: DynamoDBDocumentClient,
  table: string,
  { keyOf, partitionOf, reviewOf }: Kind<Key>,
): RowIndex<Key> {
  return {
    async changes({ between, after, limit = 200, newestFirst = false, ...store }) {
      const partition = partitionOf(store);
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
        return { ...keyOf(pk), changedAt };
      });
      const last = page.LastEvaluatedKey;
      return { keys, ...(last === undefined ? {} : { next: changedItem().parse(last) }) };
    },
    async needsReview(platform) {
      const found = await queryAll(
        client,
        {
          TableName: table,
          IndexName: REVIEW_INDEX.name,
          KeyConditionExpression: `${REVIEW_INDEX.partition} = :platform`,
          ExpressionAttributeValues: { ':platform': reviewOf(platform) },
        },
        reviewItem(),
      );
      return found.map(({ pk }) => keyOf(pk));
    },
  };
}
