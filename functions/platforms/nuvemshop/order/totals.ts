import { readMoney } from '../../../domain/money.ts';
import type { Order, OrderLine } from '../../../domain/order.ts';
import type { Amounts } from '../../reading/amounts.ts';
import type { ParcelsReading } from './lines-and-parcels.ts';
import type { NuvemshopOrder } from './schema.ts';

/**
 * Reads the order's totals. `discount` is the sum of all discounts (coupon, gateway, promotions).
 *
 * Since 2025-03 the order itself no longer says what shipping costs the buyer; its fulfilment orders do, and v1 still
 * does. Where neither says it, it is what the total has beyond the goods. What does not add up is a warning: the
 * platform's total stands, because it is what the buyer was asked to pay.
 */
export function readTotals(
  order: NuvemshopOrder,
  lines: readonly OrderLine[],
  parcels: ParcelsReading,
  amounts: Amounts,
): Order['totals'] {
  const ofLines = lines.reduce((sum, { total }) => sum + total, 0);
  const subtotal = amounts.read(order.subtotal, 'subtotal');
  const goods = subtotal ?? ofLines;
  const discount = amounts.read(order.discount, 'discount') ?? 0;
  const stated = amounts.read(order.total ?? order.price, 'total');
  if (stated === undefined) amounts.problems.push('total is missing');
  const total = stated ?? 0;
  const rest = total - goods + discount;
  const shipping = readShipping(order, parcels, amounts) ?? Math.max(rest, 0);
  const spare = amounts.tolerance();
  if (subtotal !== undefined && Math.abs(subtotal - ofLines) > spare) {
    amounts.warnings.push('subtotal is not the sum of the lines');
  }
  if (Math.abs(rest - shipping) > spare) {
    amounts.warnings.push('total is not subtotal less discount plus shipping');
  }
  return { goods, discount, shipping, fees: 0, tax: 0, total };
}

// Shipping is a decoration beside the total: unreadable, it is derived rather than fatal.
function readShipping(
  order: NuvemshopOrder,
  { costs }: ParcelsReading,
  amounts: Amounts,
): number | undefined {
  const ours = costs?.every(({ currency }) => currency === undefined || currency === order.currency);
  const values =
    costs !== undefined && ours ? costs.map(({ value }) => value) : [order.shipping_cost_customer];
  let sum = 0;
  for (const value of values) {
    if (value === null || value === undefined) return undefined;
    const reading = readMoney(value, order.currency);
    if (!reading.ok) {
      amounts.warnings.push(`the shipping cost was derived: ${reading.reason}`);
      return undefined;
    }
    sum += reading.minor;
  }
  return sum;
}
