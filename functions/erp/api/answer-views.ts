import * as z from 'zod';
import { feedEventSchema } from '../../domain/event.ts';
import { orderSchema, platformNameSchema, REVIEW_REASONS } from '../../domain/order.ts';
import { orderRowSchema } from '../../domain/order-row.ts';
import { commandView } from './command-view.ts';

/** What the API answers about orders, for its documents: no answer needs them, so nothing imports them but for that. */

const time = z.string();

/** An acknowledgement as the client that sent it sees it. */
export const acknowledgementView = z.object({
  erpId: z.string(),
  version: z.int(),
  /** When it reached us. */
  at: time,
  stockBookedAt: time.optional(),
});

/** An order as the API shows it. */
export const orderView = z.object({
  id: z.string(),
  platform: platformNameSchema(),
  storeId: z.string(),
  platformOrderId: z.string(),
  /** Rises with every change of the content. */
  version: z.int(),
  changedAt: time,
  /** `needs-review`: what the platform said last could not be understood; the order is as it was before. */
  state: z.enum(['ok', 'needs-review']),
  review: z.object({ reason: z.enum(REVIEW_REASONS), problem: z.string(), at: time }).optional(),
  /** Absent while nothing of it was understood. */
  order: orderSchema().omit({ personal: true }).optional(),
  /** With the scope orders:personal only. */
  personal: orderRowSchema().shape.personal,
  /** Since when the data of the person is erased for good. */
  erasedAt: time.optional(),
  /** The latest acknowledgement of the client that asks. */
  acknowledgement: acknowledgementView.optional(),
  acknowledgeBy: time.optional(),
});
export type OrderView = z.infer<typeof orderView>;

const rawView = z.object({
  sha256: z.string(),
  bytes: z.int(),
  /** The bytes as text; `base64` where they are no text. Neither when there are more than 2 MiB. */
  text: z.string().optional(),
  base64: z.string().optional(),
});

/** With what may be asked for beside it. */
const fullOrder = orderView.extend({
  /** The order's events among the newest 1,000 of the feed. */
  events: z.array(feedEventSchema()).optional(),
  /** What was wanted done to it, the first command first. */
  commands: z.array(commandView()).optional(),
  /** What the platform sent; absent once it expired. */
  raw: rawView.optional(),
});

/** One page of orders. */
const orderPage = z.object({
  /** May be empty although there are more. */
  items: z.array(orderView),
  /** What to send as `cursor` next; absent after the last. */
  next: z.string().optional(),
});

/** What an acknowledgement is answered with. */
const acknowledged = z.object({
  id: z.string(),
  acknowledgement: acknowledgementView,
  /** The version that the order has now: when it is higher than yours, read the order again. */
  currentVersion: z.int(),
});

/** By operation. */
export const ORDER_ANSWERS: Readonly<Record<string, z.ZodType>> = {
  getOrder: fullOrder,
  listOrders: orderPage,
  acknowledgeOrder: acknowledged,
};
