import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import type { Clock } from '../../runtime/clock.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import { orderPk } from '../../storage/keys.ts';
import type { OrderStore } from '../../storage/orders.ts';

/** `not-waiting`: it needs no review, or somebody dismissed it before. `not-held`: there is no such row. */
export type Dismissed = 'dismissed' | 'not-waiting' | 'not-held';

/** Writers of one order are few; more conflicts in a row than this mean that something else is wrong. */
const MAX_CONFLICTS = 8;

type Rows = { orders: Pick<OrderStore, 'get'> };

/** What `dismiss` would answer now. */
export async function dismissalOf({ orders }: Rows, key: OrderKey): Promise<Dismissed> {
  const row = await orders.get(key);
  if (row === undefined) return 'not-held';
  return waiting(row) === undefined ? 'not-waiting' : 'dismissed';
}

/** Why the row waits for a person; undefined where it does not, or where somebody dismissed it before. */
const waiting = ({ state, review }: OrderRow): OrderRow['review'] =>
  state === 'needs-review' && review?.dismissedAt === undefined ? review : undefined;

/**
 * Takes a row out of the list of what needs review, because a person has dealt with it elsewhere. The row stays as it is, with
 * its reason; the next thing about it that is not understood puts it back. Its readers hear of nothing: neither content nor
 * state changes.
 *
 * @throws Error when other writers kept winning.
 */
export async function dismiss(
  { orders, clock }: { orders: OrderStore; clock: Pick<Clock, 'now'> },
  key: OrderKey,
): Promise<Dismissed> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const row = await orders.get(key);
    if (row === undefined) return 'not-held';
    const { revision } = row;
    const review = waiting(row);
    if (review === undefined) return 'not-waiting';
    const next = { ...row, review: { ...review, dismissedAt: clock.now() }, revision: revision + 1 };
    if (await orders.put(next, revision)) return 'dismissed';
  }
  throw new OwnError(`${orderPk(key)}: gave up after ${MAX_CONFLICTS} write conflicts`);
}
