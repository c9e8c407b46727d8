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

/** A parcel may be called off while the order goes on with others. */
export const PARCEL_STATUSES = [...FULFILMENT_STATUSES, 'cancelled'] as const;

const id = z.string().min(1).max(128);
export const MOST_OF_A_LINE = 1e9;
const isoUtc = z.iso.datetime({ precision: 3 });
/** Integer minor units of the order's currency (cents; whole pesos for CLP, whole guaraníes for PYG). */
const minorUnits = z.number().int();
/** The table's numbers have 38 digits and JavaScript's 15; nobody sells a billion of anything on one line. */
const quantity = z.number().nonnegative().max(MOST_OF_A_LINE);

/** Who takes off an amount, where the platform tells: the merchant is settled less for its own discounts only. */
const paidBy = z.enum(['merchant', 'platform', 'unknown']);

const discount = z.object({
  kind: z.enum(['coupon', 'promotion', 'payment-method', 'other']),
  code: z.string().optional(),
  name: z.string().optional(),
  amount: minorUnits.optional(),
  paidBy: paidBy.optional(),
  /** The line that a discount of the order was granted for; the line's total still has it. */
  lineId: id.optional(),
});

const line = z.object({
  lineId: id,
  productId: id.optional(),
  variantId: id.optional(),
  sku: z.string().optional(),
  barcodes: z.array(z.string()).optional(),
  name: z.string(),
  /** What the buyer chose of the product: size, colour. */
  variantValues: z.array(z.string()).optional(),
  /** Units, or kilograms when `unit` is `kg`. Never negative. */
  quantity,
  unit: z.enum(['unit', 'kg']),
  /** How many pieces were weighed together, where the platform tells. */
  pieces: z.number().nonnegative().max(MOST_OF_A_LINE).optional(),
  /** Price of one unit before any discount on the product. */
  listPrice: minorUnits.optional(),
  /** What is charged for one unit. */
  unitPrice: minorUnits.optional(),
  /** What the buyer pays for the line before order-level discounts. */
  total: minorUnits.optional(),
  /** What was taken off the line; already left out of `total`. */
  discounts: z.array(discount).optional(),
  /** Per cent. */
  taxRate: z.number().optional(),
  /** What is paid for the container and given back with it. */
  deposit: minorUnits.optional(),
  /** Weight of one unit, in kilograms. */
  weightKg: z.number().nonnegative().optional(),
  /** Lines with the same one were sold together as a kit. */
  kitId: id.optional(),
  /** The kit as a product of the catalogue. */
  kitProductId: id.optional(),
  /** Units of the line that were sold though the platform had none. */
  soldWithoutStock: z.number().nonnegative().optional(),
  freeShipping: z.boolean().optional(),
  /** The platform's own word for the line's state, where it has one. */
  platformStatus: z.string().optional(),
  /** Line this one replaces (substituted item). */
  replacesLineId: id.optional(),
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
  /** How to find the door. */
  instructions: z.string().optional(),
  /** Degrees. */
  latitude: z.number().optional(),
  longitude: z.number().optional(),
});

/** A parcel without the person it goes to, who stands in `personal.parcels`. */
const parcel = z.object({
  parcelId: id,
  status: z.enum(PARCEL_STATUSES),
  platformStatus: z.string(),
  /** What is in it; absent where the platform does not say. */
  lines: z.array(z.object({ lineId: id, quantity })).optional(),
  /** Where the goods leave from. */
  locationId: id.optional(),
  carrier: z.string().optional(),
  /** Name of the delivery option that the buyer chose. */
  deliveryOption: z.string().optional(),
  trackingCode: z.string().optional(),
  trackingUrl: z.string().optional(),
  /** What this parcel costs the buyer, and the merchant. */
  costs: z.object({ buyer: minorUnits.optional(), merchant: minorUnits.optional() }).optional(),
  /** The window that the buyer was promised. */
  promised: z.object({ from: isoUtc.optional(), to: isoUtc.optional() }).optional(),
  /** Where the buyer fetches it: a place of business, no person's address. */
  pickupPlace: z.object({ name: z.string().optional(), address: address.optional() }).optional(),
  dispatchedAt: isoUtc.optional(),
});

/** Who receives the goods, where that is said apart from who bought them. */
const recipient = z.object({
  name: z.string().optional(),
  phone: z.string().optional(),
  documentId: z.string().optional(),
});

/** Free text with a name: what the buyer had engraved, or a field of the merchant's own. */
const namedText = z.object({ name: z.string(), value: z.string() });

/** Everything that names or reaches a person. One attribute, so that it can be erased; never logged. */
const personal = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  documentId: z.string().optional(),
  documentType: z.string().optional(),
  customerId: z.string().optional(),
  loyaltyId: z.string().optional(),
  billing: z
    .object({
      name: z.string().optional(),
      businessName: z.string().optional(),
      tradeName: z.string().optional(),
      /** A person or a company, in the platform's own word. */
      customerType: z.string().optional(),
      phone: z.string().optional(),
      stateRegistration: z.string().optional(),
      taxRegime: z.string().optional(),
      /** What the buyer uses the invoice for, as a tax authority codes it. */
      invoiceUse: z.string().optional(),
      address: address.optional(),
    })
    .optional(),
  recipient: recipient.optional(),
  shippingAddress: address.optional(),
  /** What the buyer wrote; some merchants print it on a gift card. */
  note: z.string().optional(),
  /** What the merchant wrote about the order, for nobody else. */
  merchantNote: z.string().optional(),
  /** The recipient and destination of each parcel, where the platform tells them by parcel. */
  parcels: z
    .array(z.object({ parcelId: id, recipient: recipient.optional(), address: address.optional() }))
    .optional(),
  /** What the buyer had made of a line: an engraving, a photo's address. */
  lineProperties: z.array(z.object({ lineId: id, properties: z.array(namedText) })).optional(),
  /** Fields of the order that the merchant defined. */
  customFields: z.array(namedText.extend({ fieldId: id.optional() })).optional(),
});

/**
 * An order as every reader of the table sees it, whatever platform it came from.
 *
 * Money is in integer minor units of `currency`; ids are strings; times are ISO 8601 in UTC with milliseconds. What the
 * platform never said is absent: no amount stands for zero, and no list for an empty one.
 */
export const orderSchema = z.object({
  platform: platformNameSchema,
  storeId: id,
  platformOrderId: id,
  /** The outlet within the store, where a store id stands for a whole chain. */
  outletId: id.optional(),
  /** The number people use when they talk about the order, and that it is settled by; not an id. */
  displayNumber: z.string().optional(),
  /** The short code that the courier names when fetching the order. */
  courierCode: z.string().optional(),
  /** Where the sale was made, in the platform's own word: its shop, a marketplace, a point of sale, an app. */
  channel: z.object({ name: z.string().optional(), appId: id.optional() }).optional(),
  status: z.enum(ORDER_STATUSES),
  payment: z.object({
    status: z.enum(PAYMENT_STATUSES),
    method: z.string().optional(),
    gateway: z.string().optional(),
    /** The payment's id at the gateway. */
    gatewayId: z.string().optional(),
    instalments: z.number().int().positive().optional(),
    paidAt: isoUtc.optional(),
    /** What is still to be paid when the goods are handed over. */
    collectAtPickup: minorUnits.optional(),
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
    goods: minorUnits.optional(),
    discount: minorUnits.optional(),
    shipping: minorUnits.optional(),
    fees: minorUnits.optional(),
    surcharge: minorUnits.optional(),
    tip: minorUnits.optional(),
    deposit: minorUnits.optional(),
    tax: minorUnits.optional(),
    /** What the buyer was asked to pay. */
    total: minorUnits.optional(),
    /** What the buyer paid so far, without what a lender adds. */
    paid: minorUnits.optional(),
    /** What the buyer pays in all, with the interest of instalments. */
    paidWithFinancing: minorUnits.optional(),
    refunded: minorUnits.optional(),
  }),
  /** What was taken off the whole order. */
  discounts: z.array(discount).optional(),
  lines: z.array(line).optional(),
  placedAt: isoUtc.optional(),
  /** The latest time of change that the platform states for this content. */
  updatedAt: isoUtc.optional(),
  /** Ordered for later. */
  preorder: z.boolean().optional(),
  /** For when the store accepted it. */
  acceptedFor: isoUtc.optional(),
  promisedFor: isoUtc.optional(),
  /** What was odd but did not stop us: a total that does not add up, a rounded amount, a synthetic id. */
  warnings: z.array(z.string()),
  personal,
});

export type Order = z.infer<typeof orderSchema>;
export type OrderLine = z.infer<typeof line>;
export type OrderParcel = z.infer<typeof parcel>;
export type OrderDiscount = z.infer<typeof discount>;
export type Recipient = z.infer<typeof recipient>;
export type Address = z.infer<typeof address>;
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
      /** The platform adds something later that it does not have yet; whoever asked asks again. */
      incomplete?: { lookAgainInSeconds: number };
    }
  | { ok: false; reason: ReviewReason; problem: string; storeId?: string; platformOrderId?: string };
