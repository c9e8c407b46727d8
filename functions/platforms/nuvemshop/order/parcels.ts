import type { Order, OrderLine, OrderParcel } from '../../../domain/order.ts';
import type { Amounts } from '../../reading/amounts.ts';
import { listOf } from '../../reading/forms.ts';
import { readIsoTime } from '../../reading/times.ts';
import { omitUndefined, omitUndefinedOrNothing } from '../../reading/tolerant-reader.ts';
import { numberOf } from './contents.ts';
import {
  type FoundParcel,
  findParcels,
  lineItemSchema,
  type ParcelReading,
  parcelSchema,
  type SourceLineItem,
  type SourceParcel,
} from './forms.ts';
import { nameOf, readPlace } from './places.ts';
import type { NuvemshopOrder } from './schema.ts';
import { fulfilmentStatus, parcelStatus } from './statuses.ts';
import { filled } from './texts.ts';
import { latest, readOrderTime } from './times.ts';

export interface ParcelsReading {
  found: ParcelReading[];
  kind: Order['fulfilment']['kind'];
  /** The platform has parcels of the order that it did not tell yet. */
  incomplete: boolean;
}

/** Reads the order's fulfilment orders; of v1, which has none, what the order says of the first of them. */
export function readParcels(
  order: NuvemshopOrder,
  lines: readonly OrderLine[],
  amounts: Amounts,
): ParcelsReading {
  const sources = findParcels(order, amounts.warnings);
  const known = linesByName(lines);
  const whole = sources.map((source) => readParcel(source, known, amounts));
  const legacy = readLegacyParcel(order, amounts);
  const [first, ...others] = whole;
  const bare = sources[0]?.source === undefined;
  const found =
    legacy === undefined || (first !== undefined && !bare)
      ? whole
      : [{ ...legacy, parcel: { ...legacy.parcel, ...idOf(first) } }, ...others];
  return {
    found,
    kind: kindOf(liveOf(found).map(({ kind }) => kind ?? order.shipping_pickup_type)),
    incomplete: legacy === undefined && isIncomplete(order, sources),
  };
}

/** Parcels that are not called off; where all are, all of them. */
export function liveOf(parcels: readonly ParcelReading[]): readonly ParcelReading[] {
  const live = parcels.filter(({ parcel }) => parcel.status !== 'cancelled');
  return live.length > 0 ? live : parcels;
}

/**
 * The parcels that say how far an order is. What is downloaded goes straight to delivered (reference, fulfillment order page),
 * and once it is there it is no sign that anything of the rest was packed or sent. Where there is no rest, it counts.
 */
export function handedOver(parcels: readonly ParcelReading[]): readonly ParcelReading[] {
  const rest = parcels.filter(
    ({ kind, parcel: { status } }) => status !== 'delivered' || kindOf([kind]) !== 'none',
  );
  return rest.some(({ parcel: { status } }) => status !== 'cancelled') ? rest : parcels;
}

const idOf = (first: ParcelReading | undefined) =>
  first === undefined ? {} : { parcelId: first.parcel.parcelId };

/**
 * Right after an order was placed its list of fulfilment orders may be empty, or hold some of them by their ids alone
 * (reference, multi-inventory guide). A sale over the counter has none and never gets any.
 */
function isIncomplete(order: NuvemshopOrder, sources: readonly FoundParcel[]): boolean {
  const overTheCounter = order.storefront === 'pos' && !filled(order.shipping_address?.address);
  const told = order.fulfillments !== undefined || order.fulfillment_orders !== undefined;
  const whole = sources.filter(({ source }) => source !== undefined);
  return told && !overTheCounter && (whole.length === 0 || whole.length < sources.length);
}

function readParcel({ id, at, source }: FoundParcel, lines: LinesByName, amounts: Amounts): ParcelReading {
  if (source === undefined) return { parcel: { parcelId: id, status: 'unknown', platformStatus: '' } };
  const { shipping, recipient } = source;
  const status = parcelStatus(source.status);
  const pickup = isShipped(shipping?.type) ? undefined : shipping?.pickup_details;
  return {
    parcel: omitUndefined<OrderParcel>({
      parcelId: id,
      status,
      platformStatus: source.status ?? '',
      lines: linesOf(source.line_items, lines, at, amounts),
      locationId: source.assigned_location?.location_id ?? source.assigned_location?.id,
      carrier: nameOf(shipping?.carrier),
      deliveryOption: nameOf(shipping?.option),
      trackingCode: source.tracking_info?.code?.trim() || undefined,
      trackingUrl: source.tracking_info?.url?.trim() || undefined,
      costs: omitUndefinedOrNothing({
        buyer: costOf(shipping?.consumer_cost, `${at}.shipping.consumer_cost`, amounts),
        merchant: costOf(shipping?.merchant_cost, `${at}.shipping.merchant_cost`, amounts),
      }),
      promised: omitUndefinedOrNothing({
        from: promiseOf(shipping, 'min_delivery_date', at, amounts),
        to: promiseOf(shipping, 'max_delivery_date', at, amounts),
      }),
      pickupPlace: omitUndefinedOrNothing({
        name: filled(pickup?.name),
        address: readPlace(pickup?.address),
      }),
      dispatchedAt: dispatchedAt(source, status),
    }),
    kind: shipping?.type ?? undefined,
    recipient: omitUndefinedOrNothing({
      name: filled(recipient?.name),
      phone: filled(recipient?.phone),
      documentId: filled(recipient?.identifier),
    }),
    address: readPlace(source.destination),
    updatedAt: latest([readOrderTime(source.updated_at), readOrderTime(source.fulfilled_at)]),
  };
}

/** The lines of an order as parcels name them: a large order has hundreds, and each is in a parcel. */
interface LinesByName {
  readonly ids: ReadonlySet<string>;
  readonly byVariant: ReadonlyMap<string | undefined, readonly OrderLine[]>;
}

const linesByName = (lines: readonly OrderLine[]): LinesByName => ({
  ids: new Set(lines.map(({ lineId }) => lineId)),
  byVariant: Map.groupBy(lines, ({ variantId }) => variantId),
});

/** What is in a parcel, by the lines of the order. An odd entry costs itself alone. */
function linesOf(
  source: SourceParcel['line_items'],
  lines: LinesByName,
  at: string,
  { warnings }: Amounts,
): OrderParcel['lines'] {
  const quantities = new Map<string, number>();
  for (const [index, entry] of listOf(source).entries()) {
    if (entry === null) continue;
    const item = lineItemSchema().safeParse(entry).data;
    const quantity = numberOf(item?.quantity);
    const lineId = item ? lineOf(item, lines) : undefined;
    if (lineId === undefined || quantity === undefined) {
      warnings.push(`${at}.line_items[${index}] left out: it names no line or no quantity`);
      continue;
    }
    if (!lines.ids.has(lineId)) warnings.push(`${at}.line_items[${index}] names no line of the order`);
    quantities.set(lineId, (quantities.get(lineId) ?? 0) + quantity);
  }
  const inside = [...quantities].map(([lineId, quantity]) => ({ lineId, quantity }));
  return inside.length === 0 ? undefined : inside;
}

/** The platform names a line in three ways, and where none is a line's id, its variant may be on one line only. */
function lineOf(item: SourceLineItem, { ids, byVariant }: LinesByName): string | undefined {
  const named = [item.order_line_item_id, item.external_id, item.id].filter((id) => id !== undefined);
  const known = named.find((id) => ids.has(id));
  if (known !== undefined) return known;
  const variantId = item.variant?.variant_id;
  const ofVariant = variantId === undefined ? [] : (byVariant.get(variantId) ?? []);
  return ofVariant.length === 1 ? ofVariant[0]?.lineId : named[0];
}

const isShipped = (type: string | null | undefined): boolean => kindOf([type]) === 'delivery';

type Cost = NonNullable<SourceParcel['shipping']>['consumer_cost'];

function costOf(cost: Cost, at: string, amounts: Amounts): number | undefined {
  if (cost === null || cost === undefined) return undefined;
  if (typeof cost !== 'object') return amounts.readOptional(cost, at);
  if (cost.currency && cost.currency.trim().toUpperCase() !== amounts.currency) {
    amounts.warnings.push(`left out: ${at} is in another currency`);
    return undefined;
  }
  return amounts.readOptional(cost.value, `${at}.value`);
}

function dispatchedAt(source: SourceParcel, status: OrderParcel['status']): string | undefined {
  const step = source.status_history?.findLast((one) => one?.to_status?.toUpperCase() === 'DISPATCHED');
  return (
    readOrderTime(step?.happened_at) ??
    (status === 'dispatched' ? readOrderTime(source.fulfilled_at) : undefined)
  );
}

/** One end of the window that the buyer was promised; a day without a time is meant whole. */
function promiseOf(
  shipping: SourceParcel['shipping'],
  end: 'min_delivery_date' | 'max_delivery_date',
  at: string,
  { warnings }: Amounts,
): string | undefined {
  const said = shipping?.[end];
  if (!said) return undefined;
  const path = `${at}.shipping.${end}`;
  const time = readOrderTime(said);
  if (time !== undefined) return time;
  const last = end === 'min_delivery_date' ? '00:00:00' : '23:59:59';
  const day = typeof said === 'string' ? readIsoTime(`${said.trim()}T${last}Z`) : undefined;
  warnings.push(
    day === undefined ? `left out: ${path} is no date` : `${path} is a day without a time, read in UTC`,
  );
  return day;
}

// One parcel on its way makes the order a delivery, whatever the rest of it is.
function kindOf(words: readonly (string | null | undefined)[]): Order['fulfilment']['kind'] {
  const types = words.map((word) => word?.trim().toLowerCase().replaceAll(/[\s_]/g, '-'));
  if (types.includes('ship')) return 'delivery';
  if (types.includes('pickup')) return 'pickup';
  return types.length > 0 && types.every((type) => type === 'non-shippable') ? 'none' : 'unknown';
}

/**
 * The parcel that an order of v1 tells in fields of its own, which mirror the first fulfilment order (reference,
 * multi-inventory guide). Undefined where the order has no such field.
 */
export function readLegacyParcel(order: NuvemshopOrder, amounts: Amounts): ParcelReading | undefined {
  const { shipping_pickup_details: details } = order;
  const costs = omitUndefinedOrNothing({
    buyer: amounts.readOptional(order.shipping_cost_customer, 'shipping_cost_customer'),
    merchant: amounts.readOptional(order.shipping_cost_owner, 'shipping_cost_owner'),
  });
  const carrier = filled(order.shipping_carrier_name) ?? filled(order.shipping);
  const trackingCode = filled(order.shipping_tracking_number);
  const branch = filled(order.shipping_store_branch_name);
  const kind = filled(order.shipping_pickup_type);
  const said = [kind, carrier, trackingCode, branch, order.shipping_option].some(Boolean);
  if (!said) return undefined;
  const place = parcelSchema().shape.shipping.safeParse({ pickup_details: details });
  const pickup = place.data?.pickup_details;
  return {
    parcel: omitUndefined<OrderParcel>({
      parcelId: `${order.id}-1`,
      status: fulfilmentStatus(order.shipping_status, []),
      platformStatus: order.shipping_status ?? '',
      carrier,
      deliveryOption: filled(order.shipping_option),
      trackingCode,
      trackingUrl: filled(order.shipping_tracking_url),
      costs,
      pickupPlace: isShipped(kind)
        ? undefined
        : omitUndefinedOrNothing({
            name: branch ?? filled(pickup?.name),
            address: readPlace(pickup?.address),
          }),
      dispatchedAt: readOrderTime(order.shipped_at),
    }),
    // Older orders do not say it: a branch is where the buyer goes, and what is tracked travels.
    kind: kind ?? (branch ? 'pickup' : trackingCode ? 'ship' : undefined),
    updatedAt: readOrderTime(order.shipped_at),
  };
}
