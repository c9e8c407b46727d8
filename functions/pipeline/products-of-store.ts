import type { PlatformName } from '../domain/order.ts';
import type { ProductKey } from '../domain/product.ts';
import type { ProductRow } from '../domain/product-row.ts';
import type { ProductStore } from '../storage/products.ts';
import type { ChangesCursor, ProductIndex } from '../storage/row-index.ts';

/**
 * Every product of a store, the one that changed longest ago first; also those that the platform has no more.
 *
 * @param leavesOut whose rows are not read
 */
export async function* productsOfStore(
  {
    products,
    productIndex,
  }: { products: Pick<ProductStore, 'get'>; productIndex: Pick<ProductIndex, 'changes'> },
  { platform, storeId }: { platform: PlatformName; storeId: string },
  leavesOut: (key: ProductKey) => boolean = () => false,
): AsyncGenerator<ProductRow, void, undefined> {
  let after: ChangesCursor | undefined;
  do {
    const page = await productIndex.changes({ platform, storeId, ...(after === undefined ? {} : { after }) });
    for (const key of page.keys) {
      const row = leavesOut(key) ? undefined : await products.get(key);
      if (row !== undefined) yield row;
    }
    after = page.next;
  } while (after !== undefined);
}
