import * as z from 'zod';
import { lazily } from '../lazily.ts';
import type { EpochMs } from '../time.ts';
import type { StockChannel } from './channel.ts';
import { type Thousandths, wholeUnits } from './quantity.ts';

/** What a channel shows of a SKU: how many (null is unlimited), or whether it is on sale and how many one order may hold. */
export const displaySchema = lazily(() =>
  z.union([
    z.object({ units: z.int().min(0).nullable() }),
    z.object({ on: z.boolean(), most: z.int().min(1).optional() }),
  ]),
);
export type Display = z.infer<ReturnType<typeof displaySchema>>;

export const shownSchema = lazily(() =>
  z.object({
    display: displaySchema(),
    /** Between these times a channel came to show it: the call began and was answered (epoch ms, our clock). */
    from: z.int(),
    to: z.int(),
    /** Something happened since that makes it uncertain: it is to be sent again, even as it is. */
    unsure: z.literal(true).optional(),
  }),
);
export type Shown = z.infer<ReturnType<typeof shownSchema>>;

/** A platform refused to show something. `reason`: in its own words, or ours. */
export const rejectedSchema = lazily(() =>
  z.object({
    display: displaySchema(),
    at: z.int(),
    reason: z.string(),
  }),
);
export type Rejected = z.infer<ReturnType<typeof rejectedSchema>>;

/** What may be for sale on a channel, kept back units taken off; whole units, `unlimited`, or undefined where nothing is known. */
export const targetOf = (
  promise: Thousandths | 'unlimited' | undefined,
  { buffer }: Pick<StockChannel, 'buffer'>,
): number | 'unlimited' | undefined =>
  typeof promise === 'number' ? Math.max(0, wholeUnits(promise) - buffer) : promise;

/** How a channel shows its target; undefined where it shows nothing, or where nothing is known. */
export function displayOf(
  { shows, most }: Pick<StockChannel, 'shows' | 'most'>,
  target: number | 'unlimited' | undefined,
): Display | undefined {
  if (shows === 'nothing' || target === undefined) return undefined;
  if (shows === 'number') return { units: target === 'unlimited' ? null : target };
  if (target === 0) return { on: false };
  if (most === undefined) return { on: true };
  return { on: true, most: target === 'unlimited' ? most : Math.min(target, most) };
}

export const sameDisplay = (one: Display | undefined, other: Display | undefined): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
const sorted = (display: Display | undefined) =>
  display === undefined ? undefined : Object.entries(display).sort();

/** Whether the second lets less be sold than the first. What is not known may let anything be sold. */
export function isLess(shown: Display | undefined, next: Display): boolean {
  if (shown === undefined) return true;
  const [before, after] = [sellable(shown), sellable(next)];
  return after < before;
}

/** Of two displays the one that lets more be sold. */
export const larger = (one: Display, other: Display): Display => (isLess(one, other) ? one : other);

function sellable(display: Display): number {
  if ('units' in display) return display.units ?? Number.POSITIVE_INFINITY;
  return display.on ? (display.most ?? Number.POSITIVE_INFINITY) : 0;
}

/** Clocks of platforms differ from ours by no more than this (ms). */
const CLOCKS_APART_MS = 5_000;

/**
 * What a channel shows that takes its own sales off by itself, once an order of its own is known. Of a sale before our last
 * call the platform shows what we sent, of one after it as many less; where nobody can tell, it is to be sent again.
 *
 * @param placedAt of the order, by the platform's clock; undefined where the order was known and changed, for then nobody
 *   knows what the platform made of it
 */
export function afterOwnSale(shown: Shown, sold: Thousandths, placedAt: EpochMs | undefined): Shown {
  if (!('units' in shown.display) || shown.display.units === null) return shown;
  if (placedAt !== undefined && placedAt < shown.from - CLOCKS_APART_MS) return shown;
  if (placedAt === undefined || placedAt <= shown.to + CLOCKS_APART_MS) return { ...shown, unsure: true };
  return {
    ...shown,
    display: { units: Math.max(0, shown.display.units - wholeUnits(sold + 999)) },
  };
}
