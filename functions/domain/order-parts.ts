import * as z from 'zod';
import { lazily } from './lazily.ts';
import { isoUtc } from './time.ts';

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

/** An id of a platform. */
export const id = lazily(() => z.string().min(1).max(128));
export const MOST_OF_A_LINE = 1e9;
/** Integer minor units of the order's currency (cents; whole pesos for CLP, whole guaraníes for PYG). */
export const minorUnits = lazily(() => z.int());
/** The table's numbers have 38 digits and JavaScript's 15; nobody sells a billion of anything on one line. */
const quantity = lazily(() => z.number().nonnegative().max(MOST_OF_A_LINE));

/** Who takes off an amount, where the platform tells: the merchant is settled less for its own discounts only. */
const paidBy = lazily(() => z.enum(['merchant', 'platform', 'unknown']));

export const discount = lazily(() =>
  z.object({
    kind: z.enum(['coupon', 'promotion', 'payment-method', 'other']),
    code: z.string().optional(),
    name: z.string().optional(),
    amount: minorUnits().optional(),
    paidBy: paidBy().optional(),
    /** The line that a discount of the order was granted for; the line's total still has it. */
    lineId: id().optional(),
  }),
);

export const line = lazily(() =>
  z.object({
    lineId: id(),
    productId: id().optional(),
    variantId: id().optional(),
    sku: z.string().optional(),
    barcodes: z.array(z.string()).optional(),
    name: z.string(),
    /** What the buyer chose of the product: size, colour. */
    variantValues: z.array(z.string()).optional(),
    /** Units, or kilograms when `unit` is `kg`. Never negative. */
    quantity: quantity(),
    unit: z.enum(['unit', 'kg']),
    /** How many pieces were weighed together, where the platform tells. */
    pieces: z.number().nonnegative().max(MOST_OF_A_LINE).optional(),
    /** Price of one unit before any discount on the product. */
    listPrice: minorUnits().optional(),
    /** What is charged for one unit. */
    unitPrice: minorUnits().optional(),
    /** What the buyer pays for the line before order-level discounts. */
    total: minorUnits().optional(),
    /** What was taken off the line; already left out of `total`. */
    discounts: z.array(discount()).optional(),
    /** Per cent. */
    taxRate: z.number().optional(),
    /** What is paid for the container and given back with it. */
    deposit: minorUnits().optional(),
    /** Weight of one unit, in kilograms. */
    weightKg: z.number().nonnegative().optional(),
    /** Lines with the same one were sold together as a kit. */
    kitId: id().optional(),
    /** The kit as a product of the catalogue. */
    kitProductId: id().optional(),
    /** Units of the line that were sold though the platform had none. */
    soldWithoutStock: z.number().nonnegative().optional(),
    freeShipping: z.boolean().optional(),
    /** The platform's own word for the line's state, where it has one. */
    platformStatus: z.string().optional(),
    /** Line this one replaces (substituted item). */
    replacesLineId: id().optional(),
  }),
);

export const address = lazily(() =>
  z.object({
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
  }),
);

/** A parcel without the person it goes to, who stands in `personal.parcels`. */
export const parcel = lazily(() =>
  z.object({
    parcelId: id(),
    status: z.enum(PARCEL_STATUSES),
    platformStatus: z.string(),
    /** What is in it; absent where the platform does not say. */
    lines: z.array(z.object({ lineId: id(), quantity: quantity() })).optional(),
    /** Where the goods leave from. */
    locationId: id().optional(),
    carrier: z.string().optional(),
    /** Name of the delivery option that the buyer chose. */
    deliveryOption: z.string().optional(),
    trackingCode: z.string().optional(),
    trackingUrl: z.string().optional(),
    /** What this parcel costs the buyer, and the merchant. */
    costs: z.object({ buyer: minorUnits().optional(), merchant: minorUnits().optional() }).optional(),
    /** The window that the buyer was promised. */
    promised: z.object({ from: isoUtc().optional(), to: isoUtc().optional() }).optional(),
    /** Where the buyer fetches it: a place of business, no person's address. */
    pickupPlace: z.object({ name: z.string().optional(), address: address().optional() }).optional(),
    dispatchedAt: isoUtc().optional(),
  }),
);

/** Who receives the goods, where that is said apart from who bought them. */
export const recipient = lazily(() =>
  z.object({
    name: z.string().optional(),
    phone: z.string().optional(),
    documentId: z.string().optional(),
  }),
);

/** Free text with a name: what the buyer had engraved, or a field of the merchant's own. */
const namedText = lazily(() => z.object({ name: z.string(), value: z.string() }));

/** Everything that names or reaches a person. One attribute, so that it can be erased; never logged. */
export const personal = lazily(() =>
  z.object({
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
        address: address().optional(),
      })
      .optional(),
    recipient: recipient().optional(),
    shippingAddress: address().optional(),
    /** What the buyer wrote; some merchants print it on a gift card. */
    note: z.string().optional(),
    /** What the merchant wrote about the order, for nobody else. */
    merchantNote: z.string().optional(),
    /** The recipient and destination of each parcel, where the platform tells them by parcel. */
    parcels: z
      .array(z.object({ parcelId: id(), recipient: recipient().optional(), address: address().optional() }))
      .optional(),
    /** What the buyer had made of a line: an engraving, a photo's address. */
    lineProperties: z.array(z.object({ lineId: id(), properties: z.array(namedText()) })).optional(),
    /** Fields of the order that the merchant defined. */
    customFields: z.array(namedText().extend({ fieldId: id().optional() })).optional(),
  }),
);
