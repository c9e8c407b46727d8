import * as z from 'zod';
import { productName } from '../../domain/item-name.ts';
import { lazily } from '../../domain/lazily.ts';
import { productSchema } from '../../domain/product.ts';
import type { ProductRow } from '../../domain/product-row.ts';
import { mirroredView, viewOfMirrored } from './mirrored-view.ts';

/** A product as the API shows it. */
export const productView = lazily(() =>
  z.object({
    ...mirroredView().shape,
    platformProductId: z.string(),
    /** Absent while nothing of it was understood. */
    product: productSchema().optional(),
  }),
);
export type ProductView = z.infer<ReturnType<typeof productView>>;

/** What a client sees of a product. */
export function viewOfProduct(row: ProductRow): ProductView {
  const { platformProductId, product } = row;
  return {
    id: productName(row),
    platformProductId,
    ...viewOfMirrored(row),
    ...(product === undefined ? {} : { product }),
  };
}
