import type { Order } from '../../functions/domain/order.ts';
import { type OrderRow, orderOf } from '../../functions/domain/order-row.ts';
import { type ItemKey, orderPk, rawKey } from '../../functions/storage/keys.ts';
import { orderItemSchema } from '../../functions/storage/orders.ts';
import type { Attributes } from '../aws/expression.ts';
import { ordersOf } from '../plan/merchant.ts';
import type { History, PastState } from './history.ts';
import { holds, isAnswer, wasSoWhenAsked } from './same-state.ts';
import type { Report } from './violation.ts';

/** Holds every single write of an order's row against what its platform said until then. */
export function watchRows(history: History, report: Report, hasItem: (key: ItemKey) => boolean) {
  return (before: Attributes | undefined, after: Attributes | undefined): void => {
    if (after === undefined) {
      const gone = orderItemSchema.parse(before);
      if (history.of(gone).length > 0) report('lost-update', `the row ${orderPk(gone)} was deleted`);
      return;
    }
    const row = orderItemSchema.parse(after);
    const pk = orderPk(row);
    const old = before === undefined ? undefined : orderItemSchema.parse(before);
    if (row.revision !== (old?.revision ?? 0) + 1 || row.version < (old?.version ?? 0))
      report('lost-update', `${pk} went from revision ${old?.revision ?? 0} to ${row.revision}`);
    if (old !== undefined && JSON.stringify(old.origin.first) !== JSON.stringify(row.origin.first))
      report('lost-update', `${pk} forgot how it came first`);
    if (row.raw !== undefined && !hasItem(rawKey(row, row.raw.sha256, 0)))
      report('bytes-missing', `${pk} revision ${row.revision} refers to bytes that are not there`);
    const order = orderOf(row);
    const states = history.of(row);
    if (order === undefined || states.length === 0) return;
    if (!states.some((state) => holds(row, order, state))) {
      report('never-said', `${pk} revision ${row.revision} holds what the platform never said`);
    }
    const known = old === undefined ? undefined : orderOf(old);
    if (old === undefined || known === undefined) return;
    // What was pushed may be wrong, finals included; what we asked for is what the platform has.
    if (ordersOf(row.platform).truth === 'pushed' && isAnswer(row)) {
      if (!wasSoWhenAsked(states, row, order))
        report('goes-back', `${pk} revision ${row.revision} holds an answer that was over when we asked`);
      return;
    }
    if (ordersOf(row.platform).finalStatuses.has(known.status) && order.status !== known.status)
      report('final-left', `${pk} left ${known.status} for ${order.status}`);
    if (isStale(states, { row: old, order: known }, { row, order }))
      report('goes-back', `${pk} revision ${row.revision} went back to an older state`);
  };
}

/**
 * Whether a write goes back. Of a platform that is asked, states that share its time (whole seconds) have no order that
 * anybody could see, so between those only the last one counts, in the end.
 */
function isStale(states: readonly PastState[], old: Held, now: Held): boolean {
  const [before, after] = [old.row.sourceTime, now.row.sourceTime];
  if (before !== undefined && after !== undefined && before !== after) return after < before;
  if (ordersOf(now.row.platform).truth === 'fetched') return false;
  const last = ({ row, order }: Held) => states.findLastIndex((state) => holds(row, order, state));
  return last(now) < last(old);
}

interface Held {
  row: OrderRow;
  order: Order;
}
