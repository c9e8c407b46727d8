import type { FulfilmentOrder } from '../fulfilment/fulfilment-order.ts';

/** A postal address as orders and customers hold it. */
export interface Address {
  name: string | null;
  address: string | null;
  number: string | null;
  floor: string | null;
  locality: string | null;
  city: string | null;
  province: string | null;
  country: string | null;
  zipcode: string | null;
  phone: string | null;
}

/** One line of an order. Money in cents. */
export interface OrderLine {
  id: number;
  productId: number;
  variantId: number;
  name: string;
  nameWithoutVariants: string;
  variantValues: string[];
  priceCents: number;
  compareAtCents: number;
  costCents: number | null;
  quantity: number;
  sku: string | null;
  barcode: string | null;
  weight: string;
  freeShipping: boolean;
  imageSrc: string;
  properties: { name: string; value: string }[];
  unclaimedStock: number;
  /** The kit that the line was sold in. */
  kit: Kit | null;
  /** Prints `quantity` and `variant_id` as strings, as some lines of the platform do. */
  stringly: boolean;
}

/** A kit as orders print it: a product of the catalogue, sold once in the order. */
export interface Kit {
  catalogId: number;
  orderKitId: number;
  name: string;
  priceCents: number;
}

/** What an invoice to a company needs. */
export interface Company {
  businessName: string;
  tradeName: string;
  stateRegistration: string;
}

/**
 * Which of its two lists of fulfilment orders the platform fills, and how: samples and integrators disagree (reference, order
 * page; multi-inventory guide). `ids-beside`: ids in the first and objects in the second; `swapped`: the other way round.
 */
export type ParcelListing = 'first' | 'second' | 'ids-beside' | 'swapped';

/** A value of `history/values`, in wire form. */
export interface HistoryValue {
  status: 'PENDING' | 'CANCELLED' | 'PAID';
  total_delta: number;
  total_paid_diff: number;
  gateway_method: string | null;
  gateway_name: string | null;
  closed_at: string | null;
  happened_at: string;
}

/** An entry of `history/editions`, in wire form. */
export interface HistoryEdition {
  product_changes: {
    type: 'ADD' | 'REMOVE';
    modified_stock: boolean;
    previous_quantity: number;
    new_quantity: number;
    product_name: string;
  }[];
  shipping_costs: object[];
  transaction_information: HistoryValue;
  reason: string | null;
  happened_at: string;
}

/** An order as the simulated platform keeps it. Times are Unix milliseconds, money is cents. */
export interface Order {
  id: number;
  number: number;
  token: string;
  appId: number | null;
  storefront: 'store' | 'meli' | 'api' | 'form' | 'pos';
  contact: { name: string | null; email: string | null; phone: string | null; identification: string | null };
  customerId: number | null;
  billing: Address & { kind: 'person' | 'company'; documentType: string; company?: Company };
  /** Null where nothing is sent: downloads, pickup, sales over the counter. */
  shippingAddress: Address | null;
  lines: OrderLine[];
  couponCodes: string[];
  couponCents: number;
  gatewayDiscountCents: number;
  currency: string;
  language: string;
  gateway: string;
  gatewayName: string;
  gatewayId: string | null;
  paymentMethod: string | null;
  installments: number;
  note: string | null;
  ownerNote: string | null;
  extra: Record<string, unknown>;
  status: 'open' | 'closed' | 'cancelled';
  paymentStatus: PaymentStatus;
  cancelReason: CancelReason | null;
  paidCents: number;
  createdAt: number;
  updatedAt: number;
  paidAt: number | null;
  cancelledAt: number | null;
  closedAt: number | null;
  fulfilmentOrders: FulfilmentOrder[];
  /** How the fulfilment orders are listed, and from when on (Unix ms). */
  listing: ParcelListing;
  listedFrom: number;
  /** What a lender adds to what is paid, as a share of it. */
  interest: number;
  customFields: Map<string, unknown>;
  values: HistoryValue[];
  editions: HistoryEdition[];
}

/** Payment words of the API (reference, order page). */
export type PaymentStatus =
  | 'pending'
  | 'authorized'
  | 'paid'
  | 'partially_paid'
  | 'abandoned'
  | 'refunded'
  | 'partially_refunded'
  | 'voided';

/** Why an order was cancelled. */
export type CancelReason = 'customer' | 'fraud' | 'inventory' | 'other';

/** Sum of the lines, in cents. */
export function subtotalOf(order: Order): number {
  return order.lines.reduce((sum, line) => sum + line.priceCents * line.quantity, 0);
}

/** What the buyer owes: lines, less discounts, plus shipping. In cents. */
export function totalOf(order: Order): number {
  const shipping = order.fulfilmentOrders.reduce(
    (sum, fulfilment) => sum + Math.round(fulfilment.shipping.consumer_cost.value * 100),
    0,
  );
  return Math.max(0, subtotalOf(order) - order.couponCents - order.gatewayDiscountCents) + shipping;
}

/** The word that sums up an order's fulfillment orders (reference, order page, `shipping_status`). */
export function shippingStatusOf(order: Order): string {
  const ranks = order.fulfilmentOrders.map((fulfilment) => rankOf(fulfilment.status));
  if (ranks.length === 0 || ranks.every((rank) => rank === 0)) return 'unpacked';
  if (ranks.every((rank) => rank === 3)) return 'delivered';
  if (ranks.every((rank) => rank >= 2)) return 'shipped';
  if (ranks.some((rank) => rank >= 2)) return 'partially_fulfilled';
  return ranks.every((rank) => rank === 1) ? 'unshipped' : 'partially_packed';
}

function rankOf(status: FulfilmentOrder['status']): number {
  switch (status) {
    case 'UNPACKED':
      return 0;
    case 'PACKED':
    case 'READY_FOR_PICKUP':
      return 1;
    case 'DISPATCHED':
      return 2;
    case 'DELIVERED':
      return 3;
  }
}
