/**
 * How soon a call is wanted, in the order of service. `urgent`: order fetches and status commands. `normal`: stock and
 * prices. `bulk`: reconciliation, backfill, replay, which take whatever is left.
 */
export const PRIORITIES = ['urgent', 'normal', 'bulk'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A bucket that was asked what it cannot do, or could not be written. Names buckets and counts only. */
export class BucketError extends Error {
  override readonly name = 'BucketError';
}

/** What a platform allows, and how it meets a call that its bucket has to wait with. */
export interface Allowance {
  /** Calls per second that leak out of the platform's bucket. */
  rate: number;
  /** Calls that it holds. */
  burst: number;
  /**
   * The platform answers a call only once it has leaked out: what waits in its bucket waits in a function that is paid for,
   * and before every urgent call that comes after it.
   */
  queues?: boolean | undefined;
}

/** What a bucket may grant, derived from an allowance. Times in ms, levels in calls. */
export interface Limits {
  /** Burst these limits were derived from (calls). */
  burst: number;
  /** Time one call takes to leak out of the platform's bucket. */
  intervalMs: number;
  /** The highest level a priority may fill the platform's bucket to; urgent's is the whole of what is safe and useful. */
  ceilings: Record<Priority, number>;
  /** The two write branches (busy, idle) overlap by this much, so that racing writers cannot flip between them for ever. */
  hysteresisMs: number;
  /** Waiting messages of a priority come back in cohorts of this length; 0 for one by one. */
  cohortMs: Record<Priority, number>;
  /** The most calls one message may want: more could wait for ever behind smaller ones. */
  largestRequest: number;
  /** Set where the platform queues: how bulk is paced. */
  paced?: Pace;
  /** Nothing that is granted reaches further into the future; a `tat` beyond it was written by a wrong clock (ms). */
  horizonMs: number;
}

/**
 * Bulk calls go one interval after the other: the platform answers each at once, and an urgent call finds next to nothing
 * before it.
 */
export interface Pace {
  /** The most calls that travel in one message, and follow each other. */
  cohort: number;
  /** How far ahead a slot may be that a call waits for in its function (ms). */
  withinMs: number;
}

/** From the moment a slot is granted until its call is at the platform: longer, and the slot was granted to somebody else as well. */
const LATENESS_MS = 300;
/** Clocks this far apart are nothing to worry about; what was seen beyond it is added to the margin. */
const SKEW_INSIDE_MARGIN_MS = 200;
/** A single mad clock may cost no more than this. */
const LARGEST_SKEW_MS = 3000;
/** Slots that bulk leaves free for urgent calls: few in peace, more while urgent calls are about. */
const ROOM_IN_PEACE = 1;
const ROOM_IN_USE = 3;
const ROOM_SHARE = 0.15;
/** Messages that come back together are one queue message, and one write. */
const COHORT_CALLS = 10;
/** Clocks that are apart by no more than the margin covers, and a wait in the function, may push `tat` this far beyond what is sold. */
const HORIZON_SLACK_MS = 4000;

/** Derives what may be granted. `skewMs`: how far apart the writers' clocks were seen. `urgentLately`: urgent calls were made in the last minutes. */
export function limitsOf(
  allowance: Allowance,
  { skewMs = 0, urgentLately = true }: { skewMs?: number; urgentLately?: boolean } = {},
): Limits {
  const { rate, burst } = allowance;
  const leakMs = Math.ceil(1_000_000 / rate) / 1000;
  const hysteresisMs = Math.min(500, Math.max(200, leakMs));
  const skew = Math.min(LARGEST_SKEW_MS, Math.max(SKEW_INSIDE_MARGIN_MS, skewMs));
  const marginMs = hysteresisMs + LATENESS_MS + skew;
  const margin = Math.max(Math.ceil((rate * marginMs) / 1000), leastMargin(burst));
  const capacity = Math.max(1, burst - margin);
  const intervalMs = burst - margin >= 1 ? leakMs : slowed(leakMs, burst, marginMs);
  // In a small bucket one slot is still worth keeping for urgent calls, but never the only one.
  const room = Math.min(capacity - 1, urgentLately ? ROOM_IN_USE : ROOM_IN_PEACE);
  const urgentRoom = Math.min(room, Math.ceil(capacity * ROOM_SHARE));
  const bulk = capacity - urgentRoom;
  const shared = { burst, intervalMs, hysteresisMs };
  if (allowance.queues) return { ...shared, ...paced(capacity, intervalMs) };
  const cohort = Math.min(COHORT_CALLS, Math.floor(bulk / 2)) * intervalMs;
  return {
    ...shared,
    ceilings: { urgent: capacity, normal: capacity - Math.floor(urgentRoom / 2), bulk },
    cohortMs: { urgent: 0, normal: 0, bulk: cohort },
    largestRequest: Math.min(capacity - 1, ROOM_IN_PEACE, Math.ceil(capacity * ROOM_SHARE)) + 1,
    horizonMs: capacity * intervalMs + HORIZON_SLACK_MS,
  };
}

/** Urgent calls may line up at a platform that queues for this long: more of them would only wait there in place of here (ms). */
const URGENT_LINE_MS = 4000;
const NORMAL_LINE_MS = 1000;
/** A second's calls, less what the message may be early: it comes back for the next ones after a second at the soonest. */
const PACED_WITHIN_MS = 2000;
const PACED_CALLS = 50;
const URGENT_COHORT_CALLS = 4;

/** A platform that queues serves no call sooner for having it in its bucket: bulk is paced, and the line there stays short. */
function paced(capacity: number, intervalMs: number) {
  const lineOf = (ms: number) => Math.max(1, Math.min(capacity, Math.floor(ms / intervalMs)));
  const urgent = lineOf(URGENT_LINE_MS);
  return {
    ceilings: { urgent, normal: Math.min(urgent, lineOf(NORMAL_LINE_MS)), bulk: 1 },
    cohortMs: { urgent: URGENT_COHORT_CALLS * intervalMs, normal: 0, bulk: PACED_CALLS * intervalMs },
    largestRequest: Math.min(2, urgent),
    paced: { cohort: PACED_CALLS, withinMs: PACED_WITHIN_MS },
    horizonMs: urgent * intervalMs + PACED_WITHIN_MS + HORIZON_SLACK_MS,
  };
}

/** Slow platforms leak little in a second of disagreeing clocks, but the burst they allow is bought all at once. */
function leastMargin(burst: number): number {
  return Math.min(3, Math.floor(burst / 10));
}

/** A bucket that is smaller than the margin can't pay for it with slots, so it pays with time between the calls. */
function slowed(leakMs: number, burst: number, marginMs: number): number {
  return burst < 2 ? leakMs + marginMs : Math.max(leakMs, Math.ceil(marginMs / (Math.floor(burst) - 1)));
}
