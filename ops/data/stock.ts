import { stockOf } from '../../config/merchant.ts';
import type { Display } from '../../functions/domain/stock/display.ts';
import { needsPerson } from '../../functions/domain/stock/drift.ts';
import { displaysOf, type Sku } from '../../functions/domain/stock/sku.ts';
import type { Unlinked } from '../../functions/domain/stock/unlinked.ts';
import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import type { OperatorContext } from '../context.ts';

/** Why somebody has to look at a SKU. */
export type StockReason = {
  readonly sku: string;
  /** The channel, the catalogue where the products are, or the place; none where the SKU itself is odd. */
  readonly where: string;
} & (
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'drift';
      readonly seen: Display;
      readonly wanted: Display | undefined;
      readonly toldAgain: boolean;
    }
  | { readonly kind: 'unlinked'; readonly why: Unlinked }
  | { readonly kind: 'ambiguous'; readonly products: readonly string[] }
  /** Of a line nobody can tell whether it is off the number of the platform that counts. */
  | { readonly kind: 'in-doubt'; readonly line: string }
);

type Settings = OperatorContext['stock']['settings'];
type Reads = Pick<OperatorContext['stock'], 'settings' | 'store' | 'index'>;

const AT_ONCE = 8;

/** Whether anybody counts the merchant's stock. */
export const countsStock = ({ merchant }: Pick<OperatorContext, 'merchant'>): boolean =>
  stockOf(merchant) !== undefined;

/**
 * SKUs that wait for a person, with the reason, those first that wait longest.
 *
 * @param options `mostSkus`: how many are looked at; all of them when absent
 * @returns `complete`: whether these are all
 */
export async function stockInReview(
  { settings, store, index }: Reads,
  { mostSkus = Number.POSITIVE_INFINITY }: { mostSkus?: number } = {},
): Promise<{ reasons: StockReason[]; complete: boolean }> {
  const reasons: StockReason[] = [];
  let left = mostSkus;
  for await (const skus of index.needsReview()) {
    const some = skus.slice(0, left);
    const found: StockReason[][] = [];
    await mapConcurrent(AT_ONCE, [...some.entries()], async ([at, sku]) => {
      found[at] = reasonsOf(sku, await store.read(sku), settings);
    });
    reasons.push(...found.flat());
    if (some.length < skus.length) return { reasons, complete: false };
    left -= some.length;
  }
  return { reasons, complete: true };
}

/** How many SKUs wait for a person, as far as one call of the index tells. */
export async function countStockInReview({ index }: Pick<Reads, 'index'>): Promise<number> {
  for await (const skus of index.needsReview()) return skus.length;
  return 0;
}

function reasonsOf(sku: string, known: Sku, settings: Settings): StockReason[] {
  const { rejected, pricing, drifted, unlinked, links, moves } = known;
  const wanted = displaysOf(known, settings);
  return [
    ...[...Object.entries(rejected), ...Object.entries(pricing?.rejected ?? {})].map(
      ([where, { reason }]): StockReason => ({ sku, where, kind: 'refused', reason }),
    ),
    ...Object.entries(drifted ?? {})
      .filter(([, one]) => needsPerson(one))
      .map(
        ([where, { seen, review }]): StockReason => ({
          sku,
          where,
          kind: 'drift',
          seen,
          wanted: wanted[where],
          toldAgain: review === true,
        }),
      ),
    ...(unlinked === undefined ? [] : [{ sku, where: '', kind: 'unlinked' as const, why: unlinked }]),
    ...Object.entries(links)
      .filter(([, products]) => products.length > 1)
      .map(
        ([where, products]): StockReason => ({
          sku,
          where,
          kind: 'ambiguous',
          products: products.map(({ productId, variantId }) => `${productId}/${variantId}`),
        }),
      ),
    ...Object.entries(moves)
      .filter(([, { state }]) => state === 'in-doubt')
      .map(([line, { place }]): StockReason => ({ sku, where: place, kind: 'in-doubt', line })),
  ];
}
