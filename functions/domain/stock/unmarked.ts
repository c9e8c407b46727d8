import type { EpochMs } from '../time.ts';
import { channelKey } from './channel.ts';
import { sameDisplay } from './display.ts';
import { pricesMarked } from './pricing.ts';
import type { Thousandths } from './quantity.ts';
import { displaysBy, type Sku, type StockRules } from './sku.ts';

/** A SKU as its item says it: claims by their sums. */
type ItemOfSku = Omit<Sku, 'claims' | 'moves'> & {
  readonly claimed: Readonly<Record<string, Thousandths>>;
};

/**
 * Whether a channel is to be told and has no mark, or something is known of a channel that is configured no more: so it is
 * once the configuration was changed, until the SKU is written again.
 */
export function isUnmarked(item: ItemOfSku, rules: StockRules, now: EpochMs): boolean {
  const { marks, shown, rejected, pricing } = item;
  const keys = new Set(rules.channels.map(channelKey));
  const isKnown = (byChannel: object = {}) => Object.keys(byChannel).every((key) => keys.has(key));
  if (![marks, shown, rejected, pricing?.marks, pricing?.charged, pricing?.rejected].every(isKnown))
    return true;
  const isTold = Object.entries(displaysBy(item, item.claimed, rules)).every(
    ([key, wanted]) => marks[key] !== undefined || sameDisplay(shown[key]?.display, wanted),
  );
  const charged = pricesMarked(pricing, item.links, rules, now)?.marks ?? {};
  return !isTold || Object.keys(charged).some((key) => pricing?.marks[key] === undefined);
}
