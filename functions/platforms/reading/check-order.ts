import { type Order, orderSchema } from '../../domain/order.ts';
import { describe, shorten } from './tolerant-reader.ts';

/** An order as the table may hold it, or what is wrong with it. The problem names fields, never values. */
export type CheckedOrder = { ok: true; order: Order } | { ok: false; problem: string };

/** The last look at an order that was read: it is held against its schema, with as many warnings as a row can carry. */
export function checkOrder(order: Order): CheckedOrder {
  const checked = orderSchema.safeParse({ ...order, warnings: shorten(order.warnings) });
  return checked.success
    ? { ok: true, order: checked.data }
    : { ok: false, problem: describe(checked.error.issues) };
}
