import * as z from 'zod';
import { lazily } from '../lazily.ts';
import { type EpochMs, epochMs } from '../time.ts';
import { channelKey, ofChannels, type StockChannel } from './channel.ts';
import { type Links, linkOf } from './links.ts';
import {
  isNoPromotion,
  PRICE_FIELDS,
  type PriceField,
  type Prices,
  pricesSchema,
  samePrices,
} from './prices.ts';
import { ASK_AGAIN_MS, type Mark, markSchema } from './settling.ts';

/** What a SKU is to cost wherever no platform has prices of its own. No platform has this name. */
export const EVERYWHERE = '*';

/** Everything that is known of what a SKU is to cost. */
export const pricingSchema = lazily(() =>
  z.object({
    /** By platform, or {@link EVERYWHERE}. `asOf`: epoch ms, by the clock of whoever says it. */
    wanted: z.record(z.string(), z.object({ prices: pricesSchema(), asOf: epochMs() })),
    /** By channel: what its platform last took of us. Nothing where nobody knows. */
    charged: z.record(z.string(), z.object({ prices: pricesSchema(), at: epochMs() })),
    marks: z.record(z.string(), markSchema()),
    /** By channel: what its platform refused. */
    rejected: z.record(z.string(), z.object({ prices: pricesSchema(), at: epochMs(), reason: z.string() })),
  }),
);
export type Pricing = z.infer<ReturnType<typeof pricingSchema>>;

const NOTHING: Pricing = { wanted: {}, charged: {}, marks: {}, rejected: {} };

export interface PriceRules {
  readonly channels: readonly StockChannel[];
}

/**
 * What is wanted of a platform: its own prices, and what they leave open as it is everywhere. A promotion of everywhere is one of
 * that price, and not of another one.
 */
function wantedAt({ wanted }: Pick<Pricing, 'wanted'>, platform: string): Prices | undefined {
  const [own, others] = [platform, EVERYWHERE].map((where) => wanted[where]?.prices);
  if (own === undefined || others === undefined || own.currency !== others.currency) return own ?? others;
  return own.price === undefined ? { ...others, ...own } : own;
}

/** Whether a platform would be told a promotion that is none, once prices were wanted there or everywhere. */
export const hasNoPromotion = (pricing: Pick<Pricing, 'wanted'>, where: string): boolean =>
  (where === EVERYWHERE ? Object.keys(pricing.wanted) : [where]).some((platform) =>
    isNoPromotion(wantedAt(pricing, platform)),
  );

/** What a channel should charge: of what is wanted, as much as its platform can be told; undefined where that is nothing. */
export function chargedBy(
  pricing: Pick<Pricing, 'wanted'>,
  { platform, charges = [] }: StockChannel,
): Prices | undefined {
  const prices = wantedAt(pricing, platform);
  const fields = PRICE_FIELDS.filter((field) => charges.includes(field) && prices?.[field] !== undefined);
  if (prices === undefined || fields.length === 0) return undefined;
  return { currency: prices.currency, ...Object.fromEntries(fields.map((field) => [field, prices[field]])) };
}

/** Whether somebody can be told any of these fields of prices that are wanted there: a platform, or {@link EVERYWHERE}. */
export const canBeTold = (
  channels: readonly StockChannel[],
  where: string,
  fields: readonly PriceField[],
): boolean =>
  channels.some(
    ({ platform, charges = [] }) =>
      (where === EVERYWHERE || where === platform) && fields.some((field) => charges.includes(field)),
  );

/**
 * The pricing with the marks that its channels need now, and nothing of others. Prices are told at once. Platforms are told bare
 * numbers, so those in another currency than the product's are told to nobody: that stands as refused.
 */
export function pricesMarked(
  pricing: Pricing | undefined,
  links: Links,
  { channels }: PriceRules,
  now: EpochMs,
): Pricing | undefined {
  if (pricing === undefined) return undefined;
  const marks: Record<string, Mark> = {};
  const rejected = ofChannels(channels, pricing.rejected);
  for (const channel of channels) {
    const wanted = chargedBy(pricing, channel);
    const linked = linkOf(links, channel);
    if (wanted === undefined || linked.state !== 'linked') continue;
    const key = channelKey(channel);
    const charged = pricing.charged[key];
    const refused = pricing.rejected[key];
    const { currency = wanted.currency } = linked.link;
    if (currency !== wanted.currency) {
      const reason = `The product is sold in ${currency}, and these prices are in ${wanted.currency}. Send prices of this platform with "platform".`;
      const isKnown = refused?.reason === reason && samePrices(refused.prices, wanted);
      rejected[key] = isKnown ? refused : { prices: wanted, at: now, reason };
      continue;
    }
    if (charged !== undefined && samePrices(charged.prices, wanted)) {
      // What was refused is not wanted any more, and nothing was told since that a job might still refuse.
      if (refused !== undefined && charged.at < refused.at && !samePrices(refused.prices, wanted))
        delete rejected[key];
      continue;
    }
    const since = pricing.marks[key]?.since ?? now;
    const dueAt =
      refused !== undefined && samePrices(refused.prices, wanted)
        ? refused.at + ASK_AGAIN_MS
        : Math.min(now, pricing.marks[key]?.dueAt ?? now);
    marks[key] = { since, dueAt };
  }
  return { ...pricing, charged: ofChannels(channels, pricing.charged), rejected, marks };
}

/** `stale`: newer ones are known. `unchanged`: these are. */
export type PriceOutcome = 'set' | 'unchanged' | 'stale';

/** Somebody says what a SKU is to cost; where is a platform, or {@link EVERYWHERE}. */
export function withWanted(
  known: Pricing | undefined,
  where: string,
  { prices, asOf }: { prices: Prices; asOf: EpochMs },
): { pricing: Pricing; outcome: PriceOutcome } {
  const pricing = known ?? NOTHING;
  const before = pricing.wanted[where];
  if (before !== undefined && asOf <= before.asOf) {
    const isSame = asOf === before.asOf && samePrices(before.prices, prices);
    return { pricing, outcome: isSame ? 'unchanged' : 'stale' };
  }
  return {
    pricing: { ...pricing, wanted: { ...pricing.wanted, [where]: { prices, asOf } } },
    outcome: 'set',
  };
}

/** What became of telling a channel its prices; nobody knows where `outcome` is `unsure`. */
export type PriceAnswer =
  | { readonly outcome: 'taken' | 'unsure' }
  | { readonly outcome: 'refused'; readonly reason: string };

export function pricesAnswered(
  pricing: Pricing,
  channel: string,
  { prices, at, answer }: { prices: Prices; at: EpochMs; answer: PriceAnswer },
): Pricing {
  if (answer.outcome === 'refused')
    return {
      ...pricing,
      rejected: { ...pricing.rejected, [channel]: { prices, at, reason: answer.reason } },
    };
  const { [channel]: _, ...charged } = pricing.charged;
  if (answer.outcome === 'unsure') return { ...pricing, charged };
  const { [channel]: __, ...rejected } = pricing.rejected;
  return { ...pricing, charged: { ...charged, [channel]: { prices, at } }, rejected };
}
