/**
 * Who asks. `urgent`: order fetches and status commands. `normal`: stock and prices.
 * `bulk`: reconciliation, backfill, replay, which take whatever is left.
 */
export type Class = 'urgent' | 'normal' | 'bulk';

export const classes: readonly Class[] = ['urgent', 'normal', 'bulk'];

/** What a bucket may sell, derived from a rate and a burst. Times in ms, levels in calls. */
export interface Limits {
  /** Burst these limits were derived from (calls). */
  burst: number;
  /** Time one call takes to leak out of the platform's bucket. */
  intervalMs: number;
  /** The highest level a class may fill the platform's bucket to; urgent's is the whole of what is safe. */
  ceilings: Record<Class, number>;
  /** The two write branches (busy, idle) overlap by this much, so that racing writers cannot flip between them for ever. */
  hysteresisMs: number;
  /** The most calls one message may ask for: more could wait for ever behind smaller ones. */
  largestAsk: number;
}

/** A second of the platform's rate stays unsold: hysteresis, clock skew, and the way from the write to the platform. */
const MARGIN_MS = 1000;
const SKEW_INSIDE_MARGIN_MS = 250;
const LARGEST_SKEW_MS = 3000;
const URGENT_SHARE = 0.15;
const URGENT_MOST = 6;

/**
 * Derives what may be sold.
 *
 * @param rate calls per second the platform leaks
 * @param burst calls the platform's bucket holds
 * @param skewMs how far apart the writers' clocks were seen, beyond what the margin covers anyway
 */
export function limitsOf(rate: number, burst: number, skewMs = 0): Limits {
  const uncovered = Math.max(0, Math.min(skewMs, LARGEST_SKEW_MS) - SKEW_INSIDE_MARGIN_MS);
  const margin = Math.ceil((rate * (MARGIN_MS + uncovered)) / 1000);
  const capacity = Math.max(1, burst - margin);
  // In a small bucket one slot is still worth keeping for urgent calls, but never the only one.
  const urgentRoom = Math.min(capacity - 1, URGENT_MOST, Math.ceil(capacity * URGENT_SHARE));
  const intervalMs = Math.ceil(1_000_000 / rate) / 1000;
  return {
    burst,
    intervalMs,
    ceilings: {
      urgent: capacity,
      normal: capacity - Math.floor(urgentRoom / 2),
      bulk: capacity - urgentRoom,
    },
    hysteresisMs: Math.min(500, Math.max(200, intervalMs)),
    largestAsk: urgentRoom + 1,
  };
}
