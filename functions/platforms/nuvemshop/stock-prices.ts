import { type Prices, priceTexts } from '../../domain/stock/prices.ts';
import { isRefusal, PlatformError } from '../../http/errors.ts';
import { type Charging, refusedBy, type Told, type ToldSome } from '../stock.ts';
import { STOCK_SCOPE, type StockPriceResult } from './client/stock.ts';
import type { VariantPatch } from './client/variants.ts';
import { withScope } from './client/with-scope.ts';
import type { NuvemshopClient } from './client.ts';

interface Part extends Charging {
  readonly index: number;
}

/**
 * Nuvemshop takes plain prices of 50 variants in a call (reference, product page, stock-price). Promotions and costs it takes
 * with the variants of one product (product variant page), whose other fields stay. Values are absolute, so telling twice
 * does no harm.
 */
export async function* chargeVariants(
  { stock, variants }: Pick<NuvemshopClient, 'stock' | 'variants'>,
  chargings: readonly Charging[],
  most: number,
): AsyncGenerator<ToldSome, void, undefined> {
  const parts = chargings.map((charging, index): Part => ({ ...charging, index }));
  const plain = parts.filter(({ prices }) => isPlain(prices));
  const byVariant = Map.groupBy(plain, ({ link }) => variantName(link));
  const changes = plain.map(({ link: { productId, variantId }, prices }) => ({
    productId,
    variantId,
    price: priceTexts(prices).price,
  }));
  if (changes.length > 0)
    for await (const results of stock.push(changes, most))
      yield results.flatMap((result) =>
        (byVariant.get(variantName(result)) ?? []).map(({ index }) => [index, toldOf(result)] as const),
      );
  const others = parts.filter(({ prices }) => !isPlain(prices));
  for (const [productId, ofProduct] of Map.groupBy(others, ({ link }) => link.productId))
    for (let start = 0; start < ofProduct.length; start += most)
      yield* chargeProduct(variants, productId, ofProduct.slice(start, start + most));
}

/** One call for all; where that is refused, one for each, so that a wrong one keeps no other out. */
async function* chargeProduct(
  variants: NuvemshopClient['variants'],
  productId: string,
  parts: readonly Part[],
): AsyncGenerator<ToldSome, void, undefined> {
  const patches = new Map(parts.map(({ link, prices }) => [link.variantId, patchOf(link.variantId, prices)]));
  try {
    await withScope(STOCK_SCOPE, () => variants.updateMany(productId, [...patches.values()]));
    yield parts.map(({ index }) => [index, { outcome: 'taken' }] as const);
  } catch (error) {
    if (!(error instanceof PlatformError) || !isRefusal(error)) throw error;
    if (patches.size > 1 && error.status !== 403)
      for (const part of parts) yield* chargeProduct(variants, productId, [part]);
    else {
      const refusal = refusedBy(error);
      yield parts.map(({ index }) => [index, refusal] as const);
    }
  }
}

const isPlain = ({ promotionalPrice, cost, price }: Prices): boolean =>
  price !== undefined && promotionalPrice === undefined && cost === undefined;

function patchOf(id: string, prices: Prices): VariantPatch {
  const { price, promotionalPrice, cost } = priceTexts(prices);
  return {
    id,
    ...(price === undefined ? {} : { price }),
    ...(promotionalPrice === undefined ? {} : { promotional_price: promotionalPrice }),
    ...(cost === undefined ? {} : { cost }),
  };
}

export const variantName = ({ productId, variantId }: { productId: string; variantId: string }): string =>
  `${productId}/${variantId}`;

export function toldOf({ outcome, refused }: StockPriceResult): Told {
  if (outcome === 'done') return { outcome: 'taken' };
  if (outcome === 'not-answered')
    return { outcome: 'refused', reason: 'Nuvemshop took the call and did not mention the variant.' };
  return refused === undefined
    ? { outcome: 'refused', reason: 'The platform says success: false.' }
    : refusedBy(refused);
}
