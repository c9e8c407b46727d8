import type { Order, OrderLine } from '../../../domain/order.ts';
import type { Amounts } from '../../reading/tolerant-reader.ts';
import { omitUndefined } from '../../reading/tolerant-reader.ts';
import type { PedidosyaChain } from '../settings.ts';
import type { PedidosyaItem, PedidosyaPayment } from './schema.ts';

/**
 * ISO currencies by country, because PedidosYa's amounts carry none (Partner API, order object). Our own table: a
 * deployment adds to it or overrides it with the setting `currencies`.
 */
const CURRENCY_BY_COUNTRY: Readonly<Record<string, string>> = {
  ar: 'ARS',
  bo: 'BOB',
  cl: 'CLP',
  cr: 'CRC',
  do: 'DOP',
  ec: 'USD',
  gt: 'GTQ',
  hn: 'HNL',
  ni: 'NIO',
  pa: 'USD',
  pe: 'PEN',
  py: 'PYG',
  sv: 'USD',
  uy: 'UYU',
  ve: 'VES',
};

export type CurrencyReading =
  | { ok: true; currency: string; warning?: string }
  | { ok: false; problem: string };

/**
 * The currency of an order from its country, else from the configured country. An unknown country is read in the
 * configured country's currency with a warning, because a chain is one legal entity in one country and an order in the
 * table with a warning serves better than one that waits.
 */
export function currencyOf(
  country: string | null | undefined,
  settings: Pick<PedidosyaChain, 'country' | 'currencies'>,
): CurrencyReading {
  const own = lookUp(country?.trim().toLowerCase() ?? '', settings);
  if (own !== undefined) return { ok: true, currency: own };
  const configured = lookUp(settings.country, settings);
  if (configured === undefined) {
    return {
      ok: false,
      problem: `no currency is known for country ${settings.country}; set it under currencies`,
    };
  }
  if (country === null || country === undefined) return { ok: true, currency: configured };
  const warning = `client.country_code has no known currency, ${configured} of the configured country was assumed`;
  return { ok: true, currency: configured, warning };
}

function lookUp(country: string, { currencies }: Pick<PedidosyaChain, 'currencies'>): string | undefined {
  if (Object.hasOwn(currencies, country)) return currencies[country];
  return Object.hasOwn(CURRENCY_BY_COUNTRY, country) ? CURRENCY_BY_COUNTRY[country] : undefined;
}

/** Items that the buyer neither gets nor pays: not found on the shelf, or given up for a substitute. */
const NOT_SOLD = new Set(['NOT_FOUND', 'REPLACED']);

/**
 * Turns items into lines. Goods sold by weight (`pricing_type` KG) count in kilograms picked, since `quantity` is then
 * the number of portions ordered. Items not found or replaced stay as lines with quantity and total 0, so that nobody
 * who adds up lines counts them; their word is in `platformStatus`.
 */
export function readLines(items: readonly PedidosyaItem[], amounts: Amounts): OrderLine[] {
  return items.map((item, index) => readLine(item, index, amounts));
}

function readLine(item: PedidosyaItem, index: number, amounts: Amounts): OrderLine {
  const at = `items[${index}]`;
  const sold = !NOT_SOLD.has(item.status?.trim().toUpperCase() ?? '');
  const measured = readMeasure(item, at, amounts);
  const price = readPrice(item, measured.quantity, at, amounts);
  const barcodes = typeof item.barcode === 'string' ? [item.barcode] : item.barcode;
  return omitUndefined({
    lineId: item._id || item.sku || `line-${index + 1}`,
    sku: item.sku || undefined,
    barcodes: barcodes && barcodes.length > 0 ? barcodes : undefined,
    name: item.name || item.sku || '',
    unit: measured.unit,
    unitPrice: price.unitPrice,
    quantity: sold ? measured.quantity : 0,
    total: sold ? price.total : 0,
    platformStatus: item.status || undefined,
    replacesLineId: item.replaced_id || undefined,
  });
}

function readMeasure(
  item: PedidosyaItem,
  at: string,
  amounts: Amounts,
): Pick<OrderLine, 'quantity' | 'unit'> {
  const pricing = item.pricing ?? item.original_pricing;
  if (!pricing) amounts.problems.push(`${at}.pricing is missing`);
  const type = pricing?.pricing_type?.trim().toUpperCase() ?? 'UNIT';
  if (type !== 'KG') {
    if (type !== 'UNIT') amounts.warnings.push(`${at}.pricing.pricing_type is not known, read as UNIT`);
    if (pricing && pricing.quantity == null) amounts.problems.push(`${at}.pricing.quantity is missing`);
    return { quantity: pricing?.quantity ?? 0, unit: 'unit' };
  }
  const weight = pricing?.weight ?? item.original_pricing?.weight;
  if (weight == null) amounts.warnings.push(`${at}.pricing.weight is missing, quantity read as kilograms`);
  return { quantity: weight ?? pricing?.quantity ?? 0, unit: 'kg' };
}

function readPrice(
  item: PedidosyaItem,
  quantity: number,
  at: string,
  amounts: Amounts,
): { unitPrice: number; total: number } {
  const pricing = item.pricing ?? item.original_pricing;
  const total = amounts.read(pricing?.total_price, `${at}.pricing.total_price`);
  const unitPrice = amounts.read(pricing?.unit_price, `${at}.pricing.unit_price`);
  if (unitPrice !== undefined) return { unitPrice, total: total ?? amounts.times(unitPrice, quantity) };
  if (total === undefined) amounts.problems.push(`${at}.pricing has neither unit_price nor total_price`);
  else amounts.warnings.push(`${at}.pricing.unit_price is missing, worked out from total_price`);
  return { unitPrice: quantity > 0 ? Math.round((total ?? 0) / quantity) : 0, total: total ?? 0 };
}

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
