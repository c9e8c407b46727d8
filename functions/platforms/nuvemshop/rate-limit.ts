/** What an answer tells about the store's leaky bucket; absent fields were not said. */
export interface RateLimitFeedback {
  /** Calls the bucket holds: 40, or 400 on the large plans. */
  limit?: number;
  /** Calls that still fit. */
  remaining?: number;
  /** Until the bucket is empty, ms. */
  resetMs?: number;
  /** How long to stay away, ms. */
  retryAfterMs?: number;
  throttled: boolean;
}

/** A full bucket of the standard plan is empty after 20 s; a longer claim is a mistake, or not in ms after all. */
export const MAX_RESET_MS = 30_000;

/**
 * Reads `x-rate-limit-limit`, `-remaining` and `-reset` (Nuvemshop reference, introduction, rate limiting: the reset is
 * in milliseconds). A 429 carries no `Retry-After` there, so the reset says when to come back.
 *
 * @param retryAfterMs the hint of a `Retry-After`, should there be one after all.
 */
export function readRateLimit(
  headers: Headers,
  throttled: boolean,
  retryAfterMs?: number,
): RateLimitFeedback {
  const limit = count(headers.get('x-rate-limit-limit'));
  const remaining = count(headers.get('x-rate-limit-remaining'));
  const reset = count(headers.get('x-rate-limit-reset'));
  const resetMs = reset === undefined ? undefined : Math.min(reset, MAX_RESET_MS);
  const wait = retryAfterMs ?? (throttled ? resetMs : undefined);
  return {
    throttled,
    ...(limit === undefined || limit === 0 ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetMs === undefined ? {} : { resetMs }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

function count(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}(\.\d+)?$/.test(text.trim()) ? Math.ceil(Number(text)) : undefined;
}
