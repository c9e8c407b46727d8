import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { getItem } from './dynamodb.ts';
import { CHANGES_INDEX, REVIEW_INDEX } from './keys.ts';
import { type StockItem, stockItemSchema } from './stock-item.ts';
import { ALL_SKUS, skuOfPk, stockItemKey } from './stock-keys.ts';

/** Finds SKUs without knowing them. Indexes follow the table within a moment, not at once. */
export interface StockIndex {
  /** Every SKU that somebody has told of, page by page. */
  all(): AsyncGenerator<string[], void, undefined>;
  /** SKUs that wait for a person, the one that waits longest first. */
  needsReview(): AsyncGenerator<string[], void, undefined>;
}

/** Reads every SKU, whatever the merchant's rules are. */
export interface SkuReader extends Pick<StockIndex, 'all'> {
  get(sku: string): Promise<StockItem | undefined>;
}

const found = z.object({ pk: z.string() });

export function createStockIndex(client: DynamoDBDocumentClient, table: string): StockIndex {
  async function* pages(index: typeof CHANGES_INDEX | typeof REVIEW_INDEX) {
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: index.name,
          KeyConditionExpression: `${index.partition} = :all`,
          ExpressionAttributeValues: { ':all': ALL_SKUS },
          Limit: PAGE,
          ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
        }),
      );
      yield (page.Items ?? []).map((item) => skuOfPk(found.parse(item).pk));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }
  return { all: () => pages(CHANGES_INDEX), needsReview: () => pages(REVIEW_INDEX) };
}

export const createSkuReader = (client: DynamoDBDocumentClient, table: string): SkuReader => ({
  all: createStockIndex(client, table).all,
  get: (sku) => getItem(client, table, stockItemKey(sku), stockItemSchema),
});

const PAGE = 200;
