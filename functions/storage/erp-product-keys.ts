import { ERP_PRODUCT_KIND, type ErpProductKey } from '../domain/erp-product.ts';
import type { ProductKey } from '../domain/product.ts';
import { erpPk } from './command-keys.ts';
import { type ItemKey, type StoreName, storeKey } from './keys.ts';
import { productPk } from './product-keys.ts';

/**
 * Which product of the platform it is, and what was brought about of it. Written and read by whoever runs commands; read by
 * the API. Stays for good.
 */
export const productMemoryKey = (key: ErpProductKey): ItemKey => ({ pk: erpPk(key), sk: 'link' });

/** The same the other way: beside the platform's product. Written with the other. Stays for good. */
export const erpProductLinkKey = (key: ProductKey): ItemKey => ({ pk: productPk(key), sk: 'erp-link' });

/** Which prices of it were handed on to whoever tells prices, hashed. Written and read by the API. Stays for good. */
export const productPricesKey = (key: ErpProductKey): ItemKey => ({ pk: erpPk(key), sk: 'prices' });

/** Where the sort keys of what a product is to be begin; with a hash, those of one state. */
export const wantedPrefix = (sha256: string): string => `wanted#${sha256}#`;

/**
 * A chunk of what a product is to be, compressed. Written by the API before the command that names it; read by whoever runs
 * commands. Expires after a month, which no command lasts.
 */
export const wantedKey = (key: ErpProductKey, sha256: string, chunk: number): ItemKey => ({
  pk: erpPk(key),
  sk: `${wantedPrefix(sha256)}${String(chunk).padStart(3, '0')}`,
});

const SKU_KIND = 'erp-sku';

/** Whose product of the merchant's system has a SKU. Written and read by whoever runs commands. Stays for good. */
export const erpSkuKey = (store: StoreName, sku: string): ItemKey => ({
  pk: `${storeKey(store, SKU_KIND)}#${sku}`,
  sk: 'owner',
});

/** Partitions of all products of the merchant's system, as a pattern in which `*` stands for any text. */
export const ERP_PRODUCT_PARTITIONS = `*#${ERP_PRODUCT_KIND}#*`;
