import * as z from 'zod';
import { id, optionalAmount, optionalId, optionalText, text } from './fields.ts';
import { lazily } from './lazily.ts';
import { optionalIsoUtc } from './time.ts';

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

export const MOST_OF_A_LINE = 1e9;
/** The table's numbers have 38 digits and JavaScript's 15; nobody sells a billion of anything on one line. */
const quantity = lazily(() => z.number().nonnegative().max(MOST_OF_A_LINE));
const optionalNumber = lazily(() => z.number().optional());
const optionalMeasure = lazily(() => z.number().nonnegative().optional());
const optionalTexts = lazily(() => z.array(text()).optional());

/** Who takes off an amount, where the platform tells: the merchant is settled less for its own discounts only. */
const paidBy = lazily(() => z.enum(['merchant', 'platform', 'unknown']));

export const discount = lazily(() =>
  z.object({
    kind: z.enum(['coupon', 'promotion', 'payment-method', 'other']),
    code: optionalText(),
    name: optionalText(),
    amount: optionalAmount(),
    paidBy: paidBy().optional(),
    /** The line that a discount of the order was granted for; the line's total still has it. */
    lineId: optionalId(),
  }),
);

export const line = lazily(() =>
  z.object({
    lineId: id(),
    productId: optionalId(),
    variantId: optionalId(),
    sku: optionalText(),
    barcodes: optionalTexts(),
    name: text(),
    /** What the buyer chose of the product: size, colour. */
    variantValues: optionalTexts(),
    /** Units, or kilograms when `unit` is `kg`. Never negative. */
    quantity: quantity(),
    unit: z.enum(['unit', 'kg']),
    /** How many pieces were weighed together, where the platform tells. */
    pieces: quantity().optional(),
    /** Price of one unit before any discount on the product. */
    listPrice: optionalAmount(),
    /** What is charged for one unit. */
    unitPrice: optionalAmount(),
    /** What the buyer pays for the line before order-level discounts. */
    total: optionalAmount(),
    /** What was taken off the line; already left out of `total`. */
    discounts: z.array(discount()).optional(),
    /** Per cent. */
    taxRate: optionalNumber(),
    /** What is paid for the container and given back with it. */
    deposit: optionalAmount(),
    /** Weight of one unit, in kilograms. */
    weightKg: optionalMeasure(),
    /** Lines with the same one were sold together as a kit. */
    kitId: optionalId(),
    /** The kit as a product of the catalogue. */
    kitProductId: optionalId(),
    /** Units of the line that were sold though the platform had none. */
    soldWithoutStock: optionalMeasure(),
    freeShipping: z.boolean().optional(),
    /** The platform's own word for the line's state, where it has one. */
    platformStatus: optionalText(),
    /** Line this one replaces (substituted item). */
    replacesLineId: optionalId(),
  }),
);

export const address = lazily(() =>
  z.object({
    street: optionalText(),
    number: optionalText(),
    floor: optionalText(),
    locality: optionalText(),
    city: optionalText(),
    province: optionalText(),
    postalCode: optionalText(),
    country: optionalText(),
    /** How to find the door. */
    instructions: optionalText(),
    /** Degrees. */
    latitude: optionalNumber(),
    longitude: optionalNumber(),
  }),
);

/** A parcel without the person it goes to, who stands in `personal.parcels`. */
export const parcel = lazily(() =>
  z.object({
    parcelId: id(),
    status: z.enum(PARCEL_STATUSES),
    platformStatus: text(),
    /** What is in it; absent where the platform does not say. */
    lines: z.array(z.object({ lineId: id(), quantity: quantity() })).optional(),
    /** Where the goods leave from. */
    locationId: optionalId(),
    carrier: optionalText(),
    /** Name of the delivery option that the buyer chose. */
    deliveryOption: optionalText(),
    trackingCode: optionalText(),
    trackingUrl: optionalText(),
    /** What this parcel costs the buyer, and the merchant. */
    costs: z.object({ buyer: optionalAmount(), merchant: optionalAmount() }).optional(),
    /** The window that the buyer was promised. */
    promised: z.object({ from: optionalIsoUtc(), to: optionalIsoUtc() }).optional(),
    /** Where the buyer fetches it: a place of business, no person's address. */
    pickupPlace: z.object({ name: optionalText(), address: address().optional() }).optional(),
    dispatchedAt: optionalIsoUtc(),
  }),
);

/** Who receives the goods, where that is said apart from who bought them. */
export const recipient = lazily(() =>
  z.object({
    name: optionalText(),
    phone: optionalText(),
    documentId: optionalText(),
  }),
);

/** Free text with a name: what the buyer had engraved, or a field of the merchant's own. */
const namedText = lazily(() => z.object({ name: text(), value: text() }));

/** Everything that names or reaches a person. One attribute, so that it can be erased; never logged. */
export const personal = lazily(() =>
  z.object({
    name: optionalText(),
    email: optionalText(),
    phone: optionalText(),
    documentId: optionalText(),
    documentType: optionalText(),
    customerId: optionalText(),
    loyaltyId: optionalText(),
    billing: z
      .object({
        name: optionalText(),
        businessName: optionalText(),
        tradeName: optionalText(),
        /** A person or a company, in the platform's own word. */
        customerType: optionalText(),
        phone: optionalText(),
        stateRegistration: optionalText(),
        taxRegime: optionalText(),
        /** What the buyer uses the invoice for, as a tax authority codes it. */
        invoiceUse: optionalText(),
        address: address().optional(),
      })
      .optional(),
    recipient: recipient().optional(),
    shippingAddress: address().optional(),
    /** What the buyer wrote; some merchants print it on a gift card. */
    note: optionalText(),
    /** What the merchant wrote about the order, for nobody else. */
    merchantNote: optionalText(),
    /** The recipient and destination of each parcel, where the platform tells them by parcel. */
    parcels: z
      .array(z.object({ parcelId: id(), recipient: recipient().optional(), address: address().optional() }))
      .optional(),
    /** What the buyer had made of a line: an engraving, a photo's address. */
    lineProperties: z.array(z.object({ lineId: id(), properties: z.array(namedText()) })).optional(),
    /** Fields of the order that the merchant defined. */
    customFields: z.array(namedText().extend({ fieldId: optionalId() })).optional(),
  }),
);
