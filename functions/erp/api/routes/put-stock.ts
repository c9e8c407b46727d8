import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { type Base, type BaseOutcome, baseOutcome } from '../../../domain/stock/base.ts';
import { ONLY_PLACE, placeName } from '../../../domain/stock/places.ts';
import { isCounted, MOST_UNITS, thousandths } from '../../../domain/stock/quantity.ts';
import { withBase } from '../../../domain/stock/sku.ts';
import { mapConcurrent } from '../../../pipeline/map-concurrent.ts';
import type { ApiContext, StockContext } from '../context.ts';
import { time } from '../fields.ts';
import { BODY_PROBLEMS, Problem } from '../problem.ts';
import { route } from '../route.ts';
import {
  AT_ONCE,
  MOST_ITEMS,
  ownStock,
  type Read,
  readItem,
  refuseWhereCounted,
  resultsOf,
  skuName,
  wrongItem,
} from './stock-context.ts';

const quantity = () =>
  z.number().min(-MOST_UNITS).max(MOST_UNITS).nullable().meta({
    description:
      'Units, or kilograms with up to three decimals; more of them are rounded down. Null is unlimited; 0 sells nothing, and no more does a number below it.',
  });

/** One item of the body. */
export const stockItem = lazily(() =>
  z.strictObject({
    sku: skuName(),
    place: placeName.default(ONLY_PLACE).meta({
      description: 'Where they lie, as the configuration names it; `main` when absent.',
    }),
    quantity: quantity(),
    asOf: time().meta({
      description: 'When the number was true, by your clock. An older one than is known changes nothing.',
    }),
  }),
);
type Item = z.output<ReturnType<typeof stockItem>>;

/** @param item what is known of each item */
export const stockBody = <I extends z.ZodType>(item: I) =>
  z.strictObject({
    items: z.array(item).min(1).max(MOST_ITEMS).meta({
      description:
        'Numbers. Each is judged by itself. What is not among them stays as it is: absent is not zero.',
    }),
    massZero: z.literal('confirmed').optional().meta({
      description: 'So many SKUs at zero are meant.',
    }),
  });

/**
 * `place-not-sold-from`: it is kept, and no channel of the configuration sells from the place. `rounded-down`: it has more
 * than three decimals, and is kept without them.
 */
const WARNINGS = ['place-not-sold-from', 'rounded-down'] as const;
const results = lazily(() => resultsOf({ place: z.string().optional() }, WARNINGS));

const NOT_SOLD_FROM = {
  code: 'place-not-sold-from',
  detail:
    'No channel sells from this place, so no buyer is shown any of it. The number is kept. Correct the place, or have a channel sell from it: "sells" in "stock.channels" of the configuration.',
} as const;

const ROUNDED_DOWN = {
  code: 'rounded-down',
  detail:
    'It has more than three decimals, and stock is counted in thousandths: it is taken rounded down. Send what is counted.',
} as const;

/** What whoever sent a number should know although it was kept. */
function warningsOf({ place, quantity }: Item, { settings: { channels } }: StockContext): object {
  const warnings = [
    ...(channels.some(({ sells }) => sells.includes(place)) ? [] : [NOT_SOLD_FROM]),
    ...(quantity === null || isCounted(quantity) ? [] : [ROUNDED_DOWN]),
  ];
  return warnings.length === 0 ? {} : { warnings };
}

export const putStock = route({
  operation: 'putStock',
  method: 'PUT',
  path: '/v1/stock',
  scopes: ['stock'],
  summary: 'Say how many there are',
  description:
    'Absolute numbers, each with the time at which it was true. Send them as you read them, before or after you booked an order: an order counts until a number is newer than `stockBookedAt` of its acknowledgement. Sending a number again changes nothing. A number of a place that no channel sells from is kept, and one with more than three decimals rounded down; `warnings` says so.',
  body: { schema: () => stockBody(z.unknown()), maxBytes: 512 * 1024 },
  answer: { status: 200, description: 'What became of each number.', schema: results },
  problems: [
    'request-invalid',
    ...BODY_PROBLEMS,
    'stock-off',
    'stock-not-owner',
    'stock-of-platform',
    'mass-zero',
  ],
  personal: false,
  async handle({ body: { items, massZero }, client, requestId }, context) {
    const stock = ownStock(context, client);
    refuseWhereCounted(stock);
    const read = items.map((item) => readItem(stockItem(), item, context.clock.now()));
    const none = newestOf(read).filter(isNone);
    if (massZero === undefined) await refuseMassZero(stock, none);
    else await stock.zeros.confirm(none.map(({ sku }) => sku));
    const answers: object[] = [];
    // Numbers of one SKU are written one after the other.
    const bySku = Map.groupBy(read.entries(), ([, one]) => ('item' in one ? one.item.sku : ''));
    await mapConcurrent(AT_ONCE, [...bySku.values()], async (ofSku) => {
      for (const [index, one] of ofSku)
        answers[index] = await answerTo(one, index, { stock, clock: context.clock, requestId });
    });
    await stock.sendHints();
    return { status: 200, body: { items: answers } };
  },
});

async function answerTo(
  one: Read<Item>,
  index: number,
  { stock, clock, requestId }: Pick<ApiContext, 'clock'> & { stock: StockContext; requestId: string },
): Promise<object> {
  if ('issues' in one) return wrongItem(one, { index, schema: stockItem(), requestId });
  const { sku, place } = one.item;
  const base = baseOf(one.item);
  let result: BaseOutcome = 'unchanged';
  await stock.store.update(sku, (known) => {
    const done = withBase(known, place, base, stock.settings, clock.now());
    result = done.outcome;
    return done.sku;
  });
  return { sku, place, result, ...warningsOf(one.item, stock) };
}

/** A number below zero, or one too small to be counted, sells no more than zero does. */
const isNone = ({ quantity }: Item): boolean => quantity !== null && thousandths(quantity) <= 0;

const baseOf = ({ quantity, asOf }: Item): Base => ({
  quantity: quantity === null ? null : thousandths(quantity),
  asOf: Date.parse(asOf),
});

/** Of each SKU and place the number that will stand. */
function newestOf(read: readonly Read<Item>[]): Item[] {
  const newest = new Map<string, Item>();
  for (const one of read) {
    if (!('item' in one)) continue;
    const name = `${one.item.place}#${one.item.sku}`;
    const known = newest.get(name);
    if (known === undefined || Date.parse(known.asOf) < Date.parse(one.item.asOf)) newest.set(name, one.item);
  }
  return [...newest.values()];
}

/** @throws Problem `mass-zero`, and then nothing of the call was kept */
async function refuseMassZero({ store, zeros }: StockContext, none: readonly Item[]): Promise<void> {
  const going = new Set<string>();
  await mapConcurrent(AT_ONCE, none, async (item) => {
    const before = (await store.get(item.sku))?.bases[item.place];
    const hadSome = before !== undefined && (before.quantity === null || before.quantity > 0);
    if (hadSome && baseOutcome(before, baseOf(item)) === 'set') going.add(item.sku);
  });
  if (await zeros.admit([...going], () => store.count())) return;
  throw new Problem('mass-zero', {
    detail:
      'More than 20 SKUs, and more than a fifth of all or 4,000, would go to zero within 15 minutes. Nothing of this call was kept. If it is meant, send it again with "massZero": "confirmed".',
  });
}
