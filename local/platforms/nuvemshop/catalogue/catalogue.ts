import type { PlaceAddress } from '../fulfilment/fulfilment-order.ts';

/** A text by language code. */
export type Localised = Record<string, string>;

/** Stock at one location; null is unlimited. */
export interface InventoryLevel {
  id: number;
  locationId: string;
  stock: number | null;
  createdAt: number;
  updatedAt: number;
}

/** One variant of a product. Money in cents; a price of null means "ask". */
export interface Variant {
  id: number;
  productId: number;
  imageId: number | null;
  position: number;
  priceCents: number | null;
  promotionalCents: number | null;
  costCents: number | null;
  weight: string | null;
  width: string | null;
  height: string | null;
  depth: string | null;
  sku: string | null;
  barcode: string | null;
  mpn: string | null;
  ageGroup: string | null;
  gender: string | null;
  values: Localised[];
  levels: InventoryLevel[];
  customFields: Map<string, unknown>;
  createdAt: number;
  updatedAt: number;
}

/** An image of a product. */
export interface ProductImage {
  id: number;
  productId: number;
  src: string;
  position: number;
  alt: string[];
  createdAt: number;
  updatedAt: number;
}

/** A product with its variants and images. */
export interface Product {
  id: number;
  name: Localised;
  description: Localised;
  handle: Localised;
  attributes: Localised[];
  brand: string | null;
  published: boolean;
  visibility: 'visible' | 'unlisted' | 'hidden';
  freeShipping: boolean;
  requiresShipping: boolean;
  videoUrl: string | null;
  seoTitle: Localised;
  seoDescription: Localised;
  tags: string;
  categoryIds: number[];
  variants: Variant[];
  images: ProductImage[];
  createdAt: number;
  updatedAt: number;
}

/** A category; subcategories point to their parent. */
export interface Category {
  id: number;
  name: Localised;
  description: Localised;
  handle: Localised;
  parent: number | null;
  googleShoppingCategory: string | null;
  seoTitle: Localised;
  seoDescription: Localised;
  visibility: 'visible' | 'hidden';
  createdAt: number;
  updatedAt: number;
}

/** A warehouse or shop. */
export interface Location {
  id: string;
  name: Localised;
  address: PlaceAddress;
  priority: number;
  isDefault: boolean;
  createdAt: number;
  updatedAt: number;
}

/** The definition of a custom field of variants, orders, products, categories or customers. */
export interface CustomField {
  id: string;
  owner: 'product_variant' | 'order' | 'product' | 'category' | 'customer';
  /** False for a field of another app or of the shop: readable, not deletable. */
  ours: boolean;
  name: string;
  description: string;
  valueType: 'text_list' | 'text' | 'numeric' | 'date';
  readOnly: boolean;
  values: string[];
  createdAt: number;
  updatedAt: number;
}

/** Total stock of a variant; null when any location is unlimited or none has a level. */
export function totalStock(variant: Variant): number | null {
  if (variant.levels.length === 0) return null;
  let total = 0;
  for (const level of variant.levels) {
    if (level.stock === null) return null;
    total += level.stock;
  }
  return total;
}
