import { isObject } from '../../../domain/json-object.ts';
import type { Order, OrderDiscount, OrderLine, OrderParcel } from '../../../domain/order.ts';
import type { Amounts } from '../../reading/amounts.ts';
import { listOf, measure } from '../../reading/forms.ts';
import { omitUndefined } from '../../reading/tolerant-reader.ts';
import type { NuvemshopOrder, NuvemshopProduct } from './schema.ts';
import type { PaymentStatus } from './statuses.ts';
import { namedTextsOf, plainText, textOf, variantTextsOf } from './texts.ts';

/** A line, with what the buyer had made of it, which is personal. */
export interface LineReading {
  line: OrderLine;
  properties: { name: string; value: string }[];
}

/**
 * Turns products into lines. They are keyed by the line's own id, because the same variant may stand on several lines
 * (reference, order page); v1 has none, so the position stands in. `price` is what is charged for one unit.
 */
export function readLines(order: NuvemshopOrder, amounts: Amounts): LineReading[] {
  const used = new Set<string>();
  return order.products.map((product, index) => {
    const at = `products[${index}]`;
    const lineId = lineIdOf(product, index, used, amounts);
    used.add(lineId);
    const price = amounts.read(product.price, `${at}.price`);
    if (price === undefined) amounts.warnings.push(`${at}.price is missing`);
    const barcodes = (Array.isArray(product.barcode) ? product.barcode : [product.barcode]).flatMap(
      (one: unknown) => plainText(one) || [],
    );
    const values = variantTextsOf(product.variant_values);
    const line = omitUndefined<OrderLine>({
      lineId,
      productId: product.product_id,
      variantId: product.variant_id,
      sku: product.sku?.trim() || undefined,
      barcodes: barcodes.length > 0 ? barcodes : undefined,
      name: product.name || product.sku || '',
      variantValues: values.length > 0 ? values : undefined,
      quantity: product.quantity,
      unit: 'unit' as const,
      listPrice: listPriceOf(product, price, at, amounts),
      unitPrice: price,
      total: price === undefined ? undefined : amounts.times(price, product.quantity),
      weightKg: weightOf(product, at, amounts),
      kitId: product.order_kit_id,
      kitProductId: product.catalog_kit_id,
      soldWithoutStock: withoutStock(product),
      freeShipping: product.free_shipping ?? undefined,
    });
    const properties = namedTextsOf(product.properties, 'properties').map(({ name, value }) => ({
      name,
      value,
    }));
    return { line, properties };
  });
}

function lineIdOf(
  { id }: NuvemshopProduct,
  index: number,
  used: ReadonlySet<string>,
  { warnings }: Amounts,
): string {
  const position = `line-${index + 1}`;
  if (id === undefined) warnings.push(`products[${index}].id is missing, its position stands in`);
  else if (used.has(id))
    warnings.push(`products[${index}].id is that of another line, its position stands in`);
  return id === undefined || used.has(id) ? position : id;
}

/** A price that is struck through; what is lower than the price is none (seen in an official sample). */
function listPriceOf(
  { compare_at_price }: NuvemshopProduct,
  price: number | undefined,
  at: string,
  amounts: Amounts,
): number | undefined {
  const listed = amounts.readOptional(compare_at_price, `${at}.compare_at_price`);
  return listed === undefined || listed === 0 || listed < (price ?? 0) ? undefined : listed;
}

/** A weight of 0 means that nobody weighed it. */
function weightOf({ weight }: NuvemshopProduct, at: string, { warnings }: Amounts): number | undefined {
  const kilograms = numberOf(weight);
  if (kilograms === undefined && weight) warnings.push(`left out: ${at}.weight is no weight`);
  return kilograms === 0 ? undefined : kilograms;
}

function withoutStock({ issues }: NuvemshopProduct): number | undefined {
  return numberOf(issues?.unclaimed_stock) || undefined;
}

/** A number that is not below zero; undefined for anything else. */
export const numberOf = (value: unknown): number | undefined => measure().safeParse(value).data;

/**
 * Reads the order's totals. `discount` is the sum of all discounts (coupon, gateway, promotions).
 *
 * Since 2025-03 the order itself no longer says what shipping costs the buyer; its fulfilment orders do, and v1 still
 * does. Where neither says it, it is what the total has beyond the goods. What does not add up is a warning: the
 * platform's total stands, because it is what the buyer was asked to pay. What was given back is nowhere said: of an order
 * that is refunded, it is what the buyer has not paid of it any more.
 */
export function readTotals(
  order: NuvemshopOrder,
  {
    lines,
    parcels,
    payment,
  }: { lines: readonly OrderLine[]; parcels: readonly OrderParcel[]; payment: PaymentStatus },
  amounts: Amounts,
): Order['totals'] {
  const ofLines = sumOf(lines.map(({ total }) => total));
  const subtotal = amounts.read(order.subtotal, 'subtotal');
  const goods = subtotal ?? ofLines;
  const total = amounts.read(order.total, 'total') ?? amounts.read(order.price, 'price');
  if (total === undefined) amounts.problems.push('total is missing');
  if (subtotal === undefined && goods !== undefined)
    amounts.warnings.push('subtotal is missing: the sum of the lines stands in');
  const beyond = total === undefined || goods === undefined ? undefined : total - goods;
  const stated = amounts.read(order.discount, 'discount');
  const off = beyond === undefined || !isSurcharge(stated, beyond, parcels) ? sizeOf(stated) : stated;
  const rest = beyond === undefined ? undefined : beyond + (off ?? 0);
  const shipping = shippingOf(order, parcels, rest, amounts);
  const spare = amounts.tolerance();
  if (subtotal !== undefined && ofLines !== undefined && Math.abs(subtotal - ofLines) > spare)
    amounts.warnings.push('subtotal is not the sum of the lines');
  if (rest !== undefined && Math.abs(rest - (shipping ?? 0)) > spare)
    amounts.warnings.push('total is not subtotal less discount plus shipping');
  const paid = amounts.readOptional(order.total_paid_by_customer, 'total_paid_by_customer');
  return omitUndefined({
    goods,
    ...(off !== undefined && off < 0 ? { surcharge: -off } : { discount: off }),
    shipping,
    total,
    paid,
    paidWithFinancing: amounts.readOptional(
      order.total_paid_by_customer_including_fees,
      'total_paid_by_customer_including_fees',
    ),
    refunded: refundedOf(payment, total, paid),
  });
}

const sizeOf = (amount: number | undefined): number | undefined =>
  amount === undefined ? undefined : Math.abs(amount);

/** A discount below zero is a surcharge where only that adds up; else its sign was written. */
function isSurcharge(stated: number | undefined, beyond: number, parcels: readonly OrderParcel[]): boolean {
  if (stated === undefined || stated >= 0) return false;
  const live = parcels.filter(({ status }) => status !== 'cancelled');
  const shipping = live.length === 0 ? undefined : sumOf(live.map(({ costs }) => costs?.buyer));
  const left = beyond + stated;
  return shipping === undefined ? left >= 0 : left === shipping;
}

const REFUNDED: ReadonlySet<PaymentStatus> = new Set(['refunded', 'partially_refunded']);

function refundedOf(
  payment: PaymentStatus,
  total: number | undefined,
  paid: number | undefined,
): number | undefined {
  if (!REFUNDED.has(payment) || total === undefined || paid === undefined) return undefined;
  return total > paid ? total - paid : undefined;
}

/** What the parcels cost the buyer, where each says it: with those that were called off if only so it adds up. */
function shippingOf(
  order: NuvemshopOrder,
  parcels: readonly OrderParcel[],
  rest: number | undefined,
  amounts: Amounts,
): number | undefined {
  const live = parcels.filter(({ status }) => status !== 'cancelled');
  const sums = [live, parcels].map((some) =>
    some.length === 0 ? undefined : sumOf(some.map(({ costs }) => costs?.buyer)),
  );
  const ofOrder =
    parcels.length === 0
      ? amounts.readOptional(order.shipping_cost_customer, 'shipping_cost_customer')
      : undefined;
  const stated = sums.find((sum) => sum !== undefined && sum === rest) ?? sums[0] ?? ofOrder;
  return stated ?? (rest === undefined ? undefined : Math.max(rest, 0));
}

function sumOf(amounts: readonly (number | undefined)[]): number | undefined {
  return amounts.reduce<number | undefined>(
    (sum, one) => (sum === undefined || one === undefined ? undefined : sum + one),
    0,
  );
}

/**
 * What was taken off, by where it comes from: coupons, the way of paying, promotions. Their sizes count, as that of the
 * whole discount does.
 *
 * @param totals where a discount below zero was a surcharge, the way of paying took nothing off
 */
export function readDiscounts(
  order: NuvemshopOrder,
  { lines, totals }: { lines: readonly OrderLine[]; totals: Order['totals'] },
  amounts: Amounts,
): OrderDiscount[] | undefined {
  const gateway = amounts.readOptional(order.discount_gateway, 'discount_gateway') ?? 0;
  const found: OrderDiscount[] = [...couponsOf(order, amounts), ...promotionsOf(order, lines, amounts)];
  if (gateway > 0 || (gateway < 0 && totals.surcharge === undefined)) {
    const name = order.gateway_name?.trim() || undefined;
    found.push(omitUndefined({ kind: 'payment-method' as const, name, amount: Math.abs(gateway) }));
  }
  return found.length === 0 ? undefined : found;
}

/** The platform tells the sum of all coupons, so a coupon among several has no amount of its own. */
function couponsOf(order: NuvemshopOrder, amounts: Amounts): OrderDiscount[] {
  const kind = 'coupon' as const;
  const amount = sizeOf(amounts.readOptional(order.discount_coupon, 'discount_coupon')) || undefined;
  const list = listOf(order.coupon).length > 0 ? listOf(order.coupon) : [order.coupon];
  const codes = list
    .map((one) => plainText(isObject(one) ? one.code : one))
    .filter((code) => code !== undefined && code !== '');
  if (codes.length === 1) return [omitUndefined({ kind, code: codes[0], amount })];
  const together = amount === undefined ? [] : [{ kind, amount }];
  return [...codes.map((code) => ({ kind, code })), ...together];
}

/** Promotions by the products that they were granted for, else one by one, else as one sum: whichever adds up. */
function promotionsOf(order: NuvemshopOrder, lines: readonly OrderLine[], amounts: Amounts): OrderDiscount[] {
  const source = order.promotional_discount;
  const path = 'promotional_discount.total_discount_amount';
  const total = sizeOf(amounts.readOptional(source?.total_discount_amount, path));
  if (total === 0) return [];
  const read = (list: unknown, field: string, name: string) =>
    listOf(list).flatMap((one, index): (OrderDiscount & { amount: number })[] => {
      if (!isObject(one)) return [];
      const at = `promotional_discount.${name}[${index}].${field}`;
      const amount = sizeOf(amounts.readOptional(one[field], at));
      if (!amount) return [];
      const title = textOf(one.scope_value_name) ?? plainText(one.discount_script_type);
      const lineId = name === 'contents' ? lineOf(plainText(one.id), lines) : undefined;
      return [omitUndefined({ kind: 'promotion' as const, name: title || undefined, amount, lineId })];
    });
  const lists = [
    read(source?.contents, 'discount_amount', 'contents'),
    read(source?.promotions_applied, 'total_discount_amount', 'promotions_applied'),
  ];
  const told = lists.filter((list) => list.length > 0);
  if (total === undefined) return told[0] ?? [];
  return (
    told.find((list) => sumOf(list.map(({ amount }) => amount)) === total) ?? [
      { kind: 'promotion', amount: total },
    ]
  );
}

function lineOf(productId: string | undefined, lines: readonly OrderLine[]): string | undefined {
  const found = lines.filter((line) => line.productId === productId);
  return found.length === 1 ? found[0]?.lineId : undefined;
}
