import type { PlatformName } from '../../functions/domain/order.ts';
import { isoTime } from '../../functions/domain/time.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import { readBucketLevel } from '../../functions/storage/bucket-level.ts';
import { bucketKey } from '../../functions/storage/control-keys.ts';
import type { OperatorContext } from '../context.ts';
import { storeIn } from '../store-check.ts';

/** How full one limit of a store is. */
export interface LimitLevel {
  limit: string;
  /** Calls that have not leaked yet, and calls that the limit holds. */
  used: number;
  burst: number;
  /** Calls a second, as it leaks now. */
  perSecond: number;
  /** Until when work of a priority waits, by priority (ISO time). */
  waiting: Record<string, string>;
}

/** One limit, and every store whose calls it counts. */
export interface SharedLimit extends LimitLevel {
  platform: PlatformName;
  stores: string[];
}

/** The limits of a store as they stand, from the table alone. */
export const limitsOfStore = async (context: OperatorContext, known: KnownStore): Promise<LimitLevel[]> =>
  (await keyedLimits(context, known)).map(({ key: _, ...level }) => level);

async function keyedLimits(
  context: Pick<OperatorContext, 'channelOf' | 'control'>,
  known: KnownStore,
): Promise<(LimitLevel & { key: string })[]> {
  const { client, table, clock } = context.control;
  const { platform, store } = storeIn(context, known);
  return Promise.all(
    Object.entries(platform.limits(store)).map(async ([limit, rate]) => {
      const key = bucketKey(platform.name, limit, rate.scope);
      const { waiting, used, burst } = await readBucketLevel({ client, table }, key, rate, clock.now());
      const until = Object.entries(waiting).map(([priority, at]) => [priority, isoTime(at)]);
      return {
        key,
        limit,
        used,
        burst,
        // A plan scales both: ten times the burst leaks ten times as fast.
        perSecond: (rate.perSecond * burst) / rate.burst,
        waiting: Object.fromEntries(until) as Record<string, string>,
      };
    }),
  );
}

/** Every limit once, however many stores share it. */
export async function sharedLimits(
  context: Pick<OperatorContext, 'stores' | 'channelOf' | 'control'>,
  platform?: PlatformName,
): Promise<SharedLimit[]> {
  const limits = new Map<string, SharedLimit>();
  for (const known of context.stores.filter((one) => platform === undefined || one.platform === platform))
    for (const { key, ...level } of await keyedLimits(context, known)) {
      const { stores } = limits.get(key) ?? { stores: [] };
      limits.set(key, { ...level, platform: known.platform, stores: [...stores, known.storeId] });
    }
  return [...limits.values()];
}
