import { retryAfterMs } from '../../http/answer.ts';
import type { CallResult } from './call.ts';

/** What an answer means for the event, and for the endpoint. */
export type Outcome =
  | { readonly kind: 'accepted' }
  /** The endpoint does not want this event. Whether it wants any is not known yet. */
  | { readonly kind: 'refused'; readonly status: number }
  /** The endpoint wants no event any more (Standard Webhooks 1.0, "HTTP status code 410"). */
  | { readonly kind: 'gone' }
  /** The endpoint does not work. `said`: a status or a code of the network. */
  | { readonly kind: 'failed'; readonly said: string; readonly retryAfterMs?: number };

/**
 * The statuses that may be about the event itself. Not 404: a host that was suspended answers it to everything. Not 401 and
 * 403: those are about us.
 */
const ABOUT_THE_EVENT: ReadonlySet<number> = new Set([400, 409, 413, 422]);

/** @param nowMs epoch ms, for a `Retry-After` that is a date */
export function outcomeOf(result: CallResult, nowMs: number): Outcome {
  if ('failure' in result) return { kind: 'failed', said: result.failure };
  const { status } = result;
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  if (status === 410) return { kind: 'gone' };
  if (ABOUT_THE_EVENT.has(status)) return { kind: 'refused', status };
  // The rest, redirects too: what answers there is not the merchant's system as it was when it gave us the URL.
  const hint = retryAfterMs(result.retryAfter, nowMs);
  return {
    kind: 'failed',
    said: `HTTP ${status}`,
    ...(hint === undefined ? {} : { retryAfterMs: hint }),
  };
}

/** Two quick tries for what is over at once; then one call every five minutes, however long it lasts. */
const BACKOFF_MS = [5_000, 30_000, 300_000] as const;

/**
 * How long a failing endpoint is left alone, in ms.
 *
 * @param failures in a row, with this one
 * @param hintMs what the endpoint asked for: the whole wait after a first failure, the least later on
 */
export function backoffMs(failures: number, hintMs: number | undefined): number {
  const own = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] ?? BACKOFF_MS[0];
  return failures <= 1 && hintMs !== undefined ? Math.max(hintMs, 1000) : Math.max(own, hintMs ?? 0);
}
