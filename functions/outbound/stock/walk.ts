import type { EpochMs } from '../../domain/time.ts';
import { mayBeOfOne, type PlatformError } from '../../http/errors.ts';
import type { DueSku, Telling } from '../../storage/stock-telling.ts';
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
  readonly what: 'display' | 'prices';
  /** Channels and SKUs that failed in this run, which asks the platform for them no more. */
  readonly failing: { readonly channels: ReadonlySet<string>; readonly skus: ReadonlySet<string> };
  /** What was looked at last; absent at the front. */
  readonly after?: DueSku;
  /** When the platform is asked again for what failed. */
  readonly againAt?: EpochMs;
  /** Where the next run begins, of channels that failed for single SKUs: those may be at the front for ever. */
  readonly nextAfter?: DueSku;
  readonly barren: number;
}

export const walkFrom = (what: Walk['what'], known: Telling | undefined): Walk => {
  const after = known?.[PLACES[what]];
  return { what, failing: { channels: new Set(), skus: new Set() }, barren: 0, ...(after && { after }) };
};

const PLACES = { display: 'after', prices: 'pricesAfter' } as const;

/** Where the telling stands, once the next run begins behind this; at the front when absent. */
export function placedAt(known: Telling, { what }: Pick<Walk, 'what'>, after?: DueSku): Telling {
  const { [PLACES[what]]: _, ...others } = known;
  return after === undefined ? others : { ...others, [PLACES[what]]: after };
}

/** Where a run stands after a failure of the platform, and whether anything can be told behind what failed. */
export interface Failed {
  readonly walk: Walk;
  readonly goesOn: boolean;
}

/** Where the calls for so many SKUs of a run fail, the platform answers nobody. */
const MOST_FAILING = 3;

/** SKUs failed, each in calls of its own. */
export function behindSkus(
  { failing, ...walk }: Walk,
  names: Iterable<string>,
  { failure, now }: { failure: PlatformError; now: EpochMs },
): Failed {
  const skus = new Set([...failing.skus, ...names]);
  return {
    walk: { ...walk, againAt: againAt(failure, now), failing: { ...failing, skus } },
    goesOn: mayBeOfOne(failure) && skus.size < MOST_FAILING,
  };
}

/** A call failed for what it was not told: for some of the channels alone, for one SKU alone, or for whatever it named. */
export function behindCall(
  walk: Walk,
  untold: readonly Due[],
  page: readonly DueSku[],
  { channels: of, ...at }: { failure: PlatformError; channels: number; now: EpochMs },
): Failed {
  const skus = new Set(untold.map(({ sku }) => sku));
  const failed = new Set(untold.map(({ channel }) => channel));
  const channels = new Set([...walk.failing.channels, ...failed]);
  if (!mayBeOfOne(at.failure)) return { walk, goesOn: false };
  const isAlone = untold.length === failed.size;
  if (channels.size === of) return skus.size === 1 ? behindSkus(walk, skus, at) : { walk, goesOn: false };
  // Each was asked for one SKU, which may be what it stumbles over: it is asked for others, but not for many.
  const behind = isAlone ? behindSkus(walk, skus, at) : { walk, goesOn: false };
  if (behind.goesOn) return behind;
  const failing = { ...behind.walk.failing, channels };
  const nextAfter = isAlone ? placeBehind(page, behind.walk) : undefined;
  return {
    walk: { ...walk, againAt: againAt(at.failure, at.now), failing, ...(nextAfter && { nextAfter }) },
    goesOn: true,
  };
}

/** What the next run begins behind: SKUs that fail may be at the front for ever. */
export const placeBehind = (page: readonly DueSku[], { failing }: Walk): DueSku | undefined =>
  page.findLast(({ sku }) => failing.skus.has(sku));

/** Whether so many SKUs failed that the platform answers nobody. */
export const isHopeless = ({ failing }: Walk, more: number): boolean =>
  failing.skus.size + more >= MOST_FAILING;

/** The walk behind a page that had nothing to tell; undefined where the run has seen enough of them. */
export const behindPage = (walk: Walk, after: DueSku): Walk | undefined =>
  walk.barren + 1 < MOST_BARREN ? { ...walk, after, barren: walk.barren + 1 } : undefined;

export const againAt = (failure: PlatformError, now: EpochMs): EpochMs =>
  now + (failure.retryAfterMs ?? AGAIN_MS);
