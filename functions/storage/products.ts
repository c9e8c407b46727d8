import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { type ProductKey, productSchema } from '../domain/product.ts';
import { type ProductRow, productRowSchema } from '../domain/product-row.ts';
import { zlib } from '../runtime/zlib.ts';
import { CHANGES_INDEX, ORDER_ROW_SK, REVIEW_INDEX } from './keys.ts';
import { createMirrorRows, type MirrorRows } from './mirror-rows.ts';
import { PRODUCT_KIND, productReviewKey, productRowKey, productStoreKey } from './product-keys.ts';

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

export type ProductStore = MirrorRows<ProductKey, ProductRow>;

export const createProductStore = (client: DynamoDBDocumentClient, table: string): ProductStore =>
  createMirrorRows<ProductKey, ProductRow>(client, table, {
    resource: PRODUCT_KIND,
    rowKey: productRowKey,
    storeKey: productStoreKey,
    reviewKey: productReviewKey,
    schema: productItemSchema,
    packed: (row) =>
      row.product === undefined
        ? row
        : {
            ...row,
            product: { ...row.product, variants: [] },
            packedVariants: zlib().gzipSync(JSON.stringify(row.product.variants)),
          },
  });
