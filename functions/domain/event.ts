import * as z from 'zod';
import { STORED_COMMANDS } from './command.ts';
import { lazily } from './lazily.ts';
import { ORDER_STATUSES } from './order-words.ts';
import { isoUtc } from './time.ts';

const ORDER_EVENTS = [
  'order.created',
  'order.updated',
  'order.cancelled',
  'order.attention',
  'order.redacted',
] as const;
/** What a command of the merchant's own system came to. */
const COMMAND_EVENTS = [
  'command.done',
  'command.refused',
  'command.failed',
  'command.in_doubt',
  'command.expired',
] as const;

/** What became of a product at its platform. */
const PRODUCT_EVENTS = [
  'product.created',
  'product.updated',
  'product.removed',
  'product.attention',
] as const;

/** What became of a customer at the platform, or of what is held of one here. */
const CUSTOMER_EVENTS = [
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'customer.attention',
  'customer.redacted',
] as const;

/** What became of the stock of a SKU. */
export const STOCK_EVENTS = ['stock.oversold', 'stock.rejected', 'stock.drift', 'stock.unlinked'] as const;
export type StockEventType = (typeof STOCK_EVENTS)[number];

/** What an event can say. The list grows; whoever reads the feed passes over words that it does not know. */
export const EVENT_TYPES = [
  ...ORDER_EVENTS,
  ...COMMAND_EVENTS,
  ...PRODUCT_EVENTS,
  ...CUSTOMER_EVENTS,
  ...STOCK_EVENTS,
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/**
 * One change, without its place in the feed. Holds ids, words of closed lists, numbers and times: there is no field that
 * could carry personal data.
 */
export const eventSchema = lazily(() =>
  z.object({
    /** The same for every repeat of the event: `<platform>:<store>:<kind>:<key>:<epoch>:<n>`. */
    id: z.string(),
    type: z.enum(EVENT_TYPES),
    /** When the change was written, ISO UTC. */
    at: isoUtc(),
    /**
     * What changed, or what a command is for, as the API names it: `<platform>:<store>:<id>`,
     * `<platform>:<store>:product:<id>`, `<platform>:<store>:customer:<id>`, `<platform>:<store>:erp-customer:<id>`, or
     * `stock:<sku>`.
     */
    key: z.string(),
    /** Of the content; the same as before when only the state changed. Absent from events of commands. */
    version: z.int().min(0).optional(),
    /** Of events of commands: whose it is, and how it ended. */
    command: z
      .object({
        client: z.string(),
        /** The client's own id of it. */
        id: z.string(),
        name: z.enum(STORED_COMMANDS),
        /** The effect was there before anybody made a call. */
        already: z.literal(true).optional(),
        /** False: the platform answered with a success and does not show the effect. */
        seen: z.boolean().optional(),
      })
      .optional(),
    /** Names of the fields of the order, the product or the customer that are not as they were, and no value of them. Absent where nobody knows. */
    changed: z.array(z.string().max(64)).optional(),
    from: z.enum(ORDER_STATUSES).optional(),
    to: z.enum(ORDER_STATUSES).optional(),
    /** The newest state of the key, told after events were lost; there may have been others in between. */
    caughtUp: z.literal(true).optional(),
  }),
);
export type NewEvent = z.infer<ReturnType<typeof eventSchema>>;

/** An event in the feed. `seq` follows the one before without a gap. */
export const feedEventSchema = lazily(() => eventSchema().extend({ seq: z.int().min(1) }));
export type FeedEvent = z.infer<ReturnType<typeof feedEventSchema>>;
