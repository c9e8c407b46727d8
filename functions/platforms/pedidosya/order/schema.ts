import * as z from 'zod';
import { isObject } from '../../../domain/json-object.ts';
import { lazily } from '../../../domain/lazily.ts';
import type { Order, OrderStatus } from '../../../domain/order.ts';
import { asList, entriesOf, flag, measure, object } from '../../reading/forms.ts';
import type { PickingMode } from '../settings.ts';

/**
 * What PedidosYa sends about an order, as far as we read it (Partner API 2.0.2; the same object comes by webhook, by GET
 * and in lists). Only `order_id` and `status` are relied on: whole parts may be missing, null or masked.
 */

const plainText = z.union([z.string(), z.number().transform(String)]);
const text = plainText.nullish();
const amount = z.union([z.number(), z.string()]).nullish();
const pricing = lazily(() =>
  z.object({
    /** UNIT, or KG for goods sold by weight. */
    pricing_type: text,
    unit_price: amount,
    quantity: measure(),
    total_price: amount,
    /** Kilograms, what was picked; 0 where nothing was weighed. */
    weight: measure(),
    /** Pieces that were weighed. */
    weighted_pieces: amount,
    vat_percent: amount,
  }),
);
const pricingPart = lazily(() => object(pricing().shape));
export type PedidosyaPricing = z.output<ReturnType<typeof pricing>>;

const sponsorship = lazily(() => z.object({ sponsor: text, amount }));
/** A list that some send as one entry, or by number. */
const texts = <S extends z.ZodType>(entry: S) => z.preprocess(entriesOf, z.array(entry).nullish());
/** The same of what is no text. */
const entries = <S extends z.ZodType>(entry: S) =>
  z.preprocess((value) => (typeof value === 'string' ? value : entriesOf(value)), z.array(entry).nullish());
const sponsorships = lazily(() => entries(sponsorship()));

/** One entry of a list of discounts or vouchers; their senders do not agree on names. */
const reduction = lazily(() =>
  z.object({
    name: text,
    code: text,
    value: amount,
    amount,
    discount_amount: amount,
    sponsor: text,
    sponsorships: sponsorships(),
  }),
);

const promotion = lazily(() =>
  z.object({
    name: text,
    discount_amount: amount,
    sponsor: text,
    sponsorships: sponsorships(),
  }),
);
export type PedidosyaPromotion = z.output<ReturnType<typeof promotion>>;

const item = lazily(() =>
  z.object({
    _id: text,
    sku: text,
    barcode: texts(plainText),
    name: text,
    status: text,
    /** What the buyer asks of the line. */
    instructions: text,
    replaced_id: text,
    container_deposit: amount,
    discount: amount,
    promotion: entries(promotion()),
    pricing: pricingPart(),
    /** As it was ordered. */
    original_pricing: pricingPart(),
  }),
);
export type PedidosyaItem = z.output<ReturnType<typeof item>>;

/** Items also by number, or one alone. What is no item stays among them: it may have been sold. */
const itemsIn = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  return Object.keys(value).length === 0 ? [] : [asList(value)].flat();
};

const deliveryAddress = lazily(() =>
  z.object({
    country: text,
    city: text,
    street: text,
    number: text,
    company: text,
    block: text,
    building: text,
    apartment: text,
    entrance: text,
    intercom: text,
    floor: text,
    suburb: text,
    zipcode: text,
    postal_code: text,
    instructions: text,
    formattedAddress: text,
    latitude: amount,
    longitude: amount,
  }),
);
export type PedidosyaAddress = z.output<ReturnType<typeof deliveryAddress>>;

const customer = lazily(() =>
  z.object({
    _id: text,
    first_name: text,
    last_name: text,
    phone_number: text,
    national_id: text,
    tax_id: text,
    loyalty_card: text,
    delivery_address: object(deliveryAddress().shape),
  }),
);
export type PedidosyaCustomer = z.output<ReturnType<typeof customer>>;

const fee = lazily(() => z.union([amount, z.object({ name: text, value: amount, amount })]));
export type PedidosyaFee = z.output<ReturnType<typeof fee>>;

const payment = lazily(() =>
  z.object({
    sub_total: amount,
    order_total: amount,
    delivery_fee: amount,
    service_fee: amount,
    difference_to_minimum: amount,
    discount: amount,
    discounts: entries(z.union([z.number(), reduction()])),
    vouchers: texts(z.union([z.string(), reduction()])),
    container_charge: amount,
    total_taxes: amount,
    tip: amount,
    /** By name, or a list. */
    additional_fees: z.preprocess(
      (value) => (value === '' ? undefined : value),
      z.union([z.array(fee()), z.record(z.string(), fee())]).nullish(),
    ),
    collect_at_pickup: amount,
    type: text,
  }),
);
export type PedidosyaPayment = z.output<ReturnType<typeof payment>>;

/** An order's id. 0 is nobody's: orders that have none must not share a row. */
export const orderIdSchema = z
  .union([z.string().trim().min(1).max(128), z.int().transform(String)])
  .refine((id) => id !== '0', 'Invalid id: 0 names no order');

export const pedidosyaOrderSchema = lazily(() =>
  z.object({
    order_id: orderIdSchema,
    status: z.string().max(200),
    /** The number that the customer sees, and that the order is settled by. */
    external_order_id: text,
    /** The code that the rider names. */
    order_code: text,
    order_type: text,
    transport_type: text,
    isPreorder: flag(),
    accepted_for: text,
    promised_for: text,
    comment: text,
    client: object({
      chain_id: text,
      store_id: text,
      external_partner_config_id: text,
      country_code: text,
    }),
    customer: object(customer().shape),
    items: z.preprocess(itemsIn, z.array(item()).nullish()),
    payment: object(payment().shape),
    cancellation: object({ reason: text, cancelled_by: text, post_picked_up: flag() }),
    sys: object({ created_at: text, updated_at: text }),
  }),
);
export type PedidosyaOrder = z.output<ReturnType<typeof pedidosyaOrderSchema>>;

const VITAL = new Set(['order_id', 'status', 'items', 'payment', 'client']);
const DECORATION = new Set([
  'name',
  'barcode',
  'instructions',
  'replaced_id',
  'promotion',
  'container_deposit',
  'weighted_pieces',
  'vat_percent',
  'original_pricing',
  'additional_fees',
  'discounts',
  'vouchers',
  'tip',
  'collect_at_pickup',
  'type',
  'country_code',
]);

/**
 * Whether an order cannot be used when the field at this path has a wrong type: ids, states and amounts, and whether a
 * cancelled order still counts. The rest is decoration: what its lack does to the sums is a warning.
 */
export function isRequired(path: readonly PropertyKey[]): boolean {
  const [top, second] = path;
  if (top === undefined) return true;
  if (top === 'cancellation') return path.length === 1 || second === 'post_picked_up';
  return VITAL.has(String(top)) && !path.some((key) => DECORATION.has(String(key)));
}

type FulfilmentStatus = Order['fulfilment']['status'];

/**
 * PedidosYa's words for where an order stands (orders guide). A store that picks with its own system ("partner") sees
 * RECEIVED, READY_FOR_PICKUP, DISPATCHED, CANCELLED and DELIVERED; one that picks in PedidosYa's app ("pelican") only
 * READY_FOR_PICKUP and CANCELLED. ACCEPTED is documented at a sister brand; PICKED_UP was seen in GET answers.
 */
const STATUSES: Readonly<Record<string, readonly [OrderStatus, FulfilmentStatus]>> = {
  RECEIVED: ['received', 'unpacked'],
  ACCEPTED: ['confirmed', 'unpacked'],
  READY_FOR_PICKUP: ['ready', 'ready_for_pickup'],
  DISPATCHED: ['dispatched', 'dispatched'],
  PICKED_UP: ['dispatched', 'dispatched'],
  DELIVERED: ['delivered', 'delivered'],
  CANCELLED: ['cancelled', 'unknown'],
};

/** Words of other senders for a sale that is undone or never was: nothing of it is documented, and all of it means no. */
const UNDONE =
  /CANCEL|REJECT|DECLIN|DENIED|REFUS|EXPIR|TIMED?_?OUT|VOID|REFUND|RETURN|FAILED|MISSED|UNDELIVER|NOT_DELIVER|ABORT/;
/** What was only asked for, or turned down, did not happen: a final status would be a guess. */
const ASKED_FOR =
  /REQUEST|PENDING|IN_PROGRESS|(CANCEL|REFUND|RETURN)\w*_(REJECT|DECLIN|DENIED|REFUS|FAILED)|(FAILED|UNABLE)_TO|PARTIAL/;

/** A word as the platform writes it, however it came. */
const wordOf = (said: string | null | undefined): string =>
  (said ?? '').trim().toUpperCase().replace(/[\s-]/g, '_');

export interface StatusReading {
  order: OrderStatus;
  fulfilment: FulfilmentStatus;
  countsAsSale: boolean;
}

/**
 * Our statuses for an order's own words. Unknown words are `unknown`, never an error; what cannot be told is not counted as a
 * sale until the platform says more.
 */
export function readStatuses(order: PedidosyaOrder): StatusReading {
  const word = wordOf(order.status);
  // At the counter it is the customer who picks up, and nothing follows.
  if (word === 'PICKED_UP' && wordOf(order.order_type) === 'PICKUP')
    return { order: 'delivered', fulfilment: 'delivered', countsAsSale: true };
  const pair = Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
  const undone = UNDONE.test(word) && !ASKED_FOR.test(word);
  const [status, fulfilment] = pair ?? [undone ? 'cancelled' : 'unknown', 'unknown'];
  if (status !== 'cancelled') return { order: status, fulfilment, countsAsSale: status !== 'unknown' };
  // Cancelled after the rider had it, the sale is settled all the same (Partner API, frequent questions).
  const settled = order.cancellation?.post_picked_up === true;
  return { order: status, fulfilment: settled ? 'dispatched' : fulfilment, countsAsSale: settled };
}

/** Who brings it and how, from `order_type` and `transport_type`; both transports are deliveries. */
export function readDelivery(order: PedidosyaOrder): Pick<Order['fulfilment'], 'kind' | 'by'> {
  const carrier = wordOf(order.transport_type);
  const type = wordOf(order.order_type);
  const by =
    carrier === 'LOGISTICS_DELIVERY' ? 'platform' : carrier === 'VENDOR_DELIVERY' ? 'merchant' : 'unknown';
  if (type === 'PICKUP') return { kind: 'pickup', by };
  const delivered = type === 'DELIVERY' || (type === '' && by !== 'unknown');
  return { kind: delivered ? 'delivery' : 'unknown', by };
}

/**
 * The states that a webhook tells of, by who picks the goods (orders guide): an outlet that picks in PedidosYa's own app
 * hears of two only.
 */
const WEBHOOK_STATUSES: Record<PickingMode, ReadonlySet<string>> = {
  partner: new Set(['RECEIVED', 'READY_FOR_PICKUP', 'DISPATCHED', 'CANCELLED', 'DELIVERED']),
  pelican: new Set(['READY_FOR_PICKUP', 'CANCELLED']),
};

/** Whether a webhook comes when an order reaches `status`, in the platform's own word. */
export function sendsWebhook(mode: PickingMode, status: string): boolean {
  return WEBHOOK_STATUSES[mode].has(status.trim().toUpperCase());
}
