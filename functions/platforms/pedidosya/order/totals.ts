import type { Order, OrderLine } from '../../../domain/order.ts';
import type { Amounts } from '../../reading/amounts.ts';
import type { PedidosyaPayment } from './schema.ts';

/** What an order costs as PedidosYa says it; `complete` is false when the order's total itself is missing. */
export interface TotalsReading {
  totals: Order['totals'];
  complete: boolean;
}

/**
 * Reads an order's amounts. `sub_total` is the goods and `order_total` the whole; `discount` is sent negative by some
 * and positive by others, so its size counts; fees other than delivery are one sum. What does not add up is a warning,
 * because the platform's total is what the merchant is settled by.
 */
export function readTotals(
  payment: PedidosyaPayment,
  lines: readonly OrderLine[] | undefined,
  amounts: Amounts,
): TotalsReading {
  const read = (field: Exclude<keyof PedidosyaPayment, 'additional_fees' | 'type'>) =>
    amounts.read(payment[field], `payment.${field}`);
  const sumOfLines = lines?.reduce((sum, { total }) => sum + total, 0);
  const subTotal = read('sub_total');
  const additional = Object.values(payment.additional_fees ?? {}).map(
    (fee, index) => amounts.read(fee, `payment.additional_fees (entry ${index + 1})`) ?? 0,
  );
  const fees = [read('service_fee'), read('difference_to_minimum'), read('container_charge'), ...additional];
  const total = read('order_total');
  const totals = {
    goods: subTotal ?? sumOfLines ?? 0,
    discount: Math.abs(read('discount') ?? 0),
    shipping: read('delivery_fee') ?? 0,
    fees: fees.reduce<number>((sum, fee) => sum + (fee ?? 0), 0),
    tax: read('total_taxes') ?? 0,
    total: total ?? 0,
  };
  if (total === undefined) amounts.warnings.push('payment.order_total is missing');
  else warnAboutSums(totals, subTotal === undefined ? undefined : sumOfLines, amounts);
  return { totals, complete: total !== undefined };
}

function warnAboutSums(totals: Order['totals'], sumOfLines: number | undefined, amounts: Amounts): void {
  const near = (a: number, b: number) => Math.abs(a - b) <= amounts.tolerance();
  const withoutTax = totals.goods + totals.shipping + totals.fees - totals.discount;
  // Prices hold the tax in some countries and not in others; nothing in the order says which.
  if (!near(withoutTax, totals.total) && !near(withoutTax + totals.tax, totals.total)) {
    amounts.warnings.push('payment.order_total is not the sum of its parts');
  }
  if (sumOfLines !== undefined && !near(sumOfLines, totals.goods)) {
    amounts.warnings.push('payment.sub_total is not the sum of the lines');
  }
}
