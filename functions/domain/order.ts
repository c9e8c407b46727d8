import * as z from 'zod';

/** A platform as keys, metrics and rows name it. The list is open: which platforms there are is not known here. */
export const platformNameSchema = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/);
export type PlatformName = z.infer<typeof platformNameSchema>;

/** Where an order stands, in our own closed list. Words we don't know become `unknown`, never an error. */
export const ORDER_STATUSES = [
  'received',
  'confirmed',
  'ready',
  'dispatched',
  'delivered',
  'cancelled',
  'closed',
  'unknown',
] as const;

export const PAYMENT_STATUSES = [
  'pending',
  'authorized',
  'paid',
  'partially_paid',
  'refunded',
  'partially_refunded',
  'voided',
  'abandoned',
  'unknown',
] as const;

export const FULFILMENT_STATUSES = [
  'unpacked',
  'packed',
  'ready_for_pickup',
  'partially_dispatched',
  'dispatched',
  'delivered',
  'unknown',
] as const;

const id = z.string().min(1).max(128);
const isoUtc = z.iso.datetime({ precision: 3 });
/** Integer minor units of the order's currency (cents; whole pesos for CLP, whole guaraníes for PYG). */
const minorUnits = z.number().int();

const line = z.object({
  lineId: id,
  productId: id.optional(),
  variantId: id.optional(),
  sku: z.string().optional(),
  barcodes: z.array(z.string()).optional(),
  name: z.string(),
  /** Units, or kilograms when `unit` is `kg`. Never negative. */
  quantity: z.number().nonnegative(),
  unit: z.enum(['unit', 'kg']),
  unitPrice: minorUnits,
  /** What the buyer pays for the line before order-level discounts. */
  total: minorUnits,
  /** The platform's own word for the line's state, where it has one. */
  platformStatus: z.string().optional(),
  /** Line this one replaces (substituted item). */
  replacesLineId: id.optional(),
});

const parcel = z.object({
  parcelId: id,
  status: z.enum(FULFILMENT_STATUSES),
  platformStatus: z.string(),
  locationId: id.optional(),
  carrier: z.string().optional(),
  trackingCode: z.string().optional(),
  trackingUrl: z.string().optional(),
});

const address = z.object({
  street: z.string().optional(),
  number: z.string().optional(),
  floor: z.string().optional(),
  locality: z.string().optional(),
  city: z.string().optional(),
  province: z.string().optional(),
  postalCode: z.string().optional(),
  country: z.string().optional(),
  instructions: z.string().optional(),
});

/** Everything that names or reaches a person. One attribute, so that it can be erased; never logged. */
const personal = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  documentId: z.string().optional(),
  documentType: z.string().optional(),
  customerId: z.string().optional(),
  billing: z
    .object({ name: z.string().optional(), businessName: z.string().optional(), address: address.optional() })
    .optional(),
  shippingAddress: address.optional(),
  /** Free text of the buyer or about the buyer. */
  note: z.string().optional(),
});

/**
 * An order as every reader of the table sees it, whatever platform it came from.
 *
 * Money is in integer minor units of `currency`; ids are strings; times are ISO 8601 in UTC with milliseconds.
 */
export const orderSchema = z.object({
  platform: platformNameSchema,
  storeId: id,
  platformOrderId: id,
  /** The outlet within the store, where a store id stands for a whole chain. */
  outletId: id.optional(),
  /** The number people use when they talk about the order; not an id. */
  displayNumber: z.string().optional(),
  status: z.enum(ORDER_STATUSES),
  payment: z.object({
    status: z.enum(PAYMENT_STATUSES),
    method: z.string().optional(),
    gateway: z.string().optional(),
    paidAt: isoUtc.optional(),
  }),
  fulfilment: z.object({
    status: z.enum(FULFILMENT_STATUSES),
    kind: z.enum(['delivery', 'pickup', 'none', 'unknown']),
    /** Who carries it, when the platform tells. */
    by: z.enum(['platform', 'merchant', 'unknown']),
    parcels: z.array(parcel),
  }),
  /** The platform's own words, kept beside ours. */
  platformStatus: z.object({
    status: z.string(),
    payment: z.string().optional(),
    fulfilment: z.string().optional(),
    cancelReason: z.string().optional(),
    cancelledBy: z.string().optional(),
  }),
  /** False once the sale is undone (cancelled before hand-over). A platform may cancel an order that was already handed over and still count it as a sale. */
  countsAsSale: z.boolean(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  totals: z.object({
    goods: minorUnits,
    discount: minorUnits,
    shipping: minorUnits,
    fees: minorUnits,
    tax: minorUnits,
    total: minorUnits,
  }),
  lines: z.array(line),
  placedAt: isoUtc.optional(),
  /** The latest time of change that the platform states for this content. */
  updatedAt: isoUtc.optional(),
  promisedFor: isoUtc.optional(),
  /** What was odd but did not stop us: a total that does not add up, a rounded amount, a synthetic id. */
  warnings: z.array(z.string()),
  personal,
});

export type Order = z.infer<typeof orderSchema>;
export type OrderLine = Order['lines'][number];
export type OrderStatus = Order['status'];

/** Why something could not become an order; the row it makes is in state `needs-review`. */
export const REVIEW_REASONS = [
  'not-json',
  'broken-envelope',
  'schema-mismatch',
  'missing-id',
  'foreign-store',
  'too-large',
  'not-found-at-platform',
  'platform-keeps-failing',
  'platform-refused',
  'privacy-request',
] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

/**
 * What a platform's room makes of one order's JSON: an order, or why not. `problem` names fields and types, never values,
 * because values may be personal.
 */
export type Normalised =
  | {
      ok: true;
      order: Order;
      /** Top-level fields the platform left out this time: the row keeps what it already knows of them. */
      omitted?: readonly (keyof Order)[];
    }
  | { ok: false; reason: ReviewReason; problem: string; storeId?: string; platformOrderId?: string };
