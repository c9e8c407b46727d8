import * as z from 'zod';
import { id, optionalAmount, optionalId, optionalText, text } from './fields.ts';
import { lazily } from './lazily.ts';
import {
  type address,
  discount,
  FULFILMENT_STATUSES,
  line,
  parcel,
  personal,
  type recipient,
} from './order-parts.ts';
import { ORDER_STATUSES } from './order-words.ts';
import { optionalIsoUtc } from './time.ts';

/** A platform as keys, metrics and rows name it. The list is open: which platforms there are is not known here. */
export const platformNameSchema = lazily(() => z.string().regex(/^[a-z][a-z0-9-]{1,30}$/));
export type PlatformName = z.infer<ReturnType<typeof platformNameSchema>>;

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

/**
 * An order as every reader of the table sees it, whatever platform it came from.
 *
 * Money is in integer minor units of `currency`; ids are strings; times are ISO 8601 in UTC with milliseconds. What the
 * platform never said is absent: no amount stands for zero, and no list for an empty one.
 */
export const orderSchema = lazily(() =>
  z.object({
    platform: platformNameSchema(),
    storeId: id(),
    platformOrderId: id(),
    /** The outlet within the store, where a store id stands for a whole chain. */
    outletId: optionalId(),
    /** The number people use when they talk about the order, and that it is settled by; not an id. */
    displayNumber: optionalText(),
    /** The short code that the courier names when fetching the order. */
    courierCode: optionalText(),
    /** Where the sale was made, in the platform's own word: its shop, a marketplace, a point of sale, an app. */
    channel: z.object({ name: optionalText(), appId: optionalId() }).optional(),
    status: z.enum(ORDER_STATUSES),
    payment: z.object({
      status: z.enum(PAYMENT_STATUSES),
      method: optionalText(),
      gateway: optionalText(),
      /** The payment's id at the gateway. */
      gatewayId: optionalText(),
      instalments: z.int().positive().optional(),
      paidAt: optionalIsoUtc(),
      /** What is still to be paid when the goods are handed over. */
      collectAtPickup: optionalAmount(),
    }),
    fulfilment: z.object({
      status: z.enum(FULFILMENT_STATUSES),
      kind: z.enum(['delivery', 'pickup', 'none', 'unknown']),
      /** Who carries it, when the platform tells. */
      by: z.enum(['platform', 'merchant', 'unknown']),
      parcels: z.array(parcel()),
    }),
    /** The platform's own words, kept beside ours. */
    platformStatus: z.object({
      status: text(),
      payment: optionalText(),
      fulfilment: optionalText(),
      cancelReason: optionalText(),
      cancelledBy: optionalText(),
    }),
    /**
     * False once the sale is undone (cancelled before hand-over), and while the platform's words leave open whether it is one:
     * words that are not known never make a sale. A platform may cancel an order that was already handed over and still count
     * it as a sale.
     */
    countsAsSale: z.boolean(),
    currency: z.string().regex(/^[A-Z]{3}$/),
    totals: z.object({
      goods: optionalAmount(),
      discount: optionalAmount(),
      shipping: optionalAmount(),
      fees: optionalAmount(),
      surcharge: optionalAmount(),
      tip: optionalAmount(),
      deposit: optionalAmount(),
      tax: optionalAmount(),
      /** What the buyer was asked to pay. */
      total: optionalAmount(),
      /** What the buyer paid so far, without what a lender adds. */
      paid: optionalAmount(),
      /** What the buyer pays in all, with the interest of instalments. */
      paidWithFinancing: optionalAmount(),
      refunded: optionalAmount(),
    }),
    /** What was taken off the whole order. */
    discounts: z.array(discount()).optional(),
    lines: z.array(line()).optional(),
    placedAt: optionalIsoUtc(),
    /** The latest time of change that the platform states for this content. */
    updatedAt: optionalIsoUtc(),
    /** Ordered for later. */
    preorder: z.boolean().optional(),
    /** For when the store accepted it. */
    acceptedFor: optionalIsoUtc(),
    promisedFor: optionalIsoUtc(),
    /** What was odd but did not stop us: a total that does not add up, a rounded amount, a synthetic id. */
    warnings: z.array(text()),
    personal: personal(),
  }),
);

export type Order = z.infer<ReturnType<typeof orderSchema>>;
export type OrderLine = z.infer<ReturnType<typeof line>>;
export type OrderParcel = z.infer<ReturnType<typeof parcel>>;
export type OrderDiscount = z.infer<ReturnType<typeof discount>>;
export type Recipient = z.infer<ReturnType<typeof recipient>>;
export type Address = z.infer<ReturnType<typeof address>>;
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
