import { contentHash, type OrderRow, orderOf } from '../../functions/domain/order-row.ts';
import { ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { orderItemSchema } from '../../functions/storage/orders.ts';
import type { Attributes } from '../aws/expression.ts';
import type { Tables } from '../aws/tables.ts';
import { TABLE } from '../plan/merchant.ts';

/** A row of the orders table, read as our functions read it. */
export interface SeenRow {
  row: OrderRow;
  /** Of its whole order; absent while it has none. */
  hash?: string;
}

// A stored item never changes, so each is read once.
const seen = new WeakMap<Attributes, SeenRow>();

export function rowOf(item: Attributes): SeenRow {
  const known = seen.get(item);
  if (known !== undefined) return known;
  const row = orderItemSchema.parse(item);
  const order = orderOf(row);
  const made = { row, ...(order === undefined ? {} : { hash: contentHash(order) }) };
  seen.set(item, made);
  return made;
}

/** Every row of the table, by its partition. */
export function* rowsOf(tables: Tables): Generator<[string, SeenRow]> {
  for (const item of tables.all(TABLE.orders))
    if (item.sk === ORDER_ROW_SK) yield [String(item.pk), rowOf(item)];
}
