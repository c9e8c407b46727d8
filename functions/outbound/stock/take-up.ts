import { channelKey } from '../../domain/stock/channel.ts';
import { type Sku, withPriceAnswer, withUnsure } from '../../domain/stock/sku.ts';
import type { Telling } from '../../storage/stock-telling.ts';
import { channelsOf, type Teller } from './teller.ts';

/**
 * Answers where the telling of a store stands. Where a run died in a call, nobody knows which of its values the platform took: all are
 * to be told again.
 */
export async function takeUpTelling(teller: Teller): Promise<Telling | undefined> {
  const known = await teller.state.get();
  if (known === undefined || known.underWay.length === 0) return known;
  teller.log.warn('a run was cut off while it told a store; all that it named is told again', {
    ...teller.name,
    skus: known.underWay.length,
  });
  for (const sku of known.underWay) await teller.stock.update(sku, (before) => unsure(teller, before));
  const settled = { ...known, underWay: [] };
  await teller.state.put(settled);
  return settled;
}

const unsure = (teller: Teller, before: Sku): Sku =>
  channelsOf(teller).reduce((sku, channel) => {
    const key = channelKey(channel);
    const now = teller.clock.now();
    const shown = withUnsure(sku, key, undefined, teller.settings, now);
    const prices = shown.pricing?.charged[key]?.prices;
    if (prices === undefined) return shown;
    return withPriceAnswer(shown, key, { prices, at: now, answer: UNSURE }, teller.settings);
  }, before);
const UNSURE = { outcome: 'unsure' } as const;
