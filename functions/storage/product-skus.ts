import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { ProductKey } from '../domain/product.ts';
import { applied, getItem } from './dynamodb.ts';
import { productSkusKey } from './stock-keys.ts';

/** The SKUs of a product, and the row that they were read from. */
export interface ProductSkus {
  readonly skus: readonly string[];
  /** Of the row. */
  readonly version: number;
}

/** Keeps which SKUs a product is linked to, so that a SKU that it loses is unlinked. */
export interface ProductSkusStore {
  get(key: ProductKey): Promise<ProductSkus | undefined>;
  /** Writes them unless those of a later row are there. */
  put(key: ProductKey, skus: ProductSkus): Promise<void>;
}

const stored = lazily(() => z.object({ skus: z.array(z.string()), version: z.int() }));

export function createProductSkus(client: DynamoDBDocumentClient, TableName: string): ProductSkusStore {
  return {
    get: (key) => getItem(client, TableName, productSkusKey(key), stored),
    async put(key, { skus, version }) {
      await applied(
        client.send(
          new PutCommand({
            TableName,
            Item: { ...productSkusKey(key), skus, version },
            ConditionExpression: 'attribute_not_exists(pk) OR version <= :version',
            ExpressionAttributeValues: { ':version': version },
          }),
        ),
      );
    },
  };
}
