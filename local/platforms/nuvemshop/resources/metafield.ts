/** Who may own a metafield (reference, metafields page), by the word of the path. */
export const metafieldOwners = {
  products: 'Product',
  product_variants: 'Product_Variant',
  categories: 'Category',
  pages: 'Page',
  orders: 'Order',
  customers: 'Customer',
} as const;

/** The `owner_resource` of a metafield. */
export type MetafieldOwner = (typeof metafieldOwners)[keyof typeof metafieldOwners];

/** A metafield; its value is always a string. */
export interface Metafield {
  id: number;
  namespace: string;
  key: string;
  value: string;
  description: string | null;
  ownerResource: MetafieldOwner;
  ownerId: number;
  createdAt: number;
  updatedAt: number;
}
