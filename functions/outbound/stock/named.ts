import type { EpochMs } from '../../domain/time.ts';
import { MAX_DELAY_SECONDS } from '../../runtime/queue.ts';
import type { Teller } from './teller.ts';

/** A message that comes sooner may be the one that is worked on, by another clock (ms). */
const SOON_MS = 2_000;

/**
 * When the store is to be named again; undefined where a message that was sent before comes in time. Each of those that say the
 * same would else leave one of its own behind, for as long as anything waits: as a SKU that is refused does, hour after hour.
 */
export async function unlessNamed(
  { state, clock, port }: Teller,
  nextAt: EpochMs | undefined,
): Promise<EpochMs | undefined> {
  if (nextAt === undefined) return undefined;
  const soon = clock.now() + SOON_MS;
  if (nextAt <= soon) return nextAt;
  const known = (await state.get()) ?? { underWay: [], most: port.perCall };
  const { namedAt } = known;
  if (namedAt !== undefined && namedAt > soon && namedAt <= nextAt) return undefined;
  await state.put({ ...known, namedAt: Math.min(nextAt, clock.now() + MAX_DELAY_SECONDS * 1000) });
  return nextAt;
}
