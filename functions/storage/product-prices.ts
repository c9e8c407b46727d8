import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ErpProductKey } from '../domain/erp-product.ts';
import { lazily } from '../domain/lazily.ts';
import { getItem } from './dynamodb.ts';
import { productPricesKey } from './erp-product-keys.ts';

/** Which prices of a product of the merchant's system were handed on to whoever tells prices: those are not read again. */
export interface ProductPrices {
  /** The hash of them; empty while others are handed on, undefined where none were. */
  of(key: ErpProductKey): Promise<string | undefined>;
  set(key: ErpProductKey, hash: string): Promise<void>;
}

const item = lazily(() => z.object({ prices: z.string() }));

export const createProductPrices = ({
  client,
  table: TableName,
}: {
  client: DynamoDBDocumentClient;
  table: string;
}): ProductPrices => ({
  of: async (key) => (await getItem(client, TableName, productPricesKey(key), item))?.prices,
  async set(key, hash) {
    await client.send(
      new UpdateCommand({
        TableName,
        Key: productPricesKey(key),
        UpdateExpression: 'SET prices = :prices',
        ExpressionAttributeValues: { ':prices': hash },
      }),
    );
  },
});
