import * as z from 'zod';
import { PlatformError } from '../../../http/errors.ts';
import { idSchema } from '../ids.ts';
import { price, ulid, wireId } from './fields.ts';
import { checked } from './read.ts';
import type { Requests } from './requests.ts';

/** The price and stock that one variant shall have. Stock without a location is that of the first one. */
export const stockPriceChange = z.strictObject({
  productId: wireId,
  variantId: wireId,
  /** Decimal; sent as a number, as documented. */
  price: price.transform(Number).optional(),
  levels: z
    .array(z.strictObject({ locationId: ulid.optional(), stock: z.number().int().min(0) }))
    .min(1)
    .optional(),
});
export type StockPriceChange = z.input<typeof stockPriceChange>;
type Change = z.output<typeof stockPriceChange>;

/** What became of one variant. `not-answered`: the platform took the call and did not mention the variant. */
export interface StockPriceResult {
  productId: string;
  variantId: string;
  outcome: 'done' | 'refused' | 'not-answered';
  reason?: string;
}

/** Variants a call may name, over all its products; one more and the whole call is refused (reference, product page). */
export const MAX_PER_CALL = 50;

const reply = z.array(
  z.looseObject({
    id: idSchema,
    variants: z.array(z.looseObject({ id: idSchema, success: z.boolean() })),
  }),
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
  const read = checked(z.array(stockPriceChange), 'stock.push', changes);
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
    if (!(error instanceof PlatformError) || (error.kind !== 'refused' && error.kind !== 'not-found'))
      throw error;
    if (slice.length === 1) {
      const reason = error.detail ?? `HTTP ${error.status ?? ''}`;
      yield slice.map((change) => ({ ...idsOf(change), outcome: 'refused' as const, reason }));
      return;
    }
    const middle = Math.ceil(slice.length / 2);
    yield* pushSlice(requests, slice.slice(0, middle));
    yield* pushSlice(requests, slice.slice(middle));
  }
}

async function pushOnce(requests: Requests, slice: readonly Change[]): Promise<StockPriceResult[]> {
  const body = toBody(slice);
  const answer = await requests.put(reply, 'stock.push', '/products/stock-price', body, 'PATCH');
  const success = new Map(
    answer.flatMap((product) =>
      product.variants.map(({ id, success }) => [`${product.id}/${id}`, success] as const),
    ),
  );
  return slice.map((change) => {
    const ids = idsOf(change);
    const done = success.get(`${ids.productId}/${ids.variantId}`);
    if (done === undefined) return { ...ids, outcome: 'not-answered' };
    return done
      ? { ...ids, outcome: 'done' }
      : { ...ids, outcome: 'refused', reason: 'The platform says success: false.' };
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
