import { channelKey } from '../../domain/stock/channel.ts';
import { type Sku, withPriceAnswer, withUnsure } from '../../domain/stock/sku.ts';
import { channelsOf, type Teller } from './teller.ts';

/** A run died in a call: nobody knows which of its values the platform took. */
export async function forgetCutOff(teller: Teller): Promise<void> {
  const known = await teller.state.get();
  if (known === undefined || known.underWay.length === 0) return;
  teller.log.warn('a run was cut off while it told a store; all that it named is told again', {
    ...teller.name,
    skus: known.underWay.length,
  });
  for (const sku of known.underWay) await teller.stock.update(sku, (before) => unsure(teller, before));
  await teller.state.put({ ...known, underWay: [] });
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
