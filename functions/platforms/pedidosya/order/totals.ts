import { formatMoney } from '../../../domain/money.ts';
import type { Order, OrderDiscount, OrderLine } from '../../../domain/order.ts';
import type { Amounts } from '../../reading/amounts.ts';
import { omitUndefined } from '../../reading/tolerant-reader.ts';
import { beyondLines, type ItemReading, readReductions, sumOf } from './lines.ts';
import type { PedidosyaFee, PedidosyaPayment } from './schema.ts';

/** The amounts of an order; what no part of the message said is absent. */
export interface MoneyReading {
  lines?: OrderLine[];
  totals: Order['totals'];
  discounts?: OrderDiscount[];
  collectAtPickup?: number;
}

/**
 * Reads an order's amounts. `sub_total` is the goods and `order_total` the whole (Partner API, order object).
 *
 * - A discount's size counts, whatever its sign. Where `discount` is absent, it is the sum of `discounts`. Where it is absent or
 *   0, and the sum closes only with what lines tell was taken off them, that was taken off as well.
 * - Whether `discount` holds the vouchers is not documented: they are added where the sum closes with them only, and where
 *   nothing else says what was taken off.
 * - `total_price` of an item is the price before its promotions, which `discount` holds as well; where `discount` is smaller
 *   than the promotions of the lines, they are left out of `total_price` already.
 * - Fees other than delivery are one sum; what is paid for containers is a deposit.
 * - Without `payment` there are no totals: who adds up the lines knows no fee and no discount.
 *
 * What does not add up is a warning that says by how much, because the platform's total is what the merchant is settled by.
 */
export function readMoney(
  payment: PedidosyaPayment | null | undefined,
  items: readonly ItemReading[] | undefined,
  currency: string,
  amounts: Amounts,
): MoneyReading {
  const ofLines = (items ?? []).flatMap(({ discounts }) => discounts);
  if (!payment) return { ...withLines(items, true), totals: {} };
  const read = (field: Amount) => amounts.read(payment[field], `payment.${field}`);
  const listed = readReductions('discounts', payment, amounts);
  const vouchers = readReductions('vouchers', payment, amounts);
  const stated = read('discount');
  const said = stated === undefined ? undefined : Math.abs(stated);
  const lineTotals = sumLines(items);
  const [tip, deposit, collectAtPickup] = (['tip', 'container_charge', 'collect_at_pickup'] as const).map(
    (field) => amounts.readOptional(payment[field], `payment.${field}`),
  );
  const subTotal = read('sub_total');
  const fees = sumSaid([read('service_fee'), read('difference_to_minimum'), ...readFees(payment, amounts)]);
  const parts = {
    // The sum of no lines is nothing that anybody said.
    goods: subTotal ?? (items?.length ? lineTotals?.gross : undefined),
    shipping: read('delivery_fee'),
    fees,
    tip,
    deposit,
    tax: read('total_taxes'),
    total: read('order_total'),
  };
  const discount = chooseDiscount({ said, listed, vouchers, ofLines }, parts, amounts);
  const totals: Order['totals'] = omitUndefined({ ...parts, discount });
  warnAboutSums(totals, subTotal === undefined ? undefined : lineTotals, currency, amounts);
  const gross = parts.total === undefined || (discount ?? 0) + amounts.tolerance() >= sumOf(ofLines);
  const discounts = beyondLines({ listed, vouchers }, ofLines, discount);
  return {
    ...withLines(items, gross),
    totals,
    ...(discounts.length > 0 ? { discounts } : {}),
    ...(collectAtPickup === undefined ? {} : { collectAtPickup }),
  };
}

type Amount =
  | 'sub_total'
  | 'order_total'
  | 'delivery_fee'
  | 'service_fee'
  | 'difference_to_minimum'
  | 'discount'
  | 'total_taxes';

/** The lines with what was taken off them. */
function withLines(items: readonly ItemReading[] | undefined, gross: boolean): { lines?: OrderLine[] } {
  if (items === undefined) return {};
  const lines = items.map(({ line, discounts }): OrderLine => {
    if (discounts.length === 0) return line;
    const off = gross ? Math.min(sumOf(discounts), Math.max(0, line.total ?? 0)) : 0;
    return { ...line, ...(line.total === undefined ? {} : { total: line.total - off }), discounts };
  });
  return { lines };
}

interface LineTotals {
  /** Before and after what was taken off the lines. */
  gross: number;
  net: number;
}

function sumLines(items: readonly ItemReading[] | undefined): LineTotals | undefined {
  let gross = 0;
  let net = 0;
  for (const { line, discounts } of items ?? []) {
    if (line.total === undefined) return undefined;
    gross += line.total;
    net += line.total - sumOf(discounts);
  }
  return items === undefined ? undefined : { gross, net };
}

/** `additional_fees` come by name or as a list. */
function readFees({ additional_fees: fees }: PedidosyaPayment, amounts: Amounts): (number | undefined)[] {
  return Object.values<PedidosyaFee>(fees ?? {}).map((fee, index) => {
    const path = `payment.additional_fees (entry ${index + 1})`;
    const isEntry = typeof fee === 'object' && fee !== null;
    return amounts.readOptional(isEntry ? (fee.value ?? fee.amount) : fee, path);
  });
}

const sumSaid = (amounts: readonly (number | undefined)[]): number | undefined =>
  amounts.reduce((sum, amount) => (amount === undefined ? sum : (sum ?? 0) + amount), undefined);

interface SaidDiscounts {
  said: number | undefined;
  listed: readonly OrderDiscount[];
  vouchers: readonly OrderDiscount[];
  ofLines: readonly OrderDiscount[];
}

/** What was taken off the order in all: the one of the readings with which the sum closes, else the likeliest. */
function chooseDiscount(
  { said, listed, vouchers, ofLines }: SaidDiscounts,
  parts: Order['totals'],
  amounts: Amounts,
): number | undefined {
  // Some send a 0 beside a list that tells another sum.
  const inList = listed.length > 0 ? sumOf(listed) : undefined;
  const likely = said ? said : (inList ?? said);
  const withVouchers = vouchers.length > 0 ? (likely ?? 0) + sumOf(vouchers) : undefined;
  const nothing = said === undefined && inList === undefined;
  const candidates = [
    likely,
    withVouchers,
    inList,
    said,
    ...(said ? [] : besideLines(ofLines, inList ?? 0, sumOf(vouchers))),
    ...(nothing ? [0] : []),
  ];
  const closing = candidates.find(
    (discount) => discount !== undefined && closes({ ...parts, discount }, amounts),
  );
  // Nothing was taken off where the sum closes with nothing: then it was never said.
  if (closing === 0 && said === undefined) return undefined;
  return closing ?? likely ?? withVouchers;
}

/** What lines tell was taken off, alone and beside what the order tells of. */
function besideLines(ofLines: readonly OrderDiscount[], listed: number, vouchers: number): number[] {
  if (ofLines.length === 0) return [];
  return [0, vouchers, listed, listed + vouchers].map((more) => sumOf(ofLines) + more);
}

function gapsOf(totals: Order['totals']): readonly number[] {
  const { goods = 0, shipping = 0, fees = 0, tip = 0, deposit = 0, discount = 0, tax = 0, total } = totals;
  if (total === undefined || totals.goods === undefined) return [0];
  const withoutTax = goods + shipping + fees + tip + deposit - discount;
  // Prices hold the tax in some countries and not in others; nothing in the order says which.
  return [total - withoutTax, total - withoutTax - tax];
}

const closes = (totals: Order['totals'], amounts: Amounts): boolean =>
  gapsOf(totals).some((gap) => Math.abs(gap) <= amounts.tolerance());

function warnAboutSums(
  totals: Order['totals'],
  lines: LineTotals | undefined,
  currency: string,
  amounts: Amounts,
): void {
  const { total, goods } = totals;
  if (total === undefined) amounts.warnings.push('payment.order_total is missing');
  if (!closes(totals, amounts)) {
    const [gap = 0] = gapsOf(totals);
    const by = `${formatMoney(Math.abs(gap), currency)} ${gap > 0 ? 'more' : 'less'}`;
    amounts.warnings.push(`payment.order_total is not the sum of its parts but ${by}`);
  }
  if (lines === undefined || goods === undefined) return;
  const near = (sum: number) => Math.abs(sum - goods) <= amounts.tolerance();
  if (!near(lines.gross) && !near(lines.net))
    amounts.warnings.push('payment.sub_total is not the sum of the lines');
}
