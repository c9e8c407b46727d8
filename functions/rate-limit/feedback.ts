import * as z from 'zod';
import type { EpochMs } from './clock.ts';
import type { Limits } from './limits.ts';

const count = z.number().int().nonnegative();
const duration = z.number().nonnegative();

/** What a platform said about its limit with an answer. Fields it did not send, or sent as nonsense, are left out. */
export const feedbackSchema = z.object({
  /** Size of the platform's bucket (calls), `x-rate-limit-limit`. */
  limit: count.positive().optional().catch(undefined),
  /** Calls left before it is full, `x-rate-limit-remaining`. */
  remaining: count.optional().catch(undefined),
  /** Milliseconds until it is empty, `x-rate-limit-reset`. */
  resetMs: duration.optional().catch(undefined),
  /** Milliseconds to stay away. The `Retry-After` header is in seconds: multiply it. */
  retryAfterMs: duration.optional().catch(undefined),
  /** The call was refused (429, or an HTML page in place of an answer). */
  throttled: z.boolean().optional().catch(undefined),
});

export interface Feedback {
  limit?: number | undefined;
  remaining?: number | undefined;
  resetMs?: number | undefined;
  retryAfterMs?: number | undefined;
  throttled?: boolean | undefined;
}

/** A hint that is longer than this is taken for a broken header: it would stop the platform for days. */
const LONGEST_HINT_MS = 3_600_000;

/**
 * The earliest `tat` that agrees with what the platform said, or undefined when it said nothing about it.
 * The platform's time to empty is its own `tat - now`, so it needs no conversion.
 *
 * @param blindPauseMs how long to stay away after a refusal that names no time
 */
export function serverTat(
  feedback: Feedback,
  limits: Limits,
  now: EpochMs,
  blindPauseMs: number,
): EpochMs | undefined {
  const full = limits.burst * limits.intervalMs;
  const { limit, remaining, resetMs, retryAfterMs, throttled } = feedback;
  if (throttled || retryAfterMs !== undefined) {
    const hinted = resetMs === undefined ? blindPauseMs + full : Math.max(resetMs, full);
    return now + Math.min(retryAfterMs === undefined ? hinted : retryAfterMs + full, LONGEST_HINT_MS);
  }
  if (resetMs !== undefined) return now + Math.min(resetMs, LONGEST_HINT_MS);
  if (remaining === undefined) return undefined;
  return now + Math.max(0, (limit ?? limits.burst) - remaining) * limits.intervalMs;
}
