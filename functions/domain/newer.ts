import type { Order, OrderStatus } from './order.ts';
import type { Standing } from './order-row.ts';
import type { EpochMs } from './time.ts';

/** What merging has to know of a platform. */
export interface MergeRules {
  /**
   * `fetched`: we ask, and the later question has the newer answer. `pushed`: what reaches us may have been overtaken on
   * its way.
   */
  readonly truth: 'fetched' | 'pushed';
  /** Statuses that an order of the platform never leaves. */
  readonly finalStatuses: ReadonlySet<OrderStatus>;
}

/** Observations closer than this may be in either order, because instances' clocks differ (ms). */
const AMBIGUOUS_MS = 2000;
/** Two contents with one platform time: by then the platform's second is over (s). */
const NEXT_SECOND = 3;
/**
 * An answer to a later question may state an earlier time of change: the part that changed last is gone from the order, or
 * a copy of the platform's data lags behind. It counts when it is still so after this long (s).
 */
const COPIES_AGREE = 60;
/** A platform's clock may be ahead of ours by this; a change further in the future did not happen (ms). */
const CLOCK_AHEAD_MS = 60_000;

/** How far along its way a status is: decides between contents whose times say nothing. */
const RANK: Record<OrderStatus, number> = {
  unknown: 0,
  received: 1,
  confirmed: 2,
  ready: 3,
  dispatched: 4,
  delivered: 5,
  closed: 6,
  cancelled: 7,
};

/**
 * Where an order stands in time. A time of change beyond the observation is bounded by it: whatever an order says of the
 * future, it must not outdo what the platform says next.
 */
export function standingOf({ updatedAt, status }: Order, observedAt: EpochMs): Standing {
  const stated = updatedAt === undefined ? undefined : Date.parse(updatedAt);
  const sourceTime = stated !== undefined && stated > observedAt + CLOCK_AHEAD_MS ? observedAt : stated;
  return { ...(sourceTime === undefined ? {} : { sourceTime }), observedAt, status };
}

export interface Decision {
  apply: boolean;
  lookAgainInSeconds?: number;
}

/**
 * Whether an observation is newer than what is known.
 *
 * @param next `asked`: it answers a question of ours; `reread`: what could not be read when it came, and was newer then
 * @param known `answeredAt`: epoch ms of our last question whose answer is known
 */
export function decide(
  known: Standing & { answeredAt?: number | undefined },
  next: Standing & { asked: boolean; reread: boolean },
  { truth, finalStatuses }: MergeRules,
): Decision {
  const fetched = truth === 'fetched';
  const apart = next.observedAt - known.observedAt;
  if (!fetched && next.asked && apart > 0) return { apply: true };
  // We asked after it had reached us: whatever it claims, the answer knew better.
  if (!fetched && !next.asked && !next.reread && next.observedAt <= (known.answeredAt ?? 0))
    return { apply: false };
  if (finalStatuses.has(known.status) && next.status !== known.status) return { apply: false };
  // What is never left was the last word, whenever it was said.
  if (!fetched && finalStatuses.has(next.status) && next.status !== known.status) return { apply: true };
  if (
    next.sourceTime !== undefined &&
    known.sourceTime !== undefined &&
    next.sourceTime !== known.sourceTime
  ) {
    const later = next.sourceTime > known.sourceTime;
    if (later || !fetched || apart <= 0) return { apply: later };
    return apart >= COPIES_AGREE * 1000
      ? { apply: true }
      : { apply: false, lookAgainInSeconds: COPIES_AGREE };
  }
  if (next.reread) return { apply: true };
  // What we asked for ourselves is a snapshot: the later question has the newer answer. What was pushed to us may have been
  // overtaken on its way, so a status further along wins before the time of arrival does.
  if (fetched) {
    return Math.abs(apart) < AMBIGUOUS_MS
      ? { apply: apart > 0, lookAgainInSeconds: NEXT_SECOND }
      : { apply: apart > 0 };
  }
  const further = RANK[next.status] - RANK[known.status];
  return { apply: further === 0 ? apart >= 0 : further > 0 };
}
