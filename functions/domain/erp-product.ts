/** A product by the id that the merchant's own system gave it, at one store. */
export interface ErpProductKey {
  platform: string;
  storeId: string;
  externalProductId: string;
}

/** Says that a key, or a name, is of such a product. */
export const ERP_PRODUCT_KIND = 'erp-product';

export const ERP_PRODUCT = {
  resource: ERP_PRODUCT_KIND,
  idOf: ({ externalProductId }: ErpProductKey) => externalProductId,
  keyOf: ({
    platform,
    storeId,
    id: externalProductId,
  }: {
    platform: string;
    storeId: string;
    id: string;
  }) => ({
    platform,
    storeId,
    externalProductId,
  }),
};

/** Parts of a product that are brought about, and remembered, each by itself. */
export const PRODUCT_GROUPS = [
  'texts',
  'flags',
  'options',
  'categories',
  'variants',
  'prices',
  'images',
  'fields',
] as const;
export type ProductGroup = (typeof PRODUCT_GROUPS)[number];
