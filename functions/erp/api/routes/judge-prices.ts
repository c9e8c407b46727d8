import { newPrices, type PriceProblem, type SaidPrices } from '../../../domain/stock/prices.ts';
import { hasNoPromotion, type Pricing, withWanted } from '../../../domain/stock/pricing.ts';

/** Prices that somebody wants, with when they were so (epoch ms). */
export interface WantedPrices extends Omit<SaidPrices, 'before'> {
  readonly asOf: number;
}

type Judged =
  | { readonly result: 'stale' | 'unchanged' }
  | { readonly result: 'set'; readonly pricing: Pricing }
  | { readonly result: 'refused'; readonly problems: readonly PriceProblem[] };

/** What prices come to, as things are known now. Older ones are stale, whatever they are. */
export function judged(known: Pricing | undefined, where: string, { asOf, ...said }: WantedPrices): Judged {
  const before = known?.wanted[where];
  if (before !== undefined && asOf < before.asOf) return { result: 'stale' };
  const next = newPrices({ ...said, before: before?.prices });
  if (!next.ok) return { result: 'refused', problems: next.problems };
  const { outcome, pricing } = withWanted(known, where, { prices: next.prices, asOf });
  if (outcome !== 'set') return { result: outcome };
  if (hasNoPromotion(pricing, where))
    return { result: 'refused', problems: [{ field: 'promotionalPrice', code: 'promotion-not-lower' }] };
  return { result: 'set', pricing };
}

/** What is wrong with a price, for whoever sent it. */
export const PRICE_DETAILS: Readonly<Record<PriceProblem['code'], string>> = {
  'not-decimal': 'It must be decimal text with a point, such as "1234.50".',
  'too-many-decimals': 'It has more decimals than the currency.',
  'not-positive': 'It must be more than nothing.',
  'promotion-not-lower': 'A promotion must be lower than the price.',
  factor:
    'It changes by more than ten times. If that is meant, send the item again with "confirm": "factor".',
  currency:
    'Products with this SKU are sold in another currency. Where platforms sell in several, "platform" of PUT /v1/prices says whose prices they are.',
};
