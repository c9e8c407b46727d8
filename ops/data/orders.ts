import { isAcknowledged } from '../../functions/domain/acknowledge-term.ts';
import type { OrderStatus, PlatformName } from '../../functions/domain/order.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import type { ChangesCursor } from '../../functions/storage/row-index.ts';
import type { OperatorContext } from '../context.ts';
import { type RowSummary, summaryOf } from '../row-summary.ts';

/** Which orders are wanted. */
export interface OrdersWanted {
  platform?: PlatformName;
  status?: OrderStatus;
  /** Only what the merchant's own system has not acknowledged. */
  notAcknowledged?: boolean;
  limit: number;
  /** Rows of a store that may be read for it; all of them when absent. */
  mostRows?: number;
}

/** The stores of one platform, or all. */
export const storesOf = ({ stores }: Pick<OperatorContext, 'stores'>, platform?: PlatformName) =>
  stores.filter((store) => platform === undefined || store.platform === platform);

/**
 * The orders that changed last, the newest first.
 *
 * @returns `complete`: false where `mostRows` were read and there may be others
 */
export async function newestOrders(
  context: Pick<OperatorContext, 'stores' | 'index' | 'ordersOf'>,
  wanted: OrdersWanted,
): Promise<{ orders: RowSummary[]; complete: boolean }> {
  const lists = await Promise.all(
    storesOf(context, wanted.platform).map((store) => newestOf(context, store, wanted)),
  );
  const orders = lists
    .flatMap(({ found }) => found)
    .sort((a, b) => (a.changedAt < b.changedAt ? 1 : -1))
    .slice(0, wanted.limit);
  return { orders, complete: lists.every(({ complete }) => complete) };
}

async function newestOf(
  { index, ordersOf }: Pick<OperatorContext, 'index' | 'ordersOf'>,
  store: { platform: PlatformName; storeId: string },
  wanted: OrdersWanted,
): Promise<{ found: RowSummary[]; complete: boolean }> {
  const { limit, mostRows = Number.POSITIVE_INFINITY } = wanted;
  const found: RowSummary[] = [];
  let read = 0;
  let after: ChangesCursor | undefined;
  do {
    const page = await index.changes({ ...store, limit, newestFirst: true, ...(after ? { after } : {}) });
    const rows = await ordersOf(page.keys);
    for (const row of rows) if (row !== undefined && isWanted(row, wanted)) found.push(summaryOf(row));
    read += page.keys.length;
    after = page.next;
  } while (after !== undefined && found.length < limit && read < mostRows);
  return { found: found.slice(0, limit), complete: after === undefined || found.length >= limit };
}

const isWanted = ({ order, ...row }: OrderRow, { status, notAcknowledged }: OrdersWanted): boolean =>
  (status === undefined || order?.status === status) &&
  (!notAcknowledged || (order !== undefined && !isAcknowledged(row)));
