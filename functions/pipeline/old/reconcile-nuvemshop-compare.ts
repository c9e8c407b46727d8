import type { ReviewReason } from '../../domain/order.ts';
import type { OrderRow } from '../../domain/order-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { ListedState } from '../../platforms/nuvemshop/listed-order.ts';

export type Verdict = 'current' | 'missing' | 'stale';

/** Instances' clocks differ by up to this (ms). */
const CLOCK_MARGIN_MS = 1000;
/** When only a word differs and no time does, one fetch an hour is enough: should list and detail disagree, it stays one (ms). */
const WORDS_AGAIN_MS = 3_600_000;
/** Rows that may be settled by another look: the list just showed that the order exists. */
const WORTH_ANOTHER_LOOK: ReadonlySet<ReviewReason> = new Set<ReviewReason>([
  'not-found-at-platform',
  'platform-keeps-failing',
]);

/**
 * Compares what a list says of an order with its row, without fetching anything.
 *
 * The time of the row's content is the latest of several of the order, so it may be later than the list's. A change of
 * the fulfilment alone may leave `updated_at` as it was (Nuvemshop reference, fulfillment orders), so the words count as
 * well.
 *
 * @param askedAt epoch ms at which the list was asked for.
 */
export function compareNuvemshop(row: OrderRow | undefined, listed: ListedState, askedAt: EpochMs): Verdict {
  if (row === undefined) return 'missing';
  // Fetched after the list was: the row knows more.
  if (row.observedAt > askedAt + CLOCK_MARGIN_MS) return 'current';
  if (row.review !== undefined && WORTH_ANOTHER_LOOK.has(row.review.reason)) return 'stale';
  const { changedAt } = listed;
  if (row.order === undefined || row.state === 'needs-review') {
    // Seen in this state and not understood: the same bytes would say the same.
    return changedAt !== undefined && row.observedAt < changedAt ? 'stale' : 'current';
  }
  if (changedAt !== undefined && (row.sourceTime === undefined || row.sourceTime < changedAt)) return 'stale';
  const { words } = listed;
  const known = row.order.platformStatus;
  const sameWords =
    (words.status === undefined || words.status === known.status) &&
    words.payment === known.payment &&
    words.fulfilment === known.fulfilment;
  return sameWords || row.observedAt > askedAt - WORDS_AGAIN_MS ? 'current' : 'stale';
}
