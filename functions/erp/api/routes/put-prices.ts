import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { PRICE_FIELDS, type PriceProblem, type PriceTexts } from '../../../domain/stock/prices.ts';
import { canBeTold, EVERYWHERE } from '../../../domain/stock/pricing.ts';
import { withPricing } from '../../../domain/stock/sku.ts';
import { mapConcurrent } from '../../../pipeline/map-concurrent.ts';
import type { ApiContext, StockContext } from '../context.ts';
import { time } from '../fields.ts';
import { BODY_PROBLEMS } from '../problem.ts';
import { route } from '../route.ts';
import { judged, PRICE_DETAILS } from './judge-prices.ts';
import { pricesSeen } from './prices-seen.ts';
import {
  AT_ONCE,
  MOST_ITEMS,
  ownStock,
  type Read,
  readItem,
  refusedItem,
  resultsOf,
  skuName,
  wrongItem,
} from './stock-context.ts';

const amount = (description: string) => z.string().max(24).meta({ description });

/** One item of the body. */
export const priceItem = lazily(() =>
  z.strictObject({
    sku: skuName(),
    platform: z.string().min(1).max(64).optional().meta({
      description:
        'Whose prices they are; absent where they hold on every platform that has none of its own.',
    }),
    currency: z.string().regex(/^[A-Z]{3}$/),
    price: amount('Decimal text, such as `"1234.50"`.').optional(),
    promotionalPrice: amount('What is charged while it is set; lower than `price`. Null ends the promotion.')
      .nullable()
      .optional(),
    cost: amount('What it costs the merchant. No buyer sees it.').optional(),
    asOf: time().meta({
      description: 'When the prices were so, by your clock. Older ones than are known change nothing.',
    }),
    confirm: z.literal('factor').optional().meta({
      description: 'A change by more than ten times is meant.',
    }),
  }),
);
type Item = z.output<ReturnType<typeof priceItem>>;

/** @param item what is known of each item */
export const pricesBody = <I extends z.ZodType>(item: I) =>
  z.strictObject({
    items: z.array(item).min(1).max(MOST_ITEMS).meta({
      description: 'Prices. Each item is judged by itself. What an item does not name stays as it is.',
    }),
  });

/** `told-nowhere`: it is kept, and no platform that it is for can be told any of it. */
const WARNINGS = ['told-nowhere'] as const;
const results = lazily(() => resultsOf({ platform: z.string().optional() }, WARNINGS));

const TOLD_NOWHERE = {
  code: 'told-nowhere',
  detail:
    'No platform that these prices are for can be told any of them, so they show nowhere. They are kept. docs/stock.md says which prices a platform takes; "stock.channels" of the configuration names the stores that are told.',
} as const;

/** What whoever sent prices should know although they were kept. What was left out stays, so nothing is missed of it. */
function warningsOf(said: PriceTexts, where: string, { settings: { channels } }: StockContext): object {
  const fields = PRICE_FIELDS.filter((field) => said[field] !== undefined);
  return fields.length === 0 || canBeTold(channels, where, fields) ? {} : { warnings: [TOLD_NOWHERE] };
}

export const putPrices = route({
  operation: 'putPrices',
  method: 'PUT',
  path: '/v1/prices',
  scopes: ['stock'],
  summary: 'Say what things cost',
  description:
    'The prices of SKUs, each with the time at which it was so. Sending them again changes nothing. What is not positive, a promotion that is not lower, and a change by more than ten times without `confirm` are refused. A platform is told what it can show: some have one price only, and where an item names nothing that can be told, it is kept and `warnings` says so.',
  body: { schema: () => pricesBody(z.unknown()), maxBytes: 512 * 1024 },
  answer: { status: 200, description: 'What became of each item.', schema: results },
  problems: ['request-invalid', ...BODY_PROBLEMS, 'stock-off', 'stock-not-owner'],
  personal: false,
  async handle({ body: { items }, client, requestId }, context) {
    const stock = ownStock(context, client);
    const read = items.map((item) => readItem(priceItem(), item, context.clock.now()));
    const answers: object[] = [];
    // Prices of one SKU are written one after the other.
    const bySku = Map.groupBy(read.entries(), ([, one]) => ('item' in one ? one.item.sku : ''));
    await mapConcurrent(AT_ONCE, [...bySku.values()], async (ofSku) => {
      for (const [index, one] of ofSku)
        answers[index] = await answerTo(one, index, { context, stock, requestId });
      // What was wrong beside what the others of the SKU were may be right beside what they are now.
      for (const [index, one] of ofSku.length > 1 ? ofSku : [])
        if ('error' in (answers[index] ?? {}) && 'item' in one)
          answers[index] = await answerTo(one, index, { context, stock, requestId });
    });
    await stock.sendHints();
    return { status: 200, body: { items: answers } };
  },
});

async function answerTo(
  one: Read<Item>,
  index: number,
  {
    context: { clock, products, stores },
    stock,
    requestId,
  }: {
    context: Pick<ApiContext, 'clock' | 'products' | 'stores'>;
    stock: StockContext;
    requestId: string;
  },
): Promise<object> {
  if ('issues' in one) return wrongItem(one, { index, schema: priceItem(), requestId });
  const { sku, platform, currency, asOf, confirm, ...said } = one.item;
  const echo = { sku, ...(platform === undefined ? {} : { platform }) };
  const pointer = `/body/items/${index}`;
  if (platform !== undefined && !stores.some((store) => store.platform === platform)) {
    const detail = 'The merchant has no store at this platform.';
    return {
      ...echo,
      ...refusedItem([{ pointer: `${pointer}/platform`, code: 'not-allowed', detail }], requestId),
    };
  }
  const where = platform ?? EVERYWHERE;
  const item = await stock.store.get(sku);
  const seen = await pricesSeen(products, item, { where, currency, settings: stock.settings });
  const wanted = { said, seen, currency, asOf: Date.parse(asOf), confirmed: confirm !== undefined };
  // A SKU of which only refused prices were ever heard is not kept.
  let outcome = judged(item?.pricing, where, wanted);
  if (outcome.result === 'set')
    await stock.store.update(sku, (known) => {
      outcome = judged(known.pricing, where, wanted);
      if (outcome.result !== 'set') return known;
      return withPricing(known, outcome.pricing, stock.settings, clock.now());
    });
  if (outcome.result === 'refused') return { ...echo, ...refused(outcome.problems, pointer, requestId) };
  return { ...echo, result: outcome.result, ...warningsOf(said, where, stock) };
}

const refused = (problems: readonly PriceProblem[], pointer: string, requestId: string): object =>
  refusedItem(
    problems.map(({ field, code }) => ({
      pointer: `${pointer}/${field}`,
      code,
      detail: PRICE_DETAILS[code],
    })),
    requestId,
  );
