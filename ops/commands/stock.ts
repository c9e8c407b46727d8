import { channelKey } from '../../functions/domain/stock/channel.ts';
import { targetOf } from '../../functions/domain/stock/display.ts';
import type { Drifted } from '../../functions/domain/stock/drift.ts';
import { linkOf } from '../../functions/domain/stock/links.ts';
import { hasMaster } from '../../functions/domain/stock/master.ts';
import { type Prices, priceTexts } from '../../functions/domain/stock/prices.ts';
import { units } from '../../functions/domain/stock/quantity.ts';
import { promiseOf, withBase } from '../../functions/domain/stock/sku.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import type { OperatorContext } from '../context.ts';
import { type Counted, readCounted } from '../counted-file.ts';
import { refuseMassZero } from '../mass-zero.ts';
import { OperatorError } from '../outputs.ts';
import { columns, DRY_RUN, print, printDryRun } from '../print.ts';
import { showing } from '../progress.ts';
import { shownText } from '../shown-text.ts';
import { moveText, presumedUnits, shownMove } from './stock-move.ts';

interface Shared {
  json: boolean;
}

export const nothingKnownOf = (sku: string): string =>
  `Nothing is known of "${sku}": neither an order nor the merchant's system has named it.`;

/** What is known of a SKU and what each channel shows. Answers 1 when nothing is known of it. */
export async function showStock(
  { stock }: { stock: Pick<OperatorContext['stock'], 'settings' | 'store'> },
  sku: string,
  { json }: Shared,
): Promise<number> {
  const { settings, store } = stock;
  const item = await store.get(sku);
  if (item === undefined) {
    print(json, { sku, known: false }, [nothingKnownOf(sku)]);
    return 1;
  }
  const bases = Object.entries(item.bases).map(([place, { quantity, asOf }]) => ({
    place,
    quantity: quantity === null ? null : units(quantity),
    asOf: isoTime(asOf),
  }));
  const claimed = Object.entries(item.claimed).map(([places, quantity]) => ({
    places,
    quantity: units(quantity),
  }));
  const moves = Object.values((await store.read(sku)).moves);
  const channels = settings.channels.map((channel) => {
    const key = channelKey(channel);
    const promise = promiseOf(item.bases, item.claimed, channel.sells);
    return {
      channel: key,
      product: linkOf(item.links, channel).state,
      promise: typeof promise === 'number' ? units(promise) : (promise ?? 'not known'),
      buffer: channel.buffer,
      target: targetOf(promise, channel) ?? 'not known',
      shown: shownText(item.shown[key]?.display, item.shown[key]?.unsure),
      presumed: presumedUnits(moves, channel),
      price: priceText(item.pricing?.charged[key]?.prices),
      dueAt: dueText([item.marks[key]?.dueAt, item.pricing?.marks[key]?.dueAt]),
      refused: item.rejected[key]?.reason ?? item.pricing?.rejected[key]?.reason ?? '',
      drift: driftText(item.drifted?.[key]),
    };
  });
  print(json, { sku, bases, claimed, moves: moves.map(shownMove), channels }, [
    ...bases.map((one) => `${one.place}: ${one.quantity ?? 'unlimited'} as of ${one.asOf}`),
    ...claimed.map((one) => `claimed from ${one.places}: ${one.quantity}`),
    ...moves.map(moveText),
    ...columns([
      [
        'CHANNEL',
        'PRODUCT',
        'PROMISE',
        'BUFFER',
        'TARGET',
        'SHOWN',
        'PRESUMED',
        'CHARGES',
        'TOLD AT',
        'REFUSED',
        'FOUND',
      ],
      ...channels.map((one) => Object.values(one).map(String)),
    ]),
  ]);
  return 0;
}

function priceText(prices: Prices | undefined): string {
  if (prices === undefined) return '';
  const { price, promotionalPrice } = priceTexts(prices);
  return [price, promotionalPrice]
    .flatMap((text) => text ?? [])
    .join(' / ')
    .concat(` ${prices.currency}`);
}

/** What the nightly comparison found. */
function driftText(drifted: Drifted | undefined): string {
  if (drifted === undefined) return '';
  const { seen, review, adopted, repairs } = drifted;
  const became =
    adopted !== undefined ? 'adopted' : review !== undefined ? 'needs review' : `told again ${repairs} times`;
  return `${shownText(seen, undefined)}, ${became}`;
}

function dueText(times: readonly (number | undefined)[]): string {
  const known = times.flatMap((time) => time ?? []);
  return known.length === 0 ? '' : isoTime(Math.min(...known));
}

/** How long an operator's word holds (ms). */
const RELEASED_MS = 15 * 60_000;

/** Lets many SKUs go to zero for a quarter of an hour. */
export async function releaseZeros(
  context: OperatorContext,
  { dryRun, json }: Shared & { dryRun: boolean },
): Promise<number> {
  const { zeros, clock } = context.stock;
  const until = clock.now() + RELEASED_MS;
  if (dryRun)
    return printDryRun(
      json,
      { until: isoTime(until) },
      `Numbers that were held as "mass-zero" would be taken until ${isoTime(until)}.`,
    );
  await context.audited('stock release', {}, async () => {
    await zeros.release(until);
    return {};
  });
  print(json, { until: isoTime(until) }, [
    `Numbers that were held as "mass-zero" are taken until ${isoTime(until)}. Have the merchant's system send them again.`,
  ]);
  return 0;
}

const AT_ONCE = 8;

/** Takes the numbers of a file as true now. Answers 1 when a newer one was known of any. @throws OperatorError where too many are zero */
export async function importStock(
  context: OperatorContext,
  file: string,
  { json, dryRun }: Shared & { dryRun: boolean },
): Promise<number> {
  const { stock } = context;
  const { settings, store, clock } = stock;
  if (hasMaster(settings.channels))
    throw new OperatorError(
      'A platform counts the stock of this merchant ("stock.master"). Change the numbers in its panel; the other channels follow.',
    );
  const counted = readCounted(file);
  const outcomes = { set: 0, unchanged: 0, stale: 0 };
  if (dryRun) return printCounted(counted, json);
  await refuseMassZero(stock, counted);
  await context.audited('stock import', { numbers: counted.length }, async () => {
    const asOf = clock.now();
    const bySku = Map.groupBy(counted, ({ sku }) => sku);
    const set = async ([sku, ofSku]: [string, Counted[]]) => {
      for (const { place, quantity } of ofSku) {
        let outcome: keyof typeof outcomes = 'unchanged';
        await store.update(sku, (known) => {
          const done = withBase(known, place, { quantity, asOf }, settings, clock.now());
          outcome = done.outcome;
          return done.sku;
        });
        outcomes[outcome] += 1;
      }
    };
    await showing(`${counted.length} numbers`, json, () => mapConcurrent(AT_ONCE, [...bySku], set));
    await stock.sendHints();
    return outcomes;
  });
  print(json, { numbers: counted.length, dryRun, ...outcomes }, [
    `${outcomes.set} numbers are set, ${outcomes.unchanged} were so already, ${outcomes.stale} are older than what is known.`,
  ]);
  return outcomes.stale === 0 ? 0 : 1;
}

/** The numbers as they were understood: 1.000 is one, and whoever meant a thousand sees it here. */
function printCounted(counted: readonly Counted[], json: boolean): number {
  const rows = counted.map(({ quantity, ...one }) => ({
    ...one,
    quantity: quantity === null ? 'unlimited' : units(quantity),
  }));
  print(json, { dryRun: true, numbers: rows.length, rows }, [
    ...columns([
      ['SKU', 'PLACE', 'QUANTITY'],
      ...rows.map((row) => [row.sku, row.place, String(row.quantity)]),
    ]),
    `${rows.length} numbers would be taken as true now.`,
    DRY_RUN,
  ]);
  return 0;
}
