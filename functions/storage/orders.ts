import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type OrderKey, type OrderRow, orderRowSchema } from '../domain/order-row.ts';
import { isoTime } from '../domain/time.ts';
import { applied, getItem } from './dynamodb.ts';
import { CHANGES_INDEX, ORDER_ROW_SK, orderRowKey, REVIEW_INDEX, storeKey } from './keys.ts';

/** The stored item of an order row: the row with its keys and the attributes of the indexes, which reading leaves out. */
export const orderItemSchema = orderRowSchema
  .extend({
    pk: z.string(),
    sk: z.literal(ORDER_ROW_SK),
    [CHANGES_INDEX.partition]: z.string(),
    [REVIEW_INDEX.partition]: z.string().optional(),
    [REVIEW_INDEX.sort]: z.string().optional(),
  })
  .transform(({ pk: _, sk: __, storeKey: ___, reviewOf: ____, reviewAt: _____, ...row }): OrderRow => row);
type OrderItem = z.input<typeof orderItemSchema>;

/** Reads and conditionally writes order rows. */
export interface OrderStore {
  get(key: OrderKey): Promise<OrderRow | undefined>;
  /**
   * Writes the row if the stored one still has `expected` as its revision (`0`: there is none). Answers `false` when
   * another writer was quicker.
   */
  put(row: OrderRow, expected: number): Promise<boolean>;
  /** Removes the row if it still has `expected` as its revision. Answers `false` when another writer was quicker. */
  remove(key: OrderKey, expected: number): Promise<boolean>;
}

export function createOrderStore(client: DynamoDBDocumentClient, table: string): OrderStore {
  return {
    get: (key) => getItem(client, table, orderRowKey(key), orderItemSchema),
    put: (row, expected) =>
      applied(
        client.send(
          new PutCommand({
            TableName: table,
            Item: itemOf(row),
            ...(expected === 0 ? { ConditionExpression: 'attribute_not_exists(pk)' } : unchanged(expected)),
          }),
        ),
      ),
    remove: (key, expected) =>
      applied(
        client.send(new DeleteCommand({ TableName: table, Key: orderRowKey(key), ...unchanged(expected) })),
      ),
  };
}

// A row has the attributes of the review index only while it needs review, so that the index holds no others.
const itemOf = (row: OrderRow): OrderItem => ({
  ...row,
  ...orderRowKey(row),
  [CHANGES_INDEX.partition]: storeKey(row),
  ...(row.state === 'needs-review' && row.review !== undefined
    ? { [REVIEW_INDEX.partition]: row.platform, [REVIEW_INDEX.sort]: isoTime(row.review.at) }
    : {}),
});

const unchanged = (expected: number) => ({
  ConditionExpression: 'revision = :expected',
  ExpressionAttributeValues: { ':expected': expected },
});
