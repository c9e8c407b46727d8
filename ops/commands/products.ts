import { productName } from '../../functions/domain/item-name.ts';
import { createSkuCensus, type SkuProblems } from '../../functions/domain/sku-census.ts';
import { productsOfStore } from '../../functions/pipeline/mirrored-in-store.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import { takeExport } from '../../functions/pipeline/take-export.ts';
import { createJobResults } from '../../functions/storage/job-results.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { storeNamed } from '../order-name.ts';
import { OperatorError } from '../outputs.ts';
import { print, printDryRun } from '../print.ts';
import { listInReview, type ReviewOptions } from './mirrored-review.ts';

/** A file of 10,000 products is written in minutes; the platform states no time (ms). */
const LONGEST_EXPORT_MS = 15 * 60_000;

/**
 * Asks a platform for a store's whole catalogue as files, and mirrors it: one call for each outlet, whatever its size. The
 * processor has to be deployed: where a file lies comes to the webhook.
 *
 * @returns 1 when the catalogue of an outlet did not come
 */
export async function exportProducts(
  context: OperatorContext,
  name: string,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): Promise<number> {
  const known = storeNamed(name, context.stores);
  const store = context.storeOf(known);
  if (store.platform.resources.product?.exports === undefined)
    throw new OperatorError(
      `${known.platform} hands out no catalogue as a file. Compare it by its list: reconcile ${name} --products`,
    );
  if (dryRun)
    return printDryRun(
      json,
      { ...known },
      `The whole catalogue of ${name} would be asked for as files, and mirrored.`,
    );
  const { clock } = context.control;
  const jobs = createJobResults({ ...context.control, platform: known.platform, now: clock.now });
  const problems: string[] = [];
  const taken = await context.audited('products export', { ...known }, async (correlationId) => {
    const until = clock.now() + LONGEST_EXPORT_MS;
    const { products, changed, problems: found } = await takeExport(store, jobs, { correlationId, until });
    problems.push(...found);
    return { products, changed, outletsWithout: found.length };
  });
  print(json, { ...known, ...taken, problems }, [
    `${taken.products} products were in the files, ${taken.changed} of them new or changed.`,
    ...problems,
  ]);
  return problems.length === 0 ? EXIT.done : EXIT.needsPerson;
}

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

/** Lists the products that need review; see {@link listInReview}. */
export const listProductsInReview = (context: OperatorContext, options: ReviewOptions): Promise<number> =>
  listInReview('product', context, options, {
    needsReview: context.productIndex.needsReview,
    get: context.products.get,
    nameOf: productName,
  });
