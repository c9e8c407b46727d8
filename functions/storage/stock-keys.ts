import type { OrderKey } from '../domain/order-row.ts';
import type { ProductKey } from '../domain/product.ts';
import { type ItemKey, orderPk, type StoreName } from './keys.ts';
import { productPk } from './product-keys.ts';

const STOCK = 'stock';

/** Partitions of every SKU, as a pattern (`*` is any text). */
export const STOCK_PARTITIONS = `${STOCK}#*`;

/**
 * Partition of the merchant's SKUs in the index of changes, and of those that wait for a person in that of reviews. No store
 * has this name, because a store's has a platform, and no platform has it.
 */
export const ALL_SKUS = STOCK;

/** Partition of all that is known of one SKU, which may hold any character. */
export const stockPk = (sku: string): string => `${STOCK}#${sku}`;

/** Sort key of the item of a SKU. */
export const STOCK_ITEM_SK = 'item';

/**
 * How many there are of a SKU, what is claimed, which products have it, what each channel shows. Written by the API, by
 * whoever follows the orders and by whoever tells the channels; read by them and the operator. Stays for good.
 */
export const stockItemKey = (sku: string): ItemKey => ({ pk: stockPk(sku), sk: STOCK_ITEM_SK });

/** Where the sort keys of the claims on a SKU begin. */
export const CLAIM_PREFIX = 'claim#';

/**
 * What one line of an order takes of a SKU. Written with the item of the SKU by whoever follows the orders; read with it.
 * Deleted once the merchant's system has booked it.
 *
 * @param name of the order and the line
 */
export const claimItemKey = (sku: string, name: string): ItemKey => ({
  pk: stockPk(sku),
  sk: `${CLAIM_PREFIX}${name}`,
});

/** Where the sort keys of what was sold elsewhere, and is to be taken from the master's number, begin. */
export const MOVE_PREFIX = 'move#';

/**
 * What one line of an order that was sold elsewhere is to take from the master's number. Written with the item of the SKU by
 * whoever follows the orders and by whoever tells the channels; read with it. Deleted once the number is changed.
 *
 * @param name of the order and the line
 */
export const moveItemKey = (sku: string, name: string): ItemKey => ({
  pk: stockPk(sku),
  sk: `${MOVE_PREFIX}${name}`,
});

/** Where the sort keys of what was taken begin. They come last, so that whoever reads a SKU can leave them out. */
export const TOOK_PREFIX = 'took#';

/**
 * What such a line has really taken, so that as much can be given back. Written in place of its move; read when its order
 * changes. Stays for good.
 */
export const tookItemKey = (sku: string, name: string): ItemKey => ({
  pk: stockPk(sku),
  sk: `${TOOK_PREFIX}${name}`,
});

/** Where the sort keys of what stores are to be told of a SKU begin. */
export const TELL_PREFIX = 'tell#';

/** A store that is to be told of stock, or of prices: a long list of these keeps no stock waiting. */
export interface ToTell extends StoreName {
  readonly what?: 'prices' | undefined;
}

/** Names what a store is to be told of: `<platform>#<store>`, and `<platform>#<store>#prices`. */
export const toTellName = ({ platform, storeId, what }: ToTell): string =>
  [platform, storeId, ...(what === undefined ? [] : [what])].join('#');

/**
 * Says that a store is to be told of a SKU's stock, or of its prices, and from when on; no value. Written with the item of the SKU, and
 * deleted with it once there is nothing to tell; read by its index by whoever tells the channels.
 */
export const tellItemKey = (sku: string, of: ToTell): ItemKey => ({
  pk: stockPk(sku),
  sk: `${TELL_PREFIX}${toTellName(of)}`,
});

/** Partition of the index of unfinished work: SKUs that a store is to be told of. */
export const tellWork = (of: ToTell): string => `stock-tell#${toTellName(of)}`;

/** The SKU that a partition is of. */
export const skuOfPk = (pk: string): string => pk.slice(STOCK.length + 1);

/** Sort key of what an order takes of all SKUs. */
export const ORDER_CLAIMS_SK = 'claims';

/** What is known of what an order takes from the stock. Written and read by whoever follows the orders. Stays for good. */
export const orderClaimsKey = (key: OrderKey): ItemKey => ({ pk: orderPk(key), sk: ORDER_CLAIMS_SK });

/** Sort key of the SKUs that a product has. */
export const PRODUCT_SKUS_SK = 'skus';

/** Which SKUs a product is linked to. Written and read by whoever follows the products. Stays for good. */
export const productSkusKey = (key: ProductKey): ItemKey => ({ pk: productPk(key), sk: PRODUCT_SKUS_SK });

const STOCK_JOB = 'stock-job';

/** Partitions of the jobs that a platform works on, as a pattern. */
export const stockJobPartitions = (platform: string): string => `${STOCK_JOB}#${platform}#*`;

const stockJobPrefix = ({ platform, storeId }: StoreName): string => `${STOCK_JOB}#${platform}#${storeId}#`;

/**
 * A job that a platform works on because a store was told of stock or prices: which SKUs it is about, no value. Written, read
 * and deleted by whoever tells the store; deleted once its end is known, or nobody tells it for a day.
 */
export const stockJobKey = (store: StoreName, jobId: string): ItemKey => ({
  pk: `${stockJobPrefix(store)}${jobId}`,
  sk: 'job',
});

/** The job that a partition is of. */
export const jobIdOfPk = (store: StoreName, pk: string): string => pk.slice(stockJobPrefix(store).length);

/** Partition of the index of unfinished work: jobs of a store whose end is looked for. */
export const stockJobWork = ({ platform, storeId }: StoreName): string =>
  `${STOCK_JOB}#${platform}#${storeId}`;
