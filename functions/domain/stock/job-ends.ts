import type { EpochMs } from '../time.ts';
import { type Display, sameDisplay } from './display.ts';
import { type Prices, samePrices } from './prices.ts';
import { pricesAnswered } from './pricing.ts';
import { marked, type Sku, type StockRules, withPriceAnswer, withUnsure } from './sku.ts';

/** What a job was asked to do with a channel's SKU. */
export interface JobTold {
  readonly channel: string;
  readonly what: 'display' | 'prices';
  /** When that was said (epoch ms): what a channel was told after it is no matter of the job. */
  readonly from: EpochMs;
  /** What it was to show, where that is known. */
  readonly display?: Display | undefined;
  /** What it was to charge, where that is known. */
  readonly prices?: Prices | undefined;
}

/** A platform began to work on what a channel was told: what it refused before may be refused again. */
export function withRefusalKept(before: Sku, after: Sku, channel: string): Sku {
  const [display, prices] = [before.rejected[channel], before.pricing?.rejected[channel]];
  const { pricing } = after;
  return {
    ...after,
    rejected: display === undefined ? after.rejected : { ...after.rejected, [channel]: display },
    ...(pricing === undefined || prices === undefined
      ? {}
      : { pricing: { ...pricing, rejected: { ...pricing.rejected, [channel]: prices } } }),
  };
}

/** Whether a refusal stands against what a job was asked to do. */
const isRefusedOf = ({ rejected, pricing }: Pick<Sku, 'rejected' | 'pricing'>, one: JobTold): boolean =>
  (one.what === 'display' ? rejected : (pricing?.rejected ?? {}))[one.channel] !== undefined;

/** Whether the channel was told something else while the job was under way: who came last at the platform, nobody knows. */
function isOvertaken(
  { shown, pricing }: Pick<Sku, 'shown' | 'pricing'>,
  { channel, what, from, display, prices }: JobTold,
): boolean {
  if (what === 'prices') {
    const last = pricing?.charged[channel];
    return prices !== undefined && last !== undefined && last.at > from && !samePrices(last.prices, prices);
  }
  const last = shown[channel];
  if (display === undefined || last === undefined) return false;
  return last.from > from && !sameDisplay(last.display, display);
}

/** Whether it changes anything that a job did what it was asked to do. */
export const isNewsOf = (sku: Pick<Sku, 'shown' | 'rejected' | 'pricing'>, told: JobTold): boolean =>
  isOvertaken(sku, told) || isRefusedOf(sku, told);

/** A job did what it was asked to do. */
export function withJobDone(sku: Sku, told: JobTold, rules: StockRules, now: EpochMs): Sku {
  const { channel, what, display, prices } = told;
  if (isOvertaken(sku, told))
    return prices === undefined
      ? withUnsure(sku, channel, display, rules, now)
      : withPriceAnswer(sku, channel, { prices, at: now, answer: { outcome: 'unsure' } }, rules);
  if (!isOf(sku, told) || !isRefusedOf(sku, told)) return sku;
  const without = <V>({ [channel]: _, ...others }: Readonly<Record<string, V>>) => others;
  if (what === 'display') return marked({ ...sku, rejected: without(sku.rejected) }, rules, now);
  const { pricing } = sku;
  if (pricing === undefined) return sku;
  return marked({ ...sku, pricing: { ...pricing, rejected: without(pricing.rejected) } }, rules, now);
}

/** A job left the SKU as it was: nobody knows what the channel shows, and asking at once would end the same way. */
export function withJobRefused(
  sku: Sku,
  told: JobTold,
  reason: string,
  rules: StockRules,
  now: EpochMs,
): Sku {
  const { channel, what } = told;
  if (!isOf(sku, told)) return sku;
  if (what === 'prices') {
    const { pricing } = sku;
    const prices = pricing?.charged[channel]?.prices;
    if (pricing === undefined || prices === undefined) return sku;
    const unsure = pricesAnswered(pricing, channel, { prices, at: now, answer: { outcome: 'unsure' } });
    const answer = { outcome: 'refused', reason } as const;
    return marked(
      { ...sku, pricing: pricesAnswered(unsure, channel, { prices, at: now, answer }) },
      rules,
      now,
    );
  }
  const shown = sku.shown[channel];
  if (shown === undefined) return sku;
  const refused = { display: shown.display, at: now, reason };
  return marked(
    {
      ...sku,
      shown: { ...sku.shown, [channel]: { ...shown, unsure: true } },
      rejected: { ...sku.rejected, [channel]: refused },
    },
    rules,
    now,
  );
}

function isOf({ shown, pricing }: Sku, { channel, what, from }: JobTold): boolean {
  return what === 'display' ? shown[channel]?.from === from : pricing?.charged[channel]?.at === from;
}
