import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { Counted } from '../../../domain/stock/move.ts';
import { isRefusal, PlatformError } from '../../../http/errors.ts';
import { idSchema, price, ulid, wireId } from '../order/schema.ts';
import { path } from './call.ts';
import { checked, failed, notSent, type Requests } from './requests.ts';
import { type Variant, variant } from './variants.ts';
import { withScope } from './with-scope.ts';

/**
 * The body of `variants/stock`. The id of the variant is optional at the platform, and without it the call changes every
 * variant of the product; here it is not.
 */
export const stockAction = lazily(() =>
  z.strictObject({
    action: z.enum(['replace', 'variation']),
    /** Null is unlimited, for `replace` only. */
    value: z.int().nullable(),
    id: wireId(),
    location_id: ulid().optional(),
  }),
);

/** What stock and prices need. */
export const STOCK_SCOPE = { scope: 'write_products', otherwise: '; it is told again within the hour' };

/** Stock (Nuvemshop reference, product and product variant pages; multi-inventory guide). */
export function createStock(requests: Requests) {
  const act = async (
    operation: string,
    productId: string,
    body: z.input<ReturnType<typeof stockAction>>,
    repeatable: boolean,
  ) => {
    const sent = checked(stockAction(), operation, body);
    const below = path`/products/${productId}/variants/stock`;
    await withScope(STOCK_SCOPE, () =>
      repeatable
        ? requests.put(z.unknown(), operation, below, sent, 'POST')
        : requests.post(z.unknown(), operation, below, sent),
    );
  };
  return {
    /** Prices and stock of many variants; see `pushStockPrice`. */
    push: (changes: readonly StockPriceChange[], perCall?: number) =>
      pushStockPrice(requests, changes, perCall),
    /** Sets the stock of one variant; null is unlimited, 0 sold out. */
    async set(
      productId: string,
      variantId: string,
      stock: number | null,
      locationId?: string,
    ): Promise<void> {
      const operation = 'stock.set';
      if (stock !== null && stock < 0) throw notSent(operation, 'Stock is never negative.');
      await act(operation, productId, bodyOf('replace', variantId, stock, locationId), true);
    },
    /** The stock of one variant, at a location or over all. */
    async count(productId: string, variantId: string, locationId?: string): Promise<Counted> {
      const below = path`/products/${productId}/variants/${variantId}`;
      const found = await withScope(STOCK_SCOPE, () => requests.get(variant(), 'stock.count', below));
      return countOf(found, locationId);
    },
    /**
     * Adds to the stock of one variant, or takes from it: what is sold meanwhile stays counted, and the platform stops at
     * 0 without a word. Whoever gets no answer has to look what became of it.
     */
    change: (productId: string, variantId: string, by: number, locationId?: string): Promise<void> =>
      act('stock.change', productId, bodyOf('variation', variantId, by, locationId), false),
  };
}

function bodyOf(action: 'replace' | 'variation', id: string, value: number | null, locationId?: string) {
  return { action, value, id, ...(locationId === undefined ? {} : { location_id: locationId }) };
}

function countOf(
  { stock, inventory_levels: levels, updated_at: updated }: Variant,
  locationId?: string,
): Counted {
  const changedAt = Date.parse(updated ?? '');
  const units =
    locationId !== undefined && levels
      ? unitsOf(levels.find((one) => one.location_id === locationId)?.stock, 0)
      : unitsOf(stock, null);
  // Of several levels nobody says when which of them changed.
  const isSaid = Number.isFinite(changedAt) && (levels?.length ?? 0) <= 1;
  return { units, ...(isSaid ? { changedAt } : {}) };
}

/** @throws PlatformError `invalid-response` */
function unitsOf(stock: number | string | null | undefined, absent: number | null): number | null {
  if (stock === undefined) return absent;
  if (stock === null || stock === '') return null;
  const units = Number(stock);
  if (Number.isSafeInteger(units)) return Math.max(0, units);
  const detail = 'The stock is no whole number.';
  throw failed({ operation: 'stock.count', kind: 'invalid-response', detail });
}

/** The price and stock that one variant shall have. Stock without a location is that of the first one. */
export const stockPriceChange = lazily(() =>
  z.strictObject({
    productId: wireId(),
    variantId: wireId(),
    /** Decimal; sent as a number, as documented. */
    price: price().transform(Number).optional(),
    levels: z
      .array(z.strictObject({ locationId: ulid().optional(), stock: z.int().min(0) }))
      .min(1)
      .optional(),
  }),
);
export type StockPriceChange = z.input<ReturnType<typeof stockPriceChange>>;
type Change = z.output<ReturnType<typeof stockPriceChange>>;

/** What became of one variant. `not-answered`: the platform took the call and did not mention the variant. */
export interface StockPriceResult {
  productId: string;
  variantId: string;
  outcome: 'done' | 'refused' | 'not-answered';
  /** Of a call that was refused as a whole; of one variant the platform says no more. */
  refused?: PlatformError;
}

/** Variants a call may name, over all its products; one more and the whole call is refused (reference, product page). */
export const MAX_PER_CALL = 50;

const reply = lazily(() =>
  z.array(
    z.looseObject({
      id: idSchema(),
      variants: z.array(z.looseObject({ id: idSchema(), success: z.boolean() })),
    }),
  ),
);

/**
 * Sets prices and stock of many variants, 50 a call, and yields the results of each call: a call succeeds while single
 * variants in it fail (reference, product page, stock-price). A call that is refused as a whole is cut in halves until
 * the variant that spoils it stands alone. Values are absolute, so a call made twice does no harm.
 *
 * @param perCall fewer variants a call, for a repeat after a 429: variant writes have a second, weighted limit whose size is
 *   not published, and which fifty variants with many locations may exceed for ever.
 * @throws PlatformError when the platform cannot be used now; results yielded before stay true, and the rest was not tried.
 */
export async function* pushStockPrice(
  requests: Requests,
  changes: readonly StockPriceChange[],
  perCall = MAX_PER_CALL,
): AsyncGenerator<StockPriceResult[], void, undefined> {
  const size = Math.max(1, Math.min(Math.floor(perCall), MAX_PER_CALL));
  const read = checked(z.array(stockPriceChange()), 'stock.push', changes);
  // Of two wishes for one variant the later counts; both in one call would be refused.
  const last = [
    ...new Map(read.map((change) => [`${change.productId}/${change.variantId}`, change])).values(),
  ];
  // Side by side, the variants of a product share its entry in the body.
  const ordered = [...Map.groupBy(last, ({ productId }) => productId).values()].flat();
  for (let start = 0; start < ordered.length; start += size) {
    yield* pushSlice(requests, ordered.slice(start, start + size));
  }
}

async function* pushSlice(
  requests: Requests,
  slice: readonly Change[],
): AsyncGenerator<StockPriceResult[], void, undefined> {
  try {
    yield await pushOnce(requests, slice);
  } catch (error) {
    if (!(error instanceof PlatformError) || !isRefusal(error)) throw error;
    // What the app may not do at all is no better in smaller pieces.
    if (slice.length === 1 || error.status === 403) {
      yield slice.map((change) => ({ ...idsOf(change), outcome: 'refused' as const, refused: error }));
      return;
    }
    const middle = Math.ceil(slice.length / 2);
    yield* pushSlice(requests, slice.slice(0, middle));
    yield* pushSlice(requests, slice.slice(middle));
  }
}

async function pushOnce(requests: Requests, slice: readonly Change[]): Promise<StockPriceResult[]> {
  const body = toBody(slice);
  const answer = await withScope(STOCK_SCOPE, () =>
    requests.put(reply(), 'stock.push', '/products/stock-price', body, 'PATCH'),
  );
  const success = new Map(
    answer.flatMap((product) =>
      product.variants.map(({ id, success }) => [`${product.id}/${id}`, success] as const),
    ),
  );
  return slice.map((change) => {
    const ids = idsOf(change);
    const done = success.get(`${ids.productId}/${ids.variantId}`);
    if (done === undefined) return { ...ids, outcome: 'not-answered' };
    return { ...ids, outcome: done ? 'done' : 'refused' };
  });
}

/** The documented body: variants under their products. */
export function toBody(slice: readonly Change[]) {
  const products = new Map<number | string, { id: number | string; variants: object[] }>();
  for (const { productId, variantId, price, levels } of slice) {
    const product = products.get(productId) ?? { id: productId, variants: [] };
    product.variants.push({
      id: variantId,
      ...(price === undefined ? {} : { price }),
      ...(levels === undefined ? {} : { inventory_levels: levels.map(toLevel) }),
    });
    products.set(productId, product);
  }
  return [...products.values()];
}

function toLevel({ locationId, stock }: { locationId?: string | undefined; stock: number }) {
  return { ...(locationId === undefined ? {} : { location_id: locationId }), stock };
}

function idsOf(change: Change): { productId: string; variantId: string } {
  return { productId: String(change.productId), variantId: String(change.variantId) };
}
