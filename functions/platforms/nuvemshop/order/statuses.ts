import type { Order, OrderParcel, OrderStatus } from '../../../domain/order.ts';

export type PaymentStatus = Order['payment']['status'];
export type FulfilmentStatus = Order['fulfilment']['status'];
export type ParcelStatus = OrderParcel['status'];

/** `payment_status` (Nuvemshop reference, order page). The words are the same; the filter of the list knows fewer. */
const PAYMENT: Readonly<Record<string, PaymentStatus>> = {
  pending: 'pending',
  authorized: 'authorized',
  paid: 'paid',
  partially_paid: 'partially_paid',
  abandoned: 'abandoned',
  refunded: 'refunded',
  partially_refunded: 'partially_refunded',
  voided: 'voided',
};

/**
 * `shipping_status`. Reading and filtering use different words for the same state, and the multi-inventory guide a third
 * set (reference, order page; multi-inventory guide). `unshipped` means packed and not yet sent. An order that is packed
 * in part is not packed.
 */
const SHIPPING: Readonly<Record<string, FulfilmentStatus>> = {
  unpacked: 'unpacked',
  partially_packed: 'unpacked',
  packed: 'packed',
  unshipped: 'packed',
  unfulfilled: 'packed',
  partially_fulfilled: 'partially_dispatched',
  shipped: 'dispatched',
  fulfilled: 'dispatched',
  delivered: 'delivered',
};

/**
 * `status` of a fulfilment order (reference, fulfillment order page). MARKED_AS_FULFILLED and READY_FOR_SHIP are
 * deprecated, PENDING is in an older sample, IN_PREPARATION and CANCELLED are seen in the wild.
 */
const FULFILMENT_ORDER: Readonly<Record<string, ParcelStatus>> = {
  PENDING: 'unpacked',
  IN_PREPARATION: 'unpacked',
  UNPACKED: 'unpacked',
  PACKED: 'packed',
  READY_FOR_SHIP: 'packed',
  READY_FOR_PICKUP: 'ready_for_pickup',
  DISPATCHED: 'dispatched',
  MARKED_AS_FULFILLED: 'dispatched',
  DELIVERED: 'delivered',
  CANCELLED: 'cancelled',
  CANCELED: 'cancelled',
};

/** How far along a fulfilment order is. */
const PROGRESS: Readonly<Partial<Record<ParcelStatus, number>>> = {
  unpacked: 0,
  packed: 1,
  ready_for_pickup: 2,
  dispatched: 3,
  delivered: 4,
};
const BY_PROGRESS = ['unpacked', 'packed', 'ready_for_pickup', 'dispatched', 'delivered'] as const;
const GONE = 3;

/** An open order with nothing packed yet stands where its payment stands; the rest waits for it. */
const OPEN_BY_PAYMENT: Readonly<Partial<Record<PaymentStatus, OrderStatus>>> = {
  authorized: 'confirmed',
  paid: 'confirmed',
  partially_paid: 'confirmed',
  partially_refunded: 'confirmed',
};

/** Where an open order stands by its goods. In part on its way, something is still to be handed over. */
const OPEN_BY_FULFILMENT: Readonly<Partial<Record<FulfilmentStatus, OrderStatus>>> = {
  packed: 'ready',
  ready_for_pickup: 'ready',
  partially_dispatched: 'ready',
  dispatched: 'dispatched',
  delivered: 'delivered',
};

/** Payments that undo the sale, never made one, or leave open whether they did. */
const NO_SALE: ReadonlySet<PaymentStatus> = new Set(['refunded', 'voided', 'abandoned', 'unknown']);

export const paymentStatus = (word: string | null | undefined): PaymentStatus =>
  look(PAYMENT, word?.trim().toLowerCase());

export const parcelStatus = (word: string | null | undefined): ParcelStatus =>
  look(FULFILMENT_ORDER, word?.trim().toUpperCase());

/**
 * The fulfilment of the whole order. Its parcels know more than `shipping_status` (which has no word for ready for pickup),
 * so they decide where every parcel's state is known.
 */
export function fulfilmentStatus(
  shippingWord: string | null | undefined,
  parts: readonly ParcelStatus[],
): FulfilmentStatus {
  // A parcel that was called off holds nothing up.
  const progress = parts.filter((status) => status !== 'cancelled').map((status) => PROGRESS[status] ?? -1);
  if (progress.length === 0 || progress.includes(-1))
    return look(SHIPPING, shippingWord?.trim().toLowerCase());
  const least = Math.min(...progress);
  if (least < GONE && Math.max(...progress) >= GONE) return 'partially_dispatched';
  return BY_PROGRESS[least] ?? 'unknown';
}

/**
 * Our status of the order. `closed` is archived, whatever was sent or paid before; a cancelled order keeps its payment status
 * (reference, order page), so `status` decides first. What was cancelled and then archived stays cancelled: there is no way
 * back from it.
 */
export function orderStatus(
  word: string,
  payment: PaymentStatus,
  fulfilment: FulfilmentStatus,
  { wasCancelled = false } = {},
): OrderStatus {
  switch (word.trim().toLowerCase()) {
    case 'cancelled':
    case 'canceled':
      return 'cancelled';
    case 'closed':
      return wasCancelled ? 'cancelled' : 'closed';
    case 'open':
      return OPEN_BY_FULFILMENT[fulfilment] ?? OPEN_BY_PAYMENT[payment] ?? 'received';
    default:
      return 'unknown';
  }
}

/**
 * Whether the order is a sale: not cancelled, and its payment neither undone nor given up. Of words that are not known nobody
 * can tell, so they count for none.
 */
export function countsAsSale(status: OrderStatus, payment: PaymentStatus): boolean {
  return status !== 'cancelled' && status !== 'unknown' && !NO_SALE.has(payment);
}

function look<T extends string>(table: Readonly<Record<string, T>>, word: string | undefined): T | 'unknown' {
  return word !== undefined && Object.hasOwn(table, word) ? (table[word] ?? 'unknown') : 'unknown';
}
