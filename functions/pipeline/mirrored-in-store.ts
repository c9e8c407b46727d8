import type { PlatformName } from '../domain/order.ts';
import type { ProductRow } from '../domain/product-row.ts';
import type { MirrorRows } from '../storage/mirror-rows.ts';
import type { ProductStore } from '../storage/products.ts';
import { changedPages, type ProductIndex, type RowIndex } from '../storage/row-index.ts';
import { AT_ONCE } from './map-concurrent.ts';

/** A store, as its name says it. */
interface StoreName {
  platform: PlatformName;
  storeId: string;
}

/**
 * Every row of one kind that a store has, the one that changed longest ago first; also of what the platform has no more.
 *
 * @param leavesOut whose rows are not read
 */
export async function* mirroredInStore<Key, Row>(
  { rows, index }: { rows: Pick<MirrorRows<Key, Row>, 'get'>; index: Pick<RowIndex<Key>, 'changes'> },
  { platform, storeId }: StoreName,
  leavesOut: (key: Key) => boolean = () => false,
): AsyncGenerator<Row, void, undefined> {
  for await (const keys of changedPages(index, { platform, storeId })) {
    const meant = keys.filter((key) => !leavesOut(key));
    for (let at = 0; at < meant.length; at += AT_ONCE) {
      const found = await Promise.all(meant.slice(at, at + AT_ONCE).map((key) => rows.get(key)));
      for (const row of found) if (row !== undefined) yield row;
    }
  }
}

/** Every product of a store. */
export const productsOfStore = (
  {
    products: rows,
    productIndex: index,
  }: { products: Pick<ProductStore, 'get'>; productIndex: Pick<ProductIndex, 'changes'> },
  store: StoreName,
): AsyncGenerator<ProductRow, void, undefined> => mirroredInStore({ rows, index }, store);
