import { contentHash } from '../../functions/domain/canonical-json.ts';
import type { Order } from '../../functions/domain/order.ts';
import { type OrderRow, orderOf } from '../../functions/domain/order-row.ts';
import { ORDER_KIND, ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { orderItemSchema } from '../../functions/storage/order-item.ts';
import { isTombstone } from '../../functions/storage/tombstones.ts';
import type { Attributes } from '../aws/expression.ts';
import type { Tables } from '../aws/tables.ts';
import { TABLE } from '../plan/merchant.ts';

/** A row of the orders table, read as our functions read it. */
export interface SeenRow {
  row: OrderRow;
  /** Its whole order; absent while it has none. */
  order?: Order;
  hash?: string;
}

/** A row with an order. */
export type HeldRow = Required<SeenRow>;

// A stored item never changes, so each is read once.
const known = new WeakMap<Attributes, SeenRow>();

export function rowOf(item: Attributes): SeenRow {
  const seen = known.get(item);
  if (seen !== undefined) return seen;
  const row = orderItemSchema().parse(item);
  const order = orderOf(row);
  const made = { row, ...(order === undefined ? {} : { order, hash: contentHash(order) }) };
  known.set(item, made);
  return made;
}

export const heldIn = ({ row, order, hash }: SeenRow): HeldRow | undefined =>
  order === undefined || hash === undefined ? undefined : { row, order, hash };

/** Whether an item is the row of an order: customers who were erased have rows, too. */
const isOrderRow = ({ pk, sk }: Attributes): boolean =>
  sk === ORDER_ROW_SK && String(pk).includes(`#${ORDER_KIND}#`);

/** Every order's row of the table, by its partition. */
export function* rowsOf(tables: Tables): Generator<[string, SeenRow]> {
  for (const item of tables.all(TABLE.orders))
    if (isOrderRow(item) && !isTombstone(item)) yield [String(item.pk), rowOf(item)];
}
