import { colonOffset } from '../formats.ts';

/** States of a fulfillment order (reference, fulfillment-order page; deprecated words left out). */
export const fulfilmentStatuses = [
  'UNPACKED',
  'PACKED',
  'DISPATCHED',
  'READY_FOR_PICKUP',
  'DELIVERED',
] as const;

/** One of the states. */
export type FulfilmentStatus = (typeof fulfilmentStatuses)[number];

/** Who ships: a carrier of the carriers' API, one that is built in, or a place of the merchant's own (reference, CarrierCodeType). */
export type CarrierCode = 'api' | 'native' | 'locale';

/** Money as fulfillment orders print it: a JSON number. */
export interface Amount {
  value: number;
  currency: string;
}

/** An address as fulfillment orders and locations print it. */
export interface PlaceAddress {
  zipcode: string;
  street: string;
  number: string;
  floor: string;
  locality: string;
  city: string;
  reference: string;
  between_streets: string;
  province: { name: string; code: string };
  region: { name: string; code: string };
  country: { name: string; code: string };
}

/** A tracking event, in wire form. */
export interface TrackingEvent {
  id: string;
  status: string;
  description: string | null;
  address: string | null;
  geolocation: { longitude: number; latitude: number } | null;
  happened_at: string;
  estimated_delivery_at: string | null;
  created_at: string;
  updated_at: string;
}

/** A fulfillment order, in wire form. */
export interface FulfilmentOrder {
  id: string;
  number: string;
  total_quantity: number;
  total_weight: number;
  total_price: Amount;
  assigned_location: { location_id: string; name: string; address: PlaceAddress };
  line_items: object[];
  recipient: { name: string | null; phone: string | null; identifier: string | null };
  shipping: {
    type: 'ship' | 'pickup' | 'non-shippable';
    carrier: { name: string; carrier_id: string | null; code: CarrierCode; app_id: string | null };
    option: { name: string; code: string; reference: string | null; allow_free_shipping: boolean };
    merchant_cost: Amount;
    consumer_cost: Amount;
    min_delivery_date: string | null;
    max_delivery_date: string | null;
    pickup_details: object | null;
    extras: object;
  };
  discounts: object[];
  destination: PlaceAddress | null;
  status: FulfilmentStatus;
  status_history: { from_status: string; to_status: string; happened_at: string; created_at: string }[];
  tracking_info: { url: string | null; code: string | null };
  tracking_info_history: object[];
  tracking_events: TrackingEvent[];
  fulfilled_at: string | null;
  created_at: string;
  updated_at: string;
}

/** Whether the buyer fetches it at the merchant's own place, and not at a carrier's branch. */
export const isFetchedFromMerchant = ({ shipping: { type, carrier } }: FulfilmentOrder): boolean =>
  type === 'pickup' && carrier.code === 'locale';

/** Moves a fulfillment order on, with its history. Whether the move is allowed is for the caller. */
export function moveTo(fulfilment: FulfilmentOrder, status: FulfilmentStatus, now: number): void {
  fulfilment.status_history.push({
    from_status: fulfilment.status,
    to_status: status,
    happened_at: colonOffset(now),
    // The platform prints this one field with milliseconds.
    created_at: new Date(now).toISOString(),
  });
  fulfilment.status = status;
  fulfilment.updated_at = colonOffset(now);
  if (status === 'DELIVERED') fulfilment.fulfilled_at = colonOffset(now);
}

/**
 * Why a change of state is refused; undefined when it is allowed.
 * Back to UNPACKED only from PACKED, READY_FOR_PICKUP only for pickup, what needs no shipping goes straight to
 * DELIVERED, nothing leaves DELIVERED (reference, fulfillment-order page).
 */
export function refusalOf(fulfilment: FulfilmentOrder, to: FulfilmentStatus): string | undefined {
  const from = fulfilment.status;
  const { type } = fulfilment.shipping;
  if (from === to) return undefined;
  if (from === 'DELIVERED') return 'A delivered fulfillment order cannot change its status';
  if (type === 'non-shippable') {
    return to === 'DELIVERED' ? undefined : 'A non-shippable fulfillment order can only become DELIVERED';
  }
  if (to === 'UNPACKED' && from !== 'PACKED') return `The status cannot change from ${from} to UNPACKED`;
  if (to === 'READY_FOR_PICKUP' && type !== 'pickup')
    return 'READY_FOR_PICKUP is only for shipping type pickup';
  if (to === 'PACKED' && from !== 'UNPACKED') return `The status cannot change from ${from} to PACKED`;
  // A carrier's branch has it once it was sent there.
  if (to === 'READY_FOR_PICKUP' && from === 'DISPATCHED' && isFetchedFromMerchant(fulfilment)) {
    return 'The status cannot change from DISPATCHED to READY_FOR_PICKUP';
  }
  return undefined;
}
