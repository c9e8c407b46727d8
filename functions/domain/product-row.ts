import * as z from 'zod';
import { lazily } from './lazily.ts';
import { type MirrorKind, mirrorFields } from './mirror-row.ts';
import { type Product, type ProductKey, productId, productSchema } from './product.ts';

/** One product as it is kept, without the keys of its item. */
export const productRowSchema = lazily(() =>
  z.object({
    ...mirrorFields().shape,
    platformProductId: productId(),
    /** The product as it was last understood; stays when it is removed. Absent while nothing of it was understood. */
    product: productSchema().optional(),
  }),
);
export type ProductRow = z.infer<ReturnType<typeof productRowSchema>>;

export const PRODUCT: MirrorKind<ProductKey, Product, ProductRow> = {
  resource: 'product',
  idOf: ({ platformProductId }) => platformProductId,
  keyOf: ({ platform, storeId, id }) => ({ platform, storeId, platformProductId: id }),
  open: ({ platformProductId: _, product, ...row }) => ({
    ...row,
    ...(product === undefined ? {} : { said: product }),
  }),
  close: ({ platformProductId }, { said, ...row }) => ({
    ...row,
    platformProductId,
    ...(said === undefined ? {} : { product: said }),
  }),
};
