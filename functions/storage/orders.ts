import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type OrderKey, type OrderRow, orderPk, orderRowSchema } from '../domain/order-row.ts';

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
    async get(key) {
      const answer = await client.send(
        new GetCommand({ TableName: table, Key: { pk: orderPk(key), sk: 'order' }, ConsistentRead: true }),
      );
      return answer.Item === undefined ? undefined : orderRowSchema.parse(answer.Item);
    },
    put: (row, expected) =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: row,
            ...(expected === 0 ? { ConditionExpression: 'attribute_not_exists(pk)' } : unchanged(expected)),
          }),
        ),
      ),
    remove: (key, expected) =>
      unlessRefused(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: { pk: orderPk(key), sk: 'order' },
            ...unchanged(expected),
          }),
        ),
      ),
  };
}

const unchanged = (expected: number) => ({
  ConditionExpression: 'revision = :expected',
  ExpressionAttributeValues: { ':expected': expected },
});

async function unlessRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
