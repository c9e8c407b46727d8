import { type Order, orderSchema } from '../../domain/order.ts';
import { describe, shorten } from './tolerant-reader.ts';

/** An order as the table may hold it, or what is wrong with it. The problem names fields, never values. */
export type CheckedOrder = { ok: true; order: Order } | { ok: false; problem: string };

/**
 * The last look at what was read: half of a character becomes U+FFFD with a warning, because no table and no queue can
 * hold it, and the order is held against its schema.
 */
export function checkOrder(order: Order): CheckedOrder {
  const mended = mend(order);
  const warnings = mended === order ? order.warnings : [...order.warnings, HALVES];
  const checked = orderSchema.safeParse({ ...(mended as Order), warnings: shorten(warnings) });
  return checked.success
    ? { ok: true, order: checked.data }
    : { ok: false, problem: describe(checked.error.issues) };
}

const HALVES = 'a text held half a character, which was replaced';

/** The same value where every text is well-formed Unicode; itself where it was so already. */
function mend(value: unknown): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (Array.isArray(value)) {
    const mended = value.map(mend);
    return mended.some((element, index) => element !== value[index]) ? mended : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value);
  const mended = fields.map(([name, field]): [string, unknown] => [name, mend(field)]);
  return mended.some(([, field], index) => field !== fields[index]?.[1]) ? Object.fromEntries(mended) : value;
}
