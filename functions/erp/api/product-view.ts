import * as z from 'zod';
import { productName } from '../../domain/item-name.ts';
import { lazily } from '../../domain/lazily.ts';
import { platformNameSchema, REVIEW_REASONS } from '../../domain/order.ts';
import { productSchema } from '../../domain/product.ts';
import type { ProductRow } from '../../domain/product-row.ts';
import { isoTime } from '../../domain/time.ts';

const time = z.string();

/** A product as the API shows it. */
export const productView = lazily(() =>
  z.object({
    id: z.string(),
    platform: platformNameSchema,
    storeId: z.string(),
    platformProductId: z.string(),
    /** Rises with every change of the content, and when the product goes or comes back. */
    version: z.number().int(),
    changedAt: time,
    /** `needs-review`: what the platform said last could not be understood; the product is as it was before. */
    state: z.enum(['ok', 'needs-review']),
    review: z.object({ reason: z.enum(REVIEW_REASONS), problem: z.string(), at: time }).optional(),
    /** Since when the platform has it no more; `product` is as it was last. */
    removedAt: time.optional(),
    /** Absent while nothing of it was understood. */
    product: productSchema().optional(),
  }),
);
export type ProductView = z.infer<ReturnType<typeof productView>>;

/** What a client sees of a product. */
export function viewOfProduct(row: ProductRow): ProductView {
  const { platform, storeId, platformProductId, version, changedAt, state, review, removedAt, product } = row;
  return {
    id: productName(row),
    platform,
    storeId,
    platformProductId,
    version,
    changedAt,
    state,
    ...(review === undefined ? {} : { review: { ...review, at: isoTime(review.at) } }),
    ...(removedAt === undefined ? {} : { removedAt: isoTime(removedAt) }),
    ...(product === undefined ? {} : { product }),
  };
}
