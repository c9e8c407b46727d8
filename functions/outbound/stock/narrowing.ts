import { isOwnLimit, isRefusal, mayBeOfOne, type PlatformError } from '../../http/errors.ts';
import { refusedBy, type Told } from '../../platforms/stock.ts';
import type { Telling } from '../../storage/stock-telling.ts';
import type { Due } from './due.ts';
import type { Called } from './teller.ts';

type Narrowed = Pick<Telling, 'narrowed'>;

/** What is due, with no more of a channel than it is asked for in one call. */
export function narrowedTo(due: readonly Due[], { narrowed = {} }: Narrowed): readonly Due[] {
  const asked = new Map<string, number>();
  return due.filter(({ channel }) => {
    const count = (asked.get(channel) ?? 0) + 1;
    asked.set(channel, count);
    return count <= (narrowed[channel] ?? count);
  });
}

/**
 * A channel that failed is asked for half as many SKUs, so that the one that it stumbles over stands alone in the end and keeps no
 * other one waiting; once it was told, for more of them again.
 */
export function nextNarrowed(
  { narrowed: before = {} }: Narrowed,
  { due, untold }: { due: readonly Due[]; untold: readonly Due[] },
  perCall: number,
  failure: PlatformError | undefined,
): Narrowed {
  const narrowed = new Map(Object.entries(before));
  const failed = Map.groupBy(
    failure !== undefined && mayBeOfOne(failure) ? untold : [],
    ({ channel }) => channel,
  );
  for (const [channel, ofChannel] of failed)
    narrowed.set(channel, Math.max(1, Math.floor(ofChannel.length / 2)));
  const left = new Set(untold.map(({ channel }) => channel));
  for (const channel of new Set(due.map((one) => one.channel))) {
    const size = narrowed.get(channel);
    if (size === undefined || left.has(channel)) continue;
    const larger = size + Math.ceil(perCall / 10);
    if (larger < perCall) narrowed.set(channel, larger);
    else narrowed.delete(channel);
  }
  return narrowed.size === 0 ? {} : { narrowed: Object.fromEntries(narrowed) };
}

/**
 * A call that is refused as a whole is so because of one of the SKUs in it, and would be for ever. Once it is about one alone,
 * that one is refused.
 */
export function withSpoiler(due: readonly Due[], { told, failure }: Called): Called {
  const left = [...due.entries()].filter(([index]) => !told.has(index));
  const isOne = new Set(left.map(([, { sku }]) => sku)).size === 1;
  if (failure === undefined || !isRefusal(failure) || !isOne) return { told, failure };
  const refusal = refusedBy(failure);
  const refused = left.map(([index]) => [index, refusal] as const);
  return { told: new Map<number, Told>([...told, ...refused]), failure: undefined };
}

/**
 * A call that was too much, was refused as a whole or may fail for one of its SKUs is never made again at its size, which may have been
 * less than it might have been. After one that was taken the next may be larger.
 */
export function nextMost(
  { most, told }: { most: number; told: number },
  perCall: number,
  failure: PlatformError | undefined,
  goesOn: boolean,
): number {
  if (failure === undefined) return Math.min(perCall, most + Math.ceil(perCall / 10));
  const isTooMuch = failure.throttled && !isOwnLimit(failure);
  const isSpoilt = isRefusal(failure) || (mayBeOfOne(failure) && !goesOn);
  return isTooMuch || isSpoilt ? Math.max(1, Math.floor(Math.min(most, told) / 2)) : most;
}
