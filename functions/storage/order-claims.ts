import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { OrderKey } from '../domain/order-row.ts';
import { type OrderClaims, orderClaimsSchema } from '../domain/stock/order-claims.ts';
import { applied, getItem, itemBytes, MAX_ITEM_BYTES } from './dynamodb.ts';
import { orderClaimsKey } from './stock-keys.ts';

/** What is known of what an order takes, and how often that was written. */
export interface StoredClaims {
  readonly claims: OrderClaims;
  readonly revision: number;
}

/** Keeps what orders take from the stock. */
export interface OrderClaimsStore {
  get(key: OrderKey): Promise<StoredClaims | undefined>;
  /**
   * Writes it if the stored one still has this revision (0: there is none). `too-large`: the order has more lines than an
   * item has room for.
   */
  put(key: OrderKey, claims: OrderClaims, expected: number): Promise<'written' | 'overtaken' | 'too-large'>;
}

const stored = lazily(() =>
  orderClaimsSchema()
    .extend({ revision: z.int() })
    .transform(({ revision, ...claims }): StoredClaims => ({ claims, revision })),
);

export function createOrderClaims(client: DynamoDBDocumentClient, TableName: string): OrderClaimsStore {
  return {
    get: (key) => getItem(client, TableName, orderClaimsKey(key), stored),
    async put(key, claims, expected) {
      const Item = { ...orderClaimsKey(key), ...claims, revision: expected + 1 };
      if (itemBytes(Item) > MAX_ITEM_BYTES) return 'too-large';
      const written = await applied(
        client.send(
          new PutCommand({
            TableName,
            Item,
            ...(expected === 0
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'revision = :expected',
                  ExpressionAttributeValues: { ':expected': expected },
                }),
          }),
        ),
      );
      return written ? 'written' : 'overtaken';
    },
  };
}
