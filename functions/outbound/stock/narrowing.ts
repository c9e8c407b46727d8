import { mayBeOfOne, type PlatformError } from '../../http/errors.ts';
import type { Telling } from '../../storage/stock-telling.ts';
import type { Due } from './due.ts';

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
