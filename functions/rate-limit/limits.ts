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

/** What a bucket may grant, derived from a rate and a burst. Times in ms, levels in calls. */
export interface Limits {
  /** Burst these limits were derived from (calls). */
  burst: number;
  /** Time one call takes to leak out of the platform's bucket. */
  intervalMs: number;
  /** The highest level a priority may fill the platform's bucket to; urgent's is the whole of what is safe. */
  ceilings: Record<Priority, number>;
  /** The two write branches (busy, idle) overlap by this much, so that racing writers cannot flip between them for ever. */
  hysteresisMs: number;
  /** Waiting messages of a priority come back on a grid of this length; 0 for none. */
  cohortMs: Record<Priority, number>;
  /** The most calls one message may want: more could wait for ever behind smaller ones. */
  largestRequest: number;
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
/** Messages that come back together fill a batch without waiting for its window. */
const COHORT_CALLS = 10;

/**
 * Derives what may be granted.
 *
 * @param rate calls per second the platform leaks
 * @param burst calls the platform's bucket holds
 * @param skewMs how far apart the writers' clocks were seen
 * @param urgentLately whether urgent calls were made in the last minutes
 */
export function limitsOf(rate: number, burst: number, skewMs = 0, urgentLately = true): Limits {
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
  return {
    burst,
    intervalMs,
    ceilings: {
      urgent: capacity,
      normal: capacity - Math.floor(urgentRoom / 2),
      bulk,
    },
    hysteresisMs,
    cohortMs: { urgent: 0, normal: 0, bulk: Math.min(COHORT_CALLS, Math.floor(bulk / 2)) * intervalMs },
    largestRequest: Math.min(capacity - 1, ROOM_IN_PEACE, Math.ceil(capacity * ROOM_SHARE)) + 1,
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
