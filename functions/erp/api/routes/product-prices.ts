import type { ErpProductKey } from '../../../domain/erp-product.ts';
import {
  type ErpProductInput,
  type ErpVariant,
  groupHashes,
  shortHash,
  type WantedProduct,
} from '../../../domain/product-input.ts';
import { newPrices, type PriceProblem, samePrices } from '../../../domain/stock/prices.ts';
import { withPricing } from '../../../domain/stock/sku.ts';
import { mapConcurrent } from '../../../pipeline/map-concurrent.ts';
import type { Client } from '../../tokens.ts';
import type { ApiContext, StockContext } from '../context.ts';
import { type FieldProblem, Problem } from '../problem.ts';
import { judged, PRICE_DETAILS } from './judge-prices.ts';
import { pricesOf, pricesSeen } from './prices-seen.ts';
import { AT_ONCE, ownStock } from './stock-context.ts';

type Context = Pick<ApiContext, 'stock' | 'products' | 'productPrices' | 'clock'>;

interface About {
  readonly key: ErpProductKey;
  readonly body: ErpProductInput;
  readonly client: Client;
}

/** Prices of a product that are not as they were handed on last; nothing was written yet. */
export interface ChangedPrices {
  /** SKUs whose prices differ from those that are wanted of the platform now. */
  readonly count: number;
  /** Makes them those that are wanted, as `PUT /v1/prices` does. @returns how many SKUs that changed */
  handOn(): Promise<number>;
}

/**
 * Prices of the product's SKUs, as `PUT /v1/prices` would judge them. Undefined where they were handed on before: then nobody
 * looks at a SKU.
 *
 * @throws Problem `stock-not-owner`, or `request-invalid` with a pointer to each wrong price
 */
export async function changedPrices(
  context: Context,
  { key, body, client }: About,
): Promise<ChangedPrices | undefined> {
  const { currency, variants } = body;
  const priced = [...variants.entries()].filter(([, one]) => hasPrices(one));
  if (currency === undefined || priced.length === 0) return undefined;
  const stock = ownStock(context, client);
  const hash = shortHash({ currency, prices: priced.map(([, one]) => ({ sku: one.sku, ...saidOf(one) })) });
  if ((await context.productPrices.of(key)) === hash) return undefined;
  const errors: FieldProblem[] = [];
  const changed: Change[] = [];
  await mapConcurrent(AT_ONCE, priced, async ([index, one]) => {
    const change = {
      where: key.platform,
      currency,
      said: saidOf(one),
      confirmed: body.confirm !== undefined,
    };
    const outcome = await judgedNow(context, stock, one.sku.trim(), change);
    if (outcome.result === 'refused') errors.push(...problemsAt(index, outcome.problems));
    else if (outcome.result === 'changed') changed.push({ sku: one.sku.trim(), ...change });
  });
  refuseWrong(errors);
  return {
    count: changed.length,
    async handOn() {
      let written = 0;
      // Whoever is cut off may have written some: those before are not what stands there, and have to be handed on again.
      if (changed.length > 0) await context.productPrices.set(key, '');
      await mapConcurrent(AT_ONCE, changed, async (change) => {
        if (await write(context, stock, change)) written += 1;
      });
      // A price that somebody else's had made one to be confirmed is looked at, and named, when the product is sent again.
      if (written === changed.length) await context.productPrices.set(key, hash);
      if (written > 0) await stock.sendHints();
      return written;
    },
  };
}

/**
 * Looks at the prices of a product to which nobody else tells any: they go out with the product, and are judged as those of
 * `PUT /v1/prices` are, beside what the product that it is linked to costs.
 *
 * @throws Problem `request-invalid` with a pointer to each wrong price
 */
export async function refuseOwnPrices(
  { products, writtenProduct }: Pick<ApiContext, 'products' | 'writtenProduct'>,
  { key, wanted }: { key: ErpProductKey; wanted: WantedProduct },
): Promise<void> {
  const { currency, confirm, variants } = wanted.product;
  if (currency === undefined || !variants.some(hasPrices)) return;
  const { productId: platformProductId, reached } = await writtenProduct(key);
  if (reached.prices !== undefined && reached.prices === groupHashes(wanted).prices) return;
  const row = platformProductId === undefined ? undefined : await products.get({ ...key, platformProductId });
  const there = new Map(row?.product?.variants.map((one) => [one.sku, one]));
  refuseWrong(
    variants.flatMap((one, index) => {
      const seen = pricesOf(there.get(one.sku.trim()));
      const said = { said: saidOf(one), seen, before: undefined, currency, confirmed: confirm !== undefined };
      const read = newPrices(said);
      return hasPrices(one) && !read.ok ? problemsAt(index, read.problems) : [];
    }),
  );
}

const problemsAt = (index: number, problems: readonly PriceProblem[]): FieldProblem[] =>
  problems.map(({ field, code }) => ({
    pointer: field === 'currency' ? '/body/currency' : `/body/variants/${index}/${field}`,
    code,
    detail: PRICE_DETAILS[code],
  }));

const MOST_ERRORS = 50;

function refuseWrong(errors: readonly FieldProblem[]): void {
  if (errors.length === 0) return;
  throw new Problem('request-invalid', {
    detail: 'Prices of the product are wrong; "errors" points to each. Nothing was done.',
    errors: errors.slice(0, MOST_ERRORS),
  });
}

interface Said {
  /** The platform. */
  readonly where: string;
  readonly currency: string;
  readonly said: ReturnType<typeof saidOf>;
  readonly confirmed: boolean;
}
interface Change extends Said {
  readonly sku: string;
}

const saidOf = ({ price, promotionalPrice, cost }: ErpVariant) => ({ price, promotionalPrice, cost });
const hasPrices = (one: ErpVariant): boolean => Object.values(saidOf(one)).some((said) => said !== undefined);

async function judgedNow(context: Context, stock: StockContext, sku: string, change: Said) {
  const item = await stock.store.get(sku);
  const { where, currency } = change;
  const seen = await pricesSeen(context.products, item, { where, currency, settings: stock.settings });
  const outcome = outcomeOf(item?.pricing, change, seen, context.clock.now());
  if (outcome.result === 'refused') return outcome;
  const before = item?.pricing?.wanted[change.where]?.prices;
  const after = outcome.result === 'set' ? outcome.pricing.wanted[change.where]?.prices : before;
  return { result: samePrices(before, after) ? ('same' as const) : ('changed' as const) };
}

/** The prices come with the product, so they are the newest whatever the clock of whoever sent the ones before. */
function outcomeOf(
  pricing: Parameters<typeof judged>[0],
  { where, ...change }: Said,
  seen: Awaited<ReturnType<typeof pricesSeen>>,
  now: number,
) {
  const asOf = Math.max(now, (pricing?.wanted[where]?.asOf ?? 0) + 1);
  return judged(pricing, where, { ...change, seen, asOf });
}

/** False where the price may not be written any more: somebody wrote another one since it was judged. */
async function write(context: Context, stock: StockContext, { sku, ...change }: Change): Promise<boolean> {
  let isWritten = false;
  await stock.store.update(sku, (known) => {
    const outcome = outcomeOf(known.pricing, change, [], context.clock.now());
    isWritten = outcome.result === 'set';
    if (outcome.result !== 'set') return known;
    return withPricing(known, outcome.pricing, stock.settings, context.clock.now());
  });
  return isWritten;
}
