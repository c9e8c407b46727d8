import { channelKey, type StockChannel } from '../../domain/stock/channel.ts';
import { withRefusalKept } from '../../domain/stock/job-ends.ts';
import { linkOf } from '../../domain/stock/links.ts';
import { chargedBy } from '../../domain/stock/pricing.ts';
import {
  displaysBy,
  type Sku,
  type StockRules,
  withPriceAnswer,
  withRejected,
  withShown,
  withUnsure,
} from '../../domain/stock/sku.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Charging, StockPort, Telling, Told, ToldSome } from '../../platforms/stock.ts';
import type { Store } from '../../platforms/store.ts';
import type { StockItem } from '../../storage/stock-item.ts';

/** One thing to tell, and of which channel. */
export type Due = (Telling | Charging) & { readonly channel: string };

/** What channels are to be told of a SKU now, as the table has it. */
export function dueOf(
  item: StockItem,
  channels: readonly StockChannel[],
  rules: StockRules,
  now: EpochMs,
): Due[] {
  const displays = displaysBy(item, item.claimed, rules);
  const { sku, marks, pricing } = item;
  return channels.flatMap((one): Due[] => {
    const channel = channelKey(one);
    const linked = linkOf(item.links, one);
    if (linked.state !== 'linked') return [];
    const { outletId, locationId } = one;
    const of = { sku, channel, link: linked.link, outletId, locationId };
    const display = displays[channel];
    const prices = pricing === undefined ? undefined : chargedBy(pricing, one);
    const isDue = (mark: { dueAt: EpochMs } | undefined) => mark !== undefined && mark.dueAt <= now;
    return [
      ...(display !== undefined && isDue(marks[channel]) ? [{ ...of, display }] : []),
      ...(prices !== undefined && isDue(pricing?.marks[channel]) ? [{ ...of, prices }] : []),
    ];
  });
}

/** Tells a store all of it, which is of one kind. */
export function tellingOf(
  port: StockPort,
  api: unknown,
  store: Store,
  due: readonly Due[],
  most: number,
): AsyncIterable<ToldSome> {
  const displays = due.filter((one) => 'display' in one);
  if (displays.length === due.length) return port.tell(api, store, displays, most);
  return port.charge(
    api,
    store,
    due.filter((one) => 'prices' in one),
    most,
  );
}

interface Times {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly now: EpochMs;
}

/** What is known of a SKU once a channel was told. @param told undefined where nobody knows what the platform made of it */
export function answered(
  before: Sku,
  due: Due,
  told: Told | undefined,
  rules: StockRules,
  { from, to, now }: Times,
): Sku {
  const { channel } = due;
  if ('prices' in due) {
    const { prices } = due;
    const answer = told === undefined ? UNSURE : told.outcome === 'taken' ? told : shown(told);
    const after = withPriceAnswer(before, channel, { prices, at: to, answer }, rules);
    return answer.outcome === 'taken' && answer.job !== undefined
      ? withRefusalKept(before, after, channel)
      : after;
  }
  const { display } = due;
  if (told === undefined) return withUnsure(before, channel, display, rules, now);
  if (told.outcome === 'taken') {
    const after = withShown(before, channel, { display, from, to }, rules, now);
    return told.job === undefined ? after : withRefusalKept(before, after, channel);
  }
  return withRejected(before, channel, { display, at: to, reason: shown(told).reason }, rules, now);
}

const UNSURE = { outcome: 'unsure' } as const;

/** What whoever asks for the SKU is shown: the platform's own words say more than ours. */
const shown = ({ outcome, reason, said }: Extract<Told, { outcome: 'refused' }>) => ({
  outcome,
  reason: said ?? reason,
});
