import * as z from 'zod';
import { lazily } from '../lazily.ts';
import type { EpochMs } from '../time.ts';

/** SKUs that were set to zero lately: by SKU, when (epoch ms). */
export const zeroedSchema = lazily(() => z.record(z.string(), z.int()));
export type Zeroed = Readonly<Record<string, EpochMs>>;

/** Calls of so long count together: a list that lost its numbers comes in pieces (ms). */
export const ZEROED_WITHIN_MS = 15 * 60_000;
/** Fewer than this are a day's work. */
const MANY = 20;
/** Of all SKUs. */
const SHARE = 0.2;

/** What was zeroed lately, with what is to be zeroed now. */
export const zeroedWith = (before: Zeroed, skus: Iterable<string>, now: EpochMs): Zeroed => ({
  ...Object.fromEntries(Object.entries(before).filter(([, at]) => now - at < ZEROED_WITHIN_MS)),
  ...Object.fromEntries([...skus].map((sku) => [sku, now])),
});

/** What was zeroed lately and nobody confirmed, once these were. */
export function zeroedWithout(before: Zeroed, skus: Iterable<string>): Zeroed {
  const confirmed = new Set(skus);
  return Object.fromEntries(Object.entries(before).filter(([sku]) => !confirmed.has(sku)));
}

/**
 * Whether so many SKUs go to zero that the list behind it is more likely broken than the shop empty.
 *
 * @param known how many SKUs there are
 */
export function isMassZero(zeroed: Zeroed, known: number): boolean {
  const count = Object.keys(zeroed).length;
  return count > MANY && count > SHARE * known;
}
