import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { type ProductKey, productSchema } from '../domain/product.ts';
import { type ProductRow, productRowSchema } from '../domain/product-row.ts';
import { isoTime } from '../domain/time.ts';
import { zlib } from '../runtime/zlib.ts';
import { applied, getItem, itemBytes, MAX_ITEM_BYTES, surelyFits } from './dynamodb.ts';
import { CHANGES_INDEX, ORDER_ROW_SK, REVIEW_INDEX } from './keys.ts';
import { UnstorableRow } from './order-lines.ts';
import { productReviewKey, productRowKey, productStoreKey } from './product-keys.ts';

/** As the table gives bytes, and as a record of its stream does. */
const bytes = lazily(() =>
  z.union([
    z.instanceof(Uint8Array),
    z.object({ B: z.string() }).transform(({ B }): Uint8Array => Buffer.from(B, 'base64')),
  ]),
);

/** What came out compressed is ours, but a damaged item must not fill the memory. */
const MAX_BYTES = 32 * 1024 * 1024;

const variantsIn = (packed: Uint8Array): unknown =>
  JSON.parse(zlib().gunzipSync(packed, { maxOutputLength: MAX_BYTES }).toString('utf8'));

/**
 * The stored item of a product's row: the row with its keys and the attributes of the indexes, which reading leaves out. A
 * product of a thousand variants is larger than an item may be, so its variants are then compressed.
 */
export const productItemSchema = lazily(() =>
  productRowSchema()
    .extend({
      pk: z.string(),
      sk: z.literal(ORDER_ROW_SK),
      [CHANGES_INDEX.partition]: z.string(),
      [REVIEW_INDEX.partition]: z.string().optional(),
      [REVIEW_INDEX.sort]: z.string().optional(),
      packedVariants: bytes().optional(),
    })
    .transform(({ pk, sk, storeKey, reviewOf, reviewAt, packedVariants, ...row }): ProductRow => {
      if (packedVariants === undefined || row.product === undefined) return row;
      const variants = productSchema().shape.variants.parse(variantsIn(packedVariants));
      return { ...row, product: { ...row.product, variants } };
    }),
);
type ProductItem = z.input<ReturnType<typeof productItemSchema>>;

/** Reads and conditionally writes rows of products. */
export interface ProductStore {
  /** The row as it stands, also that of a product which was removed. */
  get(key: ProductKey): Promise<ProductRow | undefined>;
  /**
   * Writes the row if the stored one still has `expected` as its revision (`0`: there is none). Answers `false` when another
   * writer was quicker.
   *
   * @throws UnstorableRow when the row is larger than the table takes.
   */
  put(row: ProductRow, expected: number): Promise<boolean>;
}

export function createProductStore(client: DynamoDBDocumentClient, table: string): ProductStore {
  return {
    get: (key) => getItem(client, table, productRowKey(key), productItemSchema()),
    put: async (row, expected) =>
      applied(
        client.send(
          new PutCommand({
            TableName: table,
            Item: storable(itemOf(row)),
            ...(expected === 0
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'revision = :expected',
                  ExpressionAttributeValues: { ':expected': expected },
                }),
          }),
        ),
      ),
  };
}

const fits = (item: ProductItem): boolean => surelyFits(item) || itemBytes(item) <= MAX_ITEM_BYTES;

function storable(item: ProductItem): ProductItem {
  if (fits(item) || item.product === undefined) return item;
  const packed = {
    ...item,
    product: { ...item.product, variants: [] },
    packedVariants: zlib().gzipSync(JSON.stringify(item.product.variants)),
  };
  if (itemBytes(packed) <= MAX_ITEM_BYTES) return packed;
  throw new UnstorableRow('too-large', `the product has ${itemBytes(packed)} bytes, compressed`);
}

const itemOf = (row: ProductRow): ProductItem => ({
  ...row,
  ...productRowKey(row),
  [CHANGES_INDEX.partition]: productStoreKey(row),
  ...(row.state === 'needs-review' && row.review !== undefined
    ? {
        [REVIEW_INDEX.partition]: productReviewKey(row.platform),
        [REVIEW_INDEX.sort]: isoTime(row.review.at),
      }
    : {}),
});
