import { channelKey } from '../../domain/stock/channel.ts';
import type { DriftPolicy } from '../../domain/stock/drift.ts';
import { withSeen } from '../../domain/stock/drifting.ts';
import { isMassZero } from '../../domain/stock/mass-zero.ts';
import { marked } from '../../domain/stock/sku.ts';
import { stillUnlinked } from '../../domain/stock/unlinked.ts';
import type { EpochMs } from '../../domain/time.ts';
import { mapConcurrent } from '../../pipeline/map-concurrent.ts';
import type { StockItem } from '../../storage/stock-item.ts';
import { type Comparer, type Comparison, compareAll, type SeenSku } from './compare.ts';

/** What a check came to, in channels but for `skus`, `unlinked` and `marked`. */
export interface Checked {
  readonly skus: number;
  readonly unfinished: boolean;
  /** They showed something else than they were told. */
  readonly drifted: number;
  /** Of those, told again. */
  readonly repaired: number;
  /** Of those, what they show counts now. */
  readonly adopted: number;
  /** Of those, left to a person. */
  readonly left: number;
  readonly ambiguous: number;
  /** SKUs that nothing can be shown of. */
  readonly unlinked: number;
  /** SKUs that are told because the configuration was changed. */
  readonly marked: number;
}

const AT_ONCE = 8;

/**
 * Compares every channel with what it should show, and does about it what the merchant's configuration says. Each SKU is
 * judged again when it is written: what happened since counts first.
 *
 * @param until when to stop looking (epoch ms)
 */
export async function checkAll(
  comparer: Comparer,
  until?: EpochMs,
): Promise<{ comparison: Comparison; checked: Checked }> {
  const comparison = await compareAll(comparer, until);
  const { drifted, recovered, unlinked, unmarked, skus, unfinished, ambiguous } = comparison;
  const policy = policyFor(comparer, comparison);
  const counts = { repaired: 0, adopted: 0, left: 0 };
  await mapConcurrent(AT_ONCE, [...drifted, ...recovered], async (one) => {
    const became = await write(comparer, one, policy(one));
    if (became !== undefined) counts[became] += 1;
  });
  const { stock, settings, clock } = comparer;
  await mapConcurrent(AT_ONCE, unmarked, async (sku) => {
    await stock.update(sku, (known) => marked(known, settings, clock.now()));
  });
  await mapConcurrent(AT_ONCE, unlinked, async ({ sku, why }) => {
    await stock.update(sku, (known) => ({ ...known, unlinked: stillUnlinked(why, known) }));
  });
  return {
    comparison,
    checked: {
      skus,
      unfinished,
      drifted: drifted.length,
      ...counts,
      ambiguous: ambiguous.length,
      unlinked: unlinked.filter(({ why }) => why !== undefined).length,
      marked: unmarked.length,
    },
  };
}

/**
 * A catalogue that lost its numbers shows nothing of many SKUs, and must not become what there is: that is left to a person,
 * as it is where the merchant's system sends so many zeros.
 */
function policyFor(
  { settings, clock }: Comparer,
  { drifted, skus }: Comparison,
): (one: SeenSku) => DriftPolicy {
  const { drift = 'report' } = settings;
  const isZero = ({ seen: { display } }: SeenSku) => 'units' in display && display.units === 0;
  const zeros = Object.fromEntries(drifted.filter(isZero).map(({ sku }) => [sku, clock.now()]));
  const isMass = isMassZero(zeros, skus);
  return (one) => (drift === 'adopt' && isMass && isZero(one) ? 'report' : drift);
}

/** What became of a channel; undefined where it is as it should be by now. */
async function write(
  { stock, settings, clock }: Comparer,
  { sku, channel, seen }: SeenSku,
  policy: DriftPolicy,
): Promise<'repaired' | 'adopted' | 'left' | undefined> {
  const key = channelKey(channel);
  let repairs = 0;
  const item: StockItem = await stock.update(sku, (known) => {
    repairs = known.drifted?.[key]?.repairs ?? 0;
    return withSeen(known, channel, { seen, policy }, settings, clock.now());
  });
  const drifted = item.drifted?.[key];
  if (drifted === undefined) return undefined;
  if (drifted.adopted !== undefined) return 'adopted';
  return drifted.repairs > repairs ? 'repaired' : 'left';
}
