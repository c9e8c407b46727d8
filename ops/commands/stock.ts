import { readFileSync } from 'node:fs';
import { channelKey } from '../../functions/domain/stock/channel.ts';
import { targetOf } from '../../functions/domain/stock/display.ts';
import type { Drifted } from '../../functions/domain/stock/drift.ts';
import { linkOf } from '../../functions/domain/stock/links.ts';
import { hasMaster } from '../../functions/domain/stock/master.ts';
import { ONLY_PLACE, placeName } from '../../functions/domain/stock/places.ts';
import { type Prices, priceTexts } from '../../functions/domain/stock/prices.ts';
import { MOST_UNITS, thousandths, units } from '../../functions/domain/stock/quantity.ts';
import { promiseOf, withBase } from '../../functions/domain/stock/sku.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import type { OperatorContext } from '../context.ts';
import { OperatorError } from '../outputs.ts';
import { columns, DRY_RUN, print, printDryRun } from '../print.ts';
import { shownText } from '../shown-text.ts';
import { moveText, presumedUnits, shownMove } from './stock-move.ts';

interface Shared {
  json: boolean;
}

/** What is known of a SKU and what each channel shows. Answers 1 when nothing is known of it. */
export async function showStock(
  { stock }: { stock: Pick<OperatorContext['stock'], 'settings' | 'store'> },
  sku: string,
  { json }: Shared,
): Promise<number> {
  const { settings, store } = stock;
  const item = await store.get(sku);
  if (item === undefined) {
    print(json, { sku, known: false }, [
      `Nothing is known of "${sku}": neither an order nor the merchant's system has named it.`,
    ]);
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

interface Counted {
  readonly sku: string;
  readonly place: string;
  /** Thousandths; null is unlimited. */
  readonly quantity: number | null;
}

const AT_ONCE = 8;

/** Takes the numbers of a file as true now. Answers 1 when a newer one was known of any. */
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
  if (!dryRun)
    await context.audited('stock import', { numbers: counted.length }, async () => {
      const asOf = clock.now();
      const bySku = Map.groupBy(counted, ({ sku }) => sku);
      await mapConcurrent(AT_ONCE, [...bySku], async ([sku, ofSku]) => {
        for (const { place, quantity } of ofSku) {
          let outcome: keyof typeof outcomes = 'unchanged';
          await store.update(sku, (known) => {
            const done = withBase(known, place, { quantity, asOf }, settings, clock.now());
            outcome = done.outcome;
            return done.sku;
          });
          outcomes[outcome] += 1;
        }
      });
      await stock.sendHints();
      return outcomes;
    });
  print(json, { numbers: counted.length, dryRun, ...outcomes }, [
    ...(dryRun
      ? [`${counted.length} numbers would be taken as true now.`, DRY_RUN]
      : [
          `${outcomes.set} numbers are set, ${outcomes.unchanged} were so already, ${outcomes.stale} are older than what is known.`,
        ]),
  ]);
  return outcomes.stale === 0 ? 0 : 1;
}

/** @throws OperatorError naming the line that cannot be read; nothing was changed then */
function readCounted(file: string): Counted[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new OperatorError(
      `${file} cannot be read. Name a CSV file with the columns sku, quantity and, if needed, place.`,
    );
  }
  const [header = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const columnsOf = (line: string) => line.split(/[,;]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  const names = columnsOf(header.toLowerCase());
  const [sku, quantity, place] = ['sku', 'quantity', 'place'].map((name) => names.indexOf(name));
  if (sku === undefined || quantity === undefined || sku < 0 || quantity < 0)
    throw new OperatorError(`The first line of ${file} must name the columns "sku" and "quantity".`);
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const cells = columnsOf(line);
    const read = readLine(cells[sku], cells[quantity], place === undefined ? undefined : cells[place]);
    if (read !== undefined) return [read];
    throw new OperatorError(
      `Line ${index + 2} of ${file} cannot be read: it needs a SKU and a number such as 12 or 4.375, or "unlimited". Nothing was changed.`,
    );
  });
}

function readLine(sku = '', quantity = '', place = ''): Counted | undefined {
  const where = place === '' ? ONLY_PLACE : place;
  if (sku === '' || sku.length > 128 || !placeName.safeParse(where).success) return undefined;
  if (quantity === 'unlimited') return { sku, place: where, quantity: null };
  const number = Number(quantity);
  if (!/^-?\d+(\.\d{1,3})?$/.test(quantity) || Math.abs(number) > MOST_UNITS) return undefined;
  return { sku, place: where, quantity: thousandths(number) };
}
