import { contentHash } from '../../functions/domain/content-hash.ts';
import { type OrderRow, orderOf } from '../../functions/domain/order-row.ts';
import type { Platform } from '../../functions/platforms/names.ts';
import { ORDER_ROW_SK, orderPk } from '../../functions/storage/keys.ts';
import { orderItemSchema } from '../../functions/storage/orders.ts';
import type { Tables } from '../aws/tables.ts';
import { SETTINGS, TABLE } from '../world/merchant.ts';
import type { History, PastState } from './history.ts';
import type { Report } from './violation.ts';

const STORE = {
  nuvemshop: SETTINGS.nuvemshop.storeId,
  pedidosya: SETTINGS.pedidosya.chainId,
  imotriz: SETTINGS.imotriz.storeId,
} as const;

/** How much of an order has to be in the table: its last state, at least a row of it, or nothing. */
export type Expected = (
  platform: Platform,
  orderId: string,
  last: PastState,
  row: OrderRow | undefined,
) => 'state' | 'row' | 'nothing';

/**
 * Holds the whole table against the platforms.
 */
export function checkRows(tables: Tables, history: History, expected: Expected, report: Report): void {
  const rows = new Map<string, OrderRow>();
  for (const item of tables.all(TABLE.orders))
    if (item.sk === ORDER_ROW_SK) rows.set(String(item.pk), orderItemSchema.parse(item));
  for (const { platform, orderId, states } of history.all()) {
    const last = states.at(-1);
    if (last === undefined) continue;
    const pk = orderPk({ platform, storeId: STORE[platform], platformOrderId: orderId });
    const row = rows.get(pk);
    const wanted = expected(platform, orderId, last, row);
    if (wanted === 'nothing') continue;
    const order = row === undefined ? undefined : orderOf(row);
    if (row === undefined || order === undefined) report('missing', `${pk} has no order in the table`);
    else if (wanted === 'row') continue;
    else if (contentHash(order) !== last.hash)
      report('behind', `${pk} stands at revision ${row.revision}, not at the platform's last state`);
    else if (row.state !== 'ok') report('behind', `${pk} is in attention (${row.review?.reason})`);
  }
}
