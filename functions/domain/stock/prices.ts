import * as z from 'zod';
import { lazily } from '../lazily.ts';
import { formatMoney, readMoney } from '../money.ts';

/** What a platform can be told to charge. */
export const PRICE_FIELDS = ['price', 'promotionalPrice', 'cost'] as const;
export type PriceField = (typeof PRICE_FIELDS)[number];

/** Prices of a SKU, as decimal text of one currency. `promotionalPrice` is what the buyer pays while it is set. */
export interface PriceTexts {
  readonly price?: string | undefined;
  /** Null ends the promotion. */
  readonly promotionalPrice?: string | null | undefined;
  readonly cost?: string | undefined;
}

/** The same in minor units of the currency. */
export const pricesSchema = lazily(() =>
  z.object({
    currency: z.string(),
    price: z.int().optional(),
    promotionalPrice: z.int().nullable().optional(),
    cost: z.int().optional(),
  }),
);
export type Prices = z.infer<ReturnType<typeof pricesSchema>>;

/** Why prices are not taken; `field` says which. */
export interface PriceProblem {
  readonly field: PriceField | 'currency';
  readonly code:
    | 'not-decimal'
    | 'too-many-decimals'
    | 'not-positive'
    | 'promotion-not-lower'
    | 'factor'
    | 'currency';
}

/** A price that becomes so many times larger or smaller has rather lost its decimal point. */
const MOST_FACTOR = 10;
const DECIMAL = /^-?\d{1,12}(?:\.\d{1,6})?$/;

export interface SaidPrices {
  /** What was wanted before, in whatever currency. */
  readonly before: Prices | undefined;
  /** What products with the SKU cost now, where nothing was wanted before. */
  readonly seen?: readonly Prices[];
  readonly said: PriceTexts;
  readonly currency: string;
  /** A change by more than ten times is meant. */
  readonly confirmed: boolean;
}

/** The prices that are to be in force, or what is wrong with them. What is not said stays as it is. */
export function newPrices({
  before: known,
  seen = [],
  said,
  currency,
  confirmed,
}: SaidPrices): { ok: true; prices: Prices } | { ok: false; problems: PriceProblem[] } {
  const before = known?.currency === currency ? known : undefined;
  const problems: PriceProblem[] = [];
  const read = (field: PriceField): number | null | undefined => {
    const text = said[field];
    if (text === undefined || text === null) return text;
    const reading = DECIMAL.test(text) ? readMoney(text, currency) : undefined;
    const code = codeOf(reading, field);
    if (code === undefined && reading?.ok === true) return reading.minor;
    problems.push({ field, code: code ?? 'not-decimal' });
    return undefined;
  };
  const promotion = read('promotionalPrice');
  const price = read('price') ?? before?.price;
  const cost = read('cost') ?? before?.cost;
  const promotionalPrice = promotion === undefined ? before?.promotionalPrice : promotion;
  const prices: Prices = {
    currency,
    ...(price === undefined ? {} : { price }),
    ...(promotionalPrice === undefined ? {} : { promotionalPrice }),
    ...(cost === undefined ? {} : { cost }),
  };
  if (problems.length === 0)
    problems.push(...refusals(before === undefined ? seen : [before], prices, confirmed));
  return problems.length === 0 ? { ok: true, prices } : { ok: false, problems };
}

function codeOf(
  reading: ReturnType<typeof readMoney> | undefined,
  field: PriceField,
): PriceProblem['code'] | undefined {
  if (reading?.ok !== true) return 'not-decimal';
  // A thousand with a point for its group is no price with three decimals: neither is taken.
  if (!reading.exact || reading.guess !== undefined) return 'too-many-decimals';
  if (reading.minor < 0 || (reading.minor === 0 && field !== 'cost')) return 'not-positive';
  return undefined;
}

function refusals(before: readonly Prices[], next: Prices, confirmed: boolean): PriceProblem[] {
  if (before.some((one) => one.currency !== next.currency)) return [{ field: 'currency', code: 'currency' }];
  // What is not said stays, also where nobody here ever said it.
  const isOfBuyers = next.price !== undefined || next.promotionalPrice !== undefined;
  if (isOfBuyers && [next, ...before.map((one) => ({ ...one, ...next }))].some(isNoPromotion))
    return [{ field: 'promotionalPrice', code: 'promotion-not-lower' }];
  if (confirmed) return [];
  return PRICE_FIELDS.filter((field) => before.some((one) => isFar(one[field], next[field]))).map(
    (field) => ({ field, code: 'factor' as const }),
  );
}

/** Buyers pay the promotion, so they would pay more than the price. */
export const isNoPromotion = ({ price, promotionalPrice }: Partial<Prices> = {}): boolean =>
  price !== undefined && promotionalPrice != null && promotionalPrice >= price;

const isFar = (before: number | null | undefined, next: number | null | undefined): boolean =>
  before != null &&
  next != null &&
  before > 0 &&
  next > 0 &&
  Math.max(before / next, next / before) > MOST_FACTOR;

/** Prices as they are sent and shown: decimal text. */
export const priceTexts = ({ price, promotionalPrice, cost, currency }: Prices): PriceTexts => ({
  ...(price === undefined ? {} : { price: formatMoney(price, currency) }),
  ...(promotionalPrice === undefined
    ? {}
    : { promotionalPrice: promotionalPrice === null ? null : formatMoney(promotionalPrice, currency) }),
  ...(cost === undefined ? {} : { cost: formatMoney(cost, currency) }),
});

export const samePrices = (one: Prices | undefined, other: Prices | undefined): boolean =>
  one !== undefined &&
  other !== undefined &&
  one.currency === other.currency &&
  PRICE_FIELDS.every((field) => one[field] === other[field]);
