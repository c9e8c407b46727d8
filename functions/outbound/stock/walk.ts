import type { EpochMs } from '../../domain/time.ts';
import { mayBeOfOne, type PlatformError } from '../../http/errors.ts';
import type { DueSku } from '../../storage/stock-telling.ts';
import type { Due } from './due.ts';

/** After a failure of the platform (ms). */
const AGAIN_MS = 15_000;
/** Pages of nothing but what failed, after which a run ends: each of their SKUs was read. */
const MOST_BARREN = 5;

/**
 * How a run goes through what is due. What fails stays due, in front of all that came later: the run goes on behind it, and the
 * next run goes on where this one ended.
 */
export interface Walk {
  /** Channels that were not told in this run, and SKUs that were not moved: it asks the platform for them no more. */
  readonly failing: { readonly channels: ReadonlySet<string>; readonly skus: ReadonlySet<string> };
  /** What was looked at last; absent at the front. */
  readonly after?: DueSku;
  /** When the platform is asked again for what failed. */
  readonly againAt?: EpochMs;
  readonly barren: number;
}

export const walkFrom = (after: DueSku | undefined): Walk => ({
  failing: { channels: new Set(), skus: new Set() },
  barren: 0,
  ...(after && { after }),
});

/** The walk once SKUs were not moved, each for a failure that may be its own. */
export const behindStuck = (walk: Walk, skus: readonly string[], againAt: EpochMs): Walk => ({
  ...walk,
  againAt,
  failing: { ...walk.failing, skus: new Set([...walk.failing.skus, ...skus]) },
});

/** The walk once a call failed for what it was not told; undefined where that was no failure of some of the channels alone. */
export function behindFailing(
  walk: Walk,
  untold: readonly Due[],
  { failure, channels: of, now }: { failure: PlatformError; channels: number; now: EpochMs },
): Walk | undefined {
  const channels = new Set([...walk.failing.channels, ...untold.map(({ channel }) => channel)]);
  if (!mayBeOfOne(failure) || channels.size >= of) return undefined;
  return { ...walk, againAt: againAt(failure, now), failing: { ...walk.failing, channels } };
}

/** The walk behind a page that had nothing to tell; undefined where the run has seen enough of them. */
export const behindPage = (walk: Walk, after: DueSku): Walk | undefined =>
  walk.barren + 1 < MOST_BARREN ? { ...walk, after, barren: walk.barren + 1 } : undefined;

export const againAt = (failure: PlatformError, now: EpochMs): EpochMs =>
  now + (failure.retryAfterMs ?? AGAIN_MS);
