import { productName } from '../../functions/domain/item-name.ts';
import { createSkuCensus, type SkuProblems } from '../../functions/domain/sku-census.ts';
import { productsOfStore } from '../../functions/pipeline/products-of-store.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { print } from '../print.ts';

interface StoreProblems extends KnownStore, SkuProblems {
  /** Of the products that the platform has. */
  products: number;
}

/**
 * Lists what keeps products from being linked by their SKU: SKUs that several variants have, and variants that have none.
 *
 * @returns 1 when there is any
 */
export async function listSkuProblems(
  context: OperatorContext,
  { platform, json }: { platform?: string; json: boolean },
): Promise<number> {
  const stores: StoreProblems[] = [];
  for (const store of context.stores.filter((one) => platform === undefined || one.platform === platform)) {
    const census = createSkuCensus();
    let products = 0;
    for await (const { product, removedAt } of productsOfStore(context, store)) {
      if (product === undefined || removedAt !== undefined) continue;
      products += 1;
      census.count(product);
    }
    stores.push({ ...store, products, ...census.problems() });
  }
  const nameIn = ({ platform: name, storeId }: KnownStore, platformProductId: string) =>
    productName({ platform: name, storeId, platformProductId });
  print(json, { stores }, [
    ...stores.flatMap((store) => [
      `${store.platform}:${store.storeId}  ${store.products} products, ${store.duplicates.length} SKUs with several variants, ${store.missing.length} variants without one`,
      ...store.duplicates.flatMap(({ sku, outletId, variants }) => [
        `  SKU ${sku}${outletId === undefined ? '' : ` in outlet ${outletId}`}:`,
        ...variants.map(
          ({ platformProductId, platformVariantId }) =>
            `    ${nameIn(store, platformProductId)} variant ${platformVariantId}`,
        ),
      ]),
      ...store.missing.map(
        ({ platformProductId, platformVariantId }) =>
          `  no SKU: ${nameIn(store, platformProductId)} variant ${platformVariantId}`,
      ),
    ]),
  ]);
  const clean = stores.every(({ duplicates, missing }) => duplicates.length + missing.length === 0);
  return clean ? EXIT.done : EXIT.needsPerson;
}

/**
 * Lists the products that need review, with the reason.
 *
 * @returns 1 when there is any
 */
export async function listProductsInReview(
  context: OperatorContext,
  { platform, json }: { platform?: string; json: boolean },
): Promise<number> {
  const names = context.names.filter((name) => platform === undefined || name === platform);
  const found = await Promise.all(names.map((name) => context.productIndex.needsReview(name)));
  const rows = await Promise.all(found.flat().map((key) => context.products.get(key)));
  const products = rows
    .filter((row) => row?.review !== undefined)
    .flatMap((row) => (row === undefined ? [] : [{ product: productName(row), review: row.review }]));
  print(
    json,
    { products },
    products.map(({ product, review }) => `${product}  ${review?.reason}: ${review?.problem}`),
  );
  return products.length === 0 ? EXIT.done : EXIT.needsPerson;
}
