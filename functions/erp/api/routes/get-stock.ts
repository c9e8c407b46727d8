import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { channelKey, type StockChannel } from '../../../domain/stock/channel.ts';
import { displaySchema, targetOf } from '../../../domain/stock/display.ts';
import type { Drifted } from '../../../domain/stock/drift.ts';
import { linkOf } from '../../../domain/stock/links.ts';
import { hasMaster } from '../../../domain/stock/master.ts';
import type { Move } from '../../../domain/stock/move.ts';
import { placesOfKey } from '../../../domain/stock/places.ts';
import { type Prices, priceTexts } from '../../../domain/stock/prices.ts';
import { EVERYWHERE, type Pricing } from '../../../domain/stock/pricing.ts';
import { units } from '../../../domain/stock/quantity.ts';
import { promiseOf } from '../../../domain/stock/sku.ts';
import { UNLINKED } from '../../../domain/stock/unlinked.ts';
import { isoTime } from '../../../domain/time.ts';
import type { StockItem } from '../../../storage/stock-item.ts';
import { Problem } from '../problem.ts';
import { route } from '../route.ts';
import { skuName, stockOf } from './stock-context.ts';

const amount = () => z.number().nullable().meta({ description: 'Units or kilograms; null is unlimited.' });

const priceTextsView = () => ({
  currency: z.string(),
  price: z.string().optional(),
  promotionalPrice: z.string().nullable().optional(),
  cost: z.string().optional(),
});

const stockView = lazily(() =>
  z.object({
    sku: z.string(),
    changedAt: z.string(),
    /**
     * `no-product`: no channel has a product with the SKU. `not-counted`: orders take it, and you never said how many there are.
     * Looked for once a day.
     */
    unlinked: z.enum(UNLINKED).optional(),
    /** What your system last said, by place. */
    bases: z.array(z.object({ place: z.string(), quantity: amount(), asOf: z.string() })),
    /** What orders took that those numbers do not have yet. Of several places: it may be taken from any of them. */
    claimed: z.array(z.object({ places: z.array(z.string()), quantity: z.number() })),
    /** Where a platform counts: what was sold elsewhere and is still to be taken from its number, or given back. */
    moves: z.array(
      z.object({
        order: z.string(),
        line: z.string(),
        place: z.string(),
        /** Units that the line takes, and what was really taken for it so far. */
        quantity: z.int(),
        taken: z.int(),
        /** `in-doubt`: nobody can tell whether the platform changed its number, and a person has to say. */
        state: z.enum(['wanted', 'running', 'applied', 'in-doubt']),
        /** Why the platform refused it, in its own words where it has any. */
        reason: z.string().optional(),
      }),
    ),
    /** What it is to cost; without `platform`: where a platform has no prices of its own. */
    prices: z.array(z.object({ platform: z.string().optional(), ...priceTextsView(), asOf: z.string() })),
    channels: z.array(
      z.object({
        platform: z.string(),
        storeId: z.string(),
        outletId: z.string().optional(),
        locationId: z.string().optional(),
        sells: z.array(z.string()),
        buffer: z.int(),
        /** Its platform counts the goods: it is told nothing, and the others follow its number. */
        isMaster: z.literal(true).optional(),
        /** `ambiguous`: several products have the SKU, and none is touched. */
        product: z.enum(['linked', 'ambiguous', 'unlinked']),
        /** What the places have less what is claimed; less than nothing once too many were sold. Absent before your first number. */
        promise: amount().optional(),
        /** What buyers may be shown. */
        target: amount().optional(),
        /** What the platform last took of us. */
        shown: z
          .object({ display: displaySchema(), since: z.string(), unsure: z.literal(true).optional() })
          .optional(),
        /** What the platform refused to show, and why, in its own words where it has any. */
        rejected: z.object({ display: displaySchema(), at: z.string(), reason: z.string() }).optional(),
        /**
         * What the channel was found to show when it was compared last, where it was something else than it was told. `repaired`: it
         * was told again. `adopted`: it is the number now. `review`: a person has to look.
         */
        drifted: z
          .object({
            display: displaySchema(),
            since: z.string(),
            outcome: z.enum(['reported', 'repaired', 'adopted', 'review']),
          })
          .optional(),
        /** What the platform last took of your prices. */
        charges: z.object({ ...priceTextsView(), since: z.string() }).optional(),
        /** Prices that the platform refused, and why. */
        pricesRejected: z.object({ ...priceTextsView(), at: z.string(), reason: z.string() }).optional(),
        /** From when on the platform is told something else. */
        dueAt: z.string().optional(),
      }),
    ),
  }),
);
type StockView = z.infer<ReturnType<typeof stockView>>;

export const getStock = route({
  operation: 'getStock',
  method: 'GET',
  path: '/v1/stock',
  scopes: ['stock'],
  summary: 'What is known of a SKU, and what each channel shows',
  query: () => z.strictObject({ sku: skuName() }),
  answer: { status: 200, description: 'The SKU.', schema: stockView },
  problems: ['request-invalid', 'stock-off', 'sku-unknown'],
  personal: false,
  async handle({ query: { sku } }, context) {
    const { settings, store } = stockOf(context);
    const item = await store.get(sku);
    if (item === undefined)
      throw new Problem('sku-unknown', {
        detail: 'Neither your system nor an order has named this SKU. Look at how it is written.',
      });
    const { moves } = hasMaster(settings.channels) ? await store.read(sku) : { moves: {} };
    return { status: 200, body: viewOf(item, Object.values(moves), settings.channels) };
  },
});

/** What only a look found made is kept for a day, and done. */
const stillOpen = (moves: readonly Move[]) => moves.filter(({ state }) => state !== 'applied');

function viewOf(item: StockItem, moves: readonly Move[], channels: readonly StockChannel[]): StockView {
  return {
    sku: item.sku,
    changedAt: item.changedAt,
    ...(item.unlinked === undefined ? {} : { unlinked: item.unlinked }),
    bases: Object.entries(item.bases).map(([place, { quantity, asOf }]) => ({
      place,
      quantity: quantity === null ? null : units(quantity),
      asOf: isoTime(asOf),
    })),
    claimed: Object.entries(item.claimed).map(([key, quantity]) => ({
      places: placesOfKey(key),
      quantity: units(quantity),
    })),
    moves: stillOpen(moves).map(({ order, line, place, wanted, taken, state, refused }) => ({
      order,
      line,
      place,
      quantity: wanted,
      taken,
      state,
      ...(refused === undefined ? {} : { reason: refused.reason }),
    })),
    prices: Object.entries(item.pricing?.wanted ?? {}).map(([platform, { prices, asOf }]) => ({
      ...(platform === EVERYWHERE ? {} : { platform }),
      ...textsOf(prices),
      asOf: isoTime(asOf),
    })),
    channels: channels.map((channel) => channelOf(item, channel)),
  };
}

const textsOf = (prices: Prices) => ({ currency: prices.currency, ...priceTexts(prices) });

function channelOf(item: StockItem, channel: StockChannel): StockView['channels'][number] {
  const { platform, storeId, outletId, locationId, sells, buffer, isMaster } = channel;
  const key = channelKey(channel);
  const promise = promiseOf(item.bases, item.claimed, sells);
  const target = targetOf(promise, channel);
  const shown = item.shown[key];
  const rejected = item.rejected[key];
  const dues = [item.marks[key], item.pricing?.marks[key]].flatMap((mark) => mark?.dueAt ?? []);
  return {
    platform,
    storeId,
    ...(outletId === undefined ? {} : { outletId }),
    ...(locationId === undefined ? {} : { locationId }),
    sells: [...sells],
    buffer,
    ...(isMaster === undefined ? {} : { isMaster }),
    product: linkOf(item.links, channel).state,
    ...(promise === undefined ? {} : { promise: promise === 'unlimited' ? null : units(promise) }),
    ...(target === undefined ? {} : { target: target === 'unlimited' ? null : target }),
    ...(shown === undefined
      ? {}
      : {
          shown: {
            display: shown.display,
            since: isoTime(shown.to),
            ...(shown.unsure === undefined ? {} : { unsure: shown.unsure }),
          },
        }),
    ...(rejected === undefined ? {} : { rejected: { ...rejected, at: isoTime(rejected.at) } }),
    ...driftOf(item.drifted?.[key]),
    ...pricesOf(item.pricing, key),
    ...(dues.length === 0 ? {} : { dueAt: isoTime(Math.min(...dues)) }),
  };
}

function driftOf(drifted: Drifted | undefined): Partial<StockView['channels'][number]> {
  if (drifted === undefined) return {};
  const { seen, at, repairs, review, adopted } = drifted;
  const became = adopted !== undefined ? 'adopted' : repairs > 0 ? 'repaired' : 'reported';
  return {
    drifted: { display: seen, since: isoTime(at), outcome: review === undefined ? became : 'review' },
  };
}

function pricesOf(pricing: Pricing | undefined, key: string): Partial<StockView['channels'][number]> {
  const [charged, rejected] = [pricing?.charged[key], pricing?.rejected[key]];
  return {
    ...(charged === undefined ? {} : { charges: { ...textsOf(charged.prices), since: isoTime(charged.at) } }),
    ...(rejected === undefined
      ? {}
      : {
          pricesRejected: {
            ...textsOf(rejected.prices),
            at: isoTime(rejected.at),
            reason: rejected.reason,
          },
        }),
  };
}
