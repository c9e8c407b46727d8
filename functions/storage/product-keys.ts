import type { PlatformName } from '../domain/order.ts';
import type { ProductKey } from '../domain/product.ts';
import { ORDER_ROW_SK, partsOfPk, type StoreName, storeKey } from './keys.ts';

/** Says that a key is a product's. */
export const PRODUCT_KIND = 'product';

/** Partition of a store's products in the index of changes. */
export const productStoreKey = (store: StoreName): string => storeKey(store, PRODUCT_KIND);

/** Partition of one product: its row, and bytes that were not understood. */
export const productPk = (key: ProductKey): string => `${productStoreKey(key)}#${key.platformProductId}`;

/** @throws Error when it is no product's partition. */
export function productKeyOfPk(pk: string): ProductKey {
  const { id: platformProductId, ...store } = partsOfPk(pk, PRODUCT_KIND);
  return { ...store, platformProductId };
}

/** Partition of a platform's products in the index of what needs review. */
export const productReviewKey = (platform: PlatformName): string => `${platform}#${PRODUCT_KIND}`;

/**
 * The product as we know it. Written by the consumers and by reconciliation, through storage/products.ts; read by them, by
 * the operator's commands and by the merchant's system. Stays for good, also once the platform has the product no more.
 */
export const productRowKey = (key: ProductKey) => ({ pk: productPk(key), sk: ORDER_ROW_SK }) as const;

/** Partitions of all products, as a pattern in which `*` stands for any text. */
export const PRODUCT_PARTITIONS = `*#${PRODUCT_KIND}#*`;
