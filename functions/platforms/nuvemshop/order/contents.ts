import * as z from 'zod';
import { readMoney } from '../../../domain/money.ts';
import type { Order, OrderLine } from '../../../domain/order.ts';
import type { Amounts } from '../../reading/tolerant-reader.ts';
import { omitUndefined, readTolerantly } from '../../reading/tolerant-reader.ts';
import { idSchema, latest, type NuvemshopOrder, readOrderTime } from './schema.ts';
import { parcelStatus } from './statuses.ts';

/**
 * Turns products into lines. They are keyed by the line's own id, because the same variant may stand on several lines
 * (reference, order page); v1 has none, so the position stands in. `price` is what is charged for one unit.
 */
export function readLines(order: NuvemshopOrder, amounts: Amounts): OrderLine[] {
  return order.products.map((product, index) => {
    const at = `products[${index}]`;
    if (!product.id) amounts.warnings.push(`${at}.id is missing, its position stands in`);
    const price = amounts.read(product.price, `${at}.price`);
    if (price === undefined) amounts.warnings.push(`${at}.price is missing, read as 0`);
    const unitPrice = price ?? 0;
    const barcode = product.barcode?.trim();
    return omitUndefined({
      lineId: product.id ?? `line-${index + 1}`,
      productId: product.product_id ?? undefined,
      variantId: product.variant_id ?? undefined,
      sku: product.sku || undefined,
      barcodes: barcode ? [barcode] : undefined,
      name: product.name || product.sku || '',
      quantity: product.quantity,
      unit: 'unit' as const,
      unitPrice,
      total: amounts.times(unitPrice, product.quantity),
    });
  });
}

const word = z.string().nullish();

/**
 * A fulfilment order inside an order. In one of the reference's samples `assigned_location` names its id `id`, elsewhere
 * `location_id`. On lists the objects are partial, so nothing but the id is sure to be there.
 */
const parcelSchema = z.object({
  id: idSchema,
  status: word,
  assigned_location: z.object({ location_id: idSchema.nullish(), id: idSchema.nullish() }).nullish(),
  shipping: z
    .object({
      type: word,
      carrier: z.object({ name: word, code: word }).nullish(),
      consumer_cost: z.object({ value: z.union([z.number(), z.string()]), currency: word }).nullish(),
      max_delivery_date: word,
    })
    .nullish(),
  tracking_info: z.object({ code: word, url: word }).nullish(),
  fulfilled_at: word,
  updated_at: word,
});
type SourceParcel = z.output<typeof parcelSchema>;

export interface ParcelsReading {
  parcels: Order['fulfilment']['parcels'];
  kind: Order['fulfilment']['kind'];
  /** What the buyer pays for shipping, as the platform wrote it; absent unless every parcel says it. */
  costs?: { value: number | string; currency?: string | undefined }[];
  updatedAt?: string | undefined;
  promisedFor?: string | undefined;
  warnings: string[];
}

/** Reads the order's fulfilment orders, whichever of the two names the list came under, as objects or as bare ULIDs. */
export function readParcels(order: NuvemshopOrder): ParcelsReading {
  const sources = new Map<string, SourceParcel>();
  const warnings: string[] = [];
  for (const [index, entry] of (order.fulfillments ?? order.fulfillment_orders ?? []).entries()) {
    const at = `fulfillments[${index}]`;
    const json = typeof entry === 'string' ? { id: entry } : entry;
    const reading = readTolerantly(parcelSchema, json, ([head]) => head === undefined || head === 'id');
    if (reading.ok) sources.set(reading.value.id, reading.value);
    const said = reading.ok ? reading.warnings : [`left out: ${reading.problem}`];
    warnings.push(...said.map((warning) => `${at} ${warning}`));
  }
  const found = [...sources.values()];
  const costs = found.flatMap(({ shipping }) =>
    shipping?.consumer_cost
      ? [{ value: shipping.consumer_cost.value, currency: shipping.consumer_cost.currency ?? undefined }]
      : [],
  );
  return {
    parcels: found.map(toParcel),
    kind: kindOf(found.map(({ shipping }) => shipping?.type ?? order.shipping_pickup_type)),
    ...(found.length > 0 && costs.length === found.length ? { costs } : {}),
    updatedAt: latest(found.flatMap((parcel) => [parcel.updated_at, parcel.fulfilled_at].map(readOrderTime))),
    promisedFor: latest(found.map(({ shipping }) => readOrderTime(shipping?.max_delivery_date))),
    warnings,
  };
}

function toParcel(source: SourceParcel): Order['fulfilment']['parcels'][number] {
  return omitUndefined({
    parcelId: source.id,
    status: parcelStatus(source.status),
    platformStatus: source.status ?? '',
    locationId: source.assigned_location?.location_id ?? source.assigned_location?.id ?? undefined,
    carrier: source.shipping?.carrier?.name || source.shipping?.carrier?.code || undefined,
    trackingCode: source.tracking_info?.code || undefined,
    trackingUrl: source.tracking_info?.url || undefined,
  });
}

// One parcel on its way makes the order a delivery, whatever the rest of it is.
function kindOf(types: readonly (string | null | undefined)[]): Order['fulfilment']['kind'] {
  if (types.includes('ship')) return 'delivery';
  if (types.includes('pickup')) return 'pickup';
  return types.length > 0 && types.every((type) => type === 'non-shippable') ? 'none' : 'unknown';
}

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
  const ofLines = lines.reduce((sum, { total = 0 }) => sum + total, 0);
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
