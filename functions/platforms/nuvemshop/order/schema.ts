import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { asList, flag, measure, object } from '../../reading/forms.ts';
import { amount, orText, someText, text, time } from './fields.ts';
import { address } from './places.ts';

/**
 * An id as Nuvemshop writes it: a number in one payload and a string in the next, for the same field (reference, order,
 * fulfillment order and location pages). Always a string here. Numbers beyond 2^53 must come through `parseJson`, which
 * keeps their digits.
 */
export const idSchema = lazily(() =>
  z.union([z.string().trim().min(1).max(128), z.int().nonnegative()]).transform((id, context) => {
    if (typeof id === 'string') return id;
    if (Number.isSafeInteger(id)) return String(id);
    context.addIssue({ code: 'custom', message: 'Invalid id: digits were lost' });
    return z.NEVER;
  }),
);

/**
 * Ids of orders and stores are whole numbers, whatever the JSON type they travel in. Written without leading zeros, so that one
 * order has one row.
 */
export const numericIdSchema = lazily(() =>
  idSchema()
    .refine((id) => /^\d{1,20}$/.test(id), 'Invalid id: not digits only')
    .transform((id) => id.replace(/^0+(?=\d)/, '')),
);

/** An id that may be missing: 0 and an empty text are nobody's. */
export const optionalId = lazily(() =>
  z
    .union([z.literal(0), z.literal('0'), z.string().regex(/^\s*$/), idSchema()])
    .nullish()
    .transform((id) => (typeof id === 'string' && id !== '0' && id.trim() !== '' ? id : undefined)),
);

/** An id we send: the platform's JSON has numbers, and so have we unless digits would be lost. Location ids are texts. */
export const wireId = lazily(() =>
  z
    .union([z.string().regex(/^\d{1,20}$/, 'Invalid id: not digits only'), z.int().nonnegative()])
    .transform((id) => (Number.isSafeInteger(Number(id)) ? Number(id) : id)),
);

/** ULID of a location, a fulfilment order or a tracking event. */
export const ulid = lazily(() => z.string().min(1).max(64));

/** A text for all languages, or one a language (Nuvemshop reference, introduction, languages). */
export const localised = lazily(() => z.union([z.string(), z.record(z.string(), z.string().nullable())]));

/** A price: a decimal text or a number. Null means "ask" on variants. */
export const price = lazily(() =>
  z.union([z.number().nonnegative(), z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, 'Invalid price')]),
);

/** A moment, written with its offset. */
export const moment = lazily(() => z.iso.datetime({ offset: true }));

/** "1" in one official sample line and 1 in the next. */
const quantity = lazily(() => measure().pipe(z.number()));
/** Read element by element, so that an odd one costs only itself. */
const anything = lazily(() => z.unknown().optional());

const product = lazily(() =>
  z.object({
    /** Exceeds int32; absent in v1. */
    id: optionalId(),
    product_id: optionalId(),
    variant_id: optionalId(),
    name: someText(),
    price: amount(),
    /** What the variant costs where nothing is taken off it; lower than the price in one official sample. */
    compare_at_price: amount(),
    quantity: quantity(),
    sku: text(),
    barcode: anything(),
    /** Kilograms. */
    weight: amount(),
    free_shipping: flag(),
    variant_values: anything(),
    properties: anything(),
    /** The kit as a product, and as it was sold in this order. */
    catalog_kit_id: optionalId(),
    order_kit_id: optionalId(),
    issues: object({ unclaimed_stock: amount() }),
  }),
);

const customer = lazily(() =>
  orText('name', {
    id: optionalId(),
    name: text(),
    email: text(),
    identification: text(),
    phone: text(),
  }),
);

/**
 * An order as `GET /orders/{id}` gives it, versions `2025-03` and `v1` (Nuvemshop reference, order page). Only what the
 * normalised order needs; everything else stays in the raw bytes.
 */
export const nuvemshopOrderSchema = lazily(() =>
  z.object({
    id: numericIdSchema(),
    /** A string when read, a number in replies to writes; absent in v1. */
    store_id: numericIdSchema().nullish(),
    number: text(),
    status: z.string().min(1),
    payment_status: z.string().nullish(),
    shipping_status: z.string().nullish(),
    cancel_reason: text(),
    currency: z
      .string()
      .transform((code) => code.trim().toUpperCase())
      .pipe(z.string().regex(/^[A-Z]{3}$/)),
    subtotal: amount(),
    discount: amount(),
    discount_coupon: amount(),
    discount_gateway: amount(),
    promotional_discount: object({
      total_discount_amount: amount(),
      contents: anything(),
      promotions_applied: anything(),
    }),
    coupon: anything(),
    total: amount(),
    /** v1's name of the total. */
    price: amount(),
    total_paid_by_customer: amount(),
    total_paid_by_customer_including_fees: amount(),
    products: z.preprocess(asList, z.array(product())),
    gateway: text(),
    gateway_id: text(),
    gateway_name: text(),
    payment_details: object({ method: text(), installments: text() }),
    storefront: text(),
    app_id: optionalId(),
    created_at: time(),
    updated_at: time(),
    cancelled_at: time(),
    closed_at: time(),
    paid_at: time(),
    completed_at: time(),
    /** ULIDs, or objects when the fulfilment orders were asked for. */
    fulfillments: anything(),
    /** The name of the same list in one of the reference's samples. */
    fulfillment_orders: anything(),
    contact_name: text(),
    contact_email: text(),
    contact_phone: text(),
    contact_identification: text(),
    customer: customer(),
    billing_name: text(),
    billing_phone: text(),
    billing_customer_type: text(),
    billing_business_name: text(),
    billing_trade_name: text(),
    billing_state_registration: text(),
    /** Mexico's, with a default (reference, order page). */
    billing_fiscal_regime: text(),
    billing_invoice_use: text(),
    billing_document_type: text(),
    billing_address: text(),
    billing_number: text(),
    billing_floor: text(),
    billing_locality: text(),
    billing_city: text(),
    billing_province: text(),
    billing_country: text(),
    billing_zipcode: text(),
    shipping_address: address(),
    note: text(),
    owner_note: text(),
    /** Only with the aggregate. */
    custom_fields: anything(),
    /** What the checkout's form of the store asked for besides. */
    extra: anything(),
    /** Always empty in samples. */
    attributes: anything(),
    // v1 has no fulfilment orders; these fields say the same of the first of them (reference, multi-inventory guide).
    shipping: text(),
    shipping_carrier_name: text(),
    shipping_option: text(),
    shipping_pickup_type: text(),
    shipping_pickup_details: anything(),
    shipping_store_branch_name: text(),
    shipping_tracking_number: text(),
    shipping_tracking_url: text(),
    shipping_cost_customer: amount(),
    shipping_cost_owner: amount(),
    shipped_at: time(),
  }),
);
export type NuvemshopOrder = z.output<ReturnType<typeof nuvemshopOrderSchema>>;
export type NuvemshopProduct = z.output<ReturnType<typeof product>>;

const REQUIRED = new Set([
  'id',
  'store_id',
  'status',
  'currency',
  'subtotal',
  'discount',
  'total',
  'price',
  'products',
]);
const REQUIRED_OF_PRODUCT = new Set(['price', 'quantity']);

/** Fields for which a guess would be worse than a person's look: identity, state, money and what was sold. */
export function isRequired(path: readonly PropertyKey[]): boolean {
  const [head, , field] = path;
  if (head === undefined) return true;
  if (head === 'products') return field === undefined || REQUIRED_OF_PRODUCT.has(String(field));
  return REQUIRED.has(String(head));
}
