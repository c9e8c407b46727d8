import type { EpochMs } from '../time.ts';
import { channelKey, channelsSelling, type SoldAt } from './channel.ts';
import type { Claim } from './claim.ts';
import { afterOwnSale } from './display.ts';
import { movementsWith } from './movements.ts';
import type { Thousandths } from './quantity.ts';
import { claimKey, marked, type Sku, type StockRules } from './sku.ts';

/** Whose sale a claim is, and what was known of it before. */
export interface SaleContext {
  readonly platform: string;
  readonly storeId: string;
  readonly outletId?: string | undefined;
  /** How it came to be sold there (`order.channel.name`). */
  readonly through?: string | undefined;
  /** By the platform's clock. */
  readonly placedAt: EpochMs;
  /** What the line took when the order was last looked at; undefined when it is new. */
  readonly before: Thousandths | undefined;
}

/** A line of an order is as it is now; the same claim again changes nothing. */
export function withClaim(sku: Sku, next: Claim, sale: SaleContext, rules: StockRules, now: EpochMs): Sku {
  const key = claimKey(next);
  // Of a settled claim nothing is kept here.
  const before = takenNow(sku.claims[key]) ?? sale.before;
  const more = (takenNow(next) ?? 0) - (before ?? 0);
  const claims = { ...sku.claims, [key]: next };
  if (more === 0) return marked({ ...sku, claims }, rules, now);
  // A line that comes into an order later has a version before it.
  const isNew = before === undefined && next.history.length === 1;
  const shown = shownAfter(sku, more, isNew ? sale.placedAt : undefined, sale, rules);
  const lastOrderAt = more > 0 ? now : sku.lastOrderAt;
  const movements = movementsWith(sku.movements, more, now);
  return marked({ ...sku, claims, shown, lastOrderAt, movements }, rules, now);
}

const takenNow = (claim: Claim | undefined): Thousandths | undefined => claim?.history.at(-1)?.taken;

/**
 * What the channels of the order's own store show, which takes its own sales off by itself.
 *
 * @param placedAt undefined where the order was known, and changed
 */
export function shownAfter(
  sku: Sku,
  more: Thousandths,
  placedAt: EpochMs | undefined,
  sale: SoldAt & Pick<SaleContext, 'through'>,
  { channels }: StockRules,
): Sku['shown'] {
  const selling = channelsSelling(channels, sale).filter(({ shows }) => shows === 'number');
  const changed = selling.flatMap((channel) => {
    const key = channelKey(channel);
    const shown = sku.shown[key];
    // Where several locations may have sold it, nobody knows which of them shows less, nor whether any does after such a sale.
    const isCertain = selling.length === 1 && !channel.bypassedBy?.includes(sale.through ?? '');
    return shown === undefined
      ? []
      : [[key, afterOwnSale(shown, more, isCertain ? placedAt : undefined)] as const];
  });
  return { ...sku.shown, ...Object.fromEntries(changed) };
}
