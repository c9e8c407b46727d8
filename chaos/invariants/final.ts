import type { OrderRow } from '../../functions/domain/order-row.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { Tables } from '../aws/tables.ts';
import type { SimStore } from '../plan/stores.ts';
import { type History, orderKey, type PastState } from './history.ts';
import { heldIn, rowsOf } from './rows.ts';
import { holds, isWhole } from './same-state.ts';
import type { Report } from './violation.ts';

/** How much of an order has to be in the table: its last state, at least a row of it, or nothing. */
export type Expected = (
  store: SimStore,
  orderId: string,
  last: PastState,
  row: OrderRow | undefined,
) => 'state' | 'row' | 'nothing';

/** Holds the whole table against the platforms. */
export function checkRows(tables: Tables, history: History, expected: Expected, report: Report): void {
  const rows = new Map(rowsOf(tables));
  for (const { store, orderId, states } of history.all()) {
    const last = states.at(-1);
    if (last === undefined) continue;
    const pk = orderPk(orderKey(store, orderId));
    const seen = rows.get(pk);
    const row = seen?.row;
    const held = seen === undefined ? undefined : heldIn(seen);
    const wanted = expected(store, orderId, last, row);
    if (wanted === 'nothing') continue;
    if (row === undefined || held === undefined) report('missing', `${pk} has no order in the table`);
    else if (wanted === 'row') continue;
    else if (!holds(held, last) || !isWhole(held))
      report('behind', `${pk} stands at revision ${row.revision}, not at the platform's last state`);
    else if (row.state !== 'ok') report('behind', `${pk} needs review (${row.review?.reason})`);
  }
}
