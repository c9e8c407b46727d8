import { createHmac } from 'node:crypto';
import * as z from 'zod';

/**
 * The API of Bazaar, a platform that exists in tests only: every path and every JSON shape that it serves or sends. A
 * simulator serves exactly this.
 *
 * Calls carry `authorization: Bearer <token>`. Answers carry the state of the limit in {@link LIMIT_HEADERS}. 401 refuses
 * the token, 404 knows no such order, 429 is over the limit (with `retry-after`, seconds).
 */
export const PATHS = {
  /** GET: one order, {@link orderJson}. */
  order: (id: string) => `/orders/${encodeURIComponent(id)}`,
  /** POST: the order is cancelled, {@link orderJson}. 409 when it is done or cancelled already. */
  cancel: (id: string) => `/orders/${encodeURIComponent(id)}/cancel`,
  /** GET `?by=updated|placed&from=<ISO>&to=<ISO>&after=<id>`: {@link orderListJson}. */
  orders: '/orders',
  /** GET: the ids of the last 8 days, {@link orderIdsJson}. */
  orderIds: '/order-ids',
  /** POST: hands out orders that were not handed out before, {@link newOrdersJson}. Each is handed out once. */
  newOrders: '/new-orders',
  /** GET: {@link hookListJson}. POST {@link hookJson} without id: subscribes. DELETE `/hooks/<id>`: ends it. */
  hooks: '/hooks',
  /** POST {@link tokenRequestJson}: {@link tokenJson}. Codes and refresh tokens are good once. Needs no token. */
  token: '/oauth/token',
  /** The page where a merchant agrees, `?client=<id>&state=<state>`; comes back with `code` and `state`. */
  authorize: '/oauth/authorize',
} as const;

export const LIMIT_HEADERS = { size: 'bazaar-limit', left: 'bazaar-left' } as const;

/** One order. `total` in cents of ARS; times are ISO 8601, UTC. `buyer` is left out of some lists. */
export const orderJson = z.looseObject({
  id: z.string().min(1),
  shop: z.string().min(1),
  status: z.string(),
  total: z.number().int(),
  updated: z.iso.datetime({ precision: 3 }),
  /** `later`: the shop has not said yet what goes into which parcel. */
  packing: z.enum(['later', 'known']).optional(),
  buyer: z.object({ name: z.string(), email: z.string().optional(), note: z.string().optional() }).optional(),
});
export type BazaarOrder = z.infer<typeof orderJson>;

/** What comes in a list may be anything: one order that is odd must not hide the others. */
export const orderListJson = z.object({ orders: z.array(z.unknown()), next: z.string().optional() });
export const orderIdsJson = z.object({ ids: z.array(z.unknown()) });
/** `left`: orders that are still to be handed out. */
export const newOrdersJson = z.object({ orders: z.array(z.unknown()), left: z.number().int().min(0) });
export const hookJson = z.object({ id: z.string(), topic: z.string(), url: z.string() });
export const hookListJson = z.object({ hooks: z.array(hookJson) });
export type BazaarHook = z.infer<typeof hookJson>;

export const tokenRequestJson = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  code: z.string().optional(),
  refreshToken: z.string().optional(),
});
/** `expiresIn` in seconds; absent when the token does not end. */
export const tokenJson = z.object({
  shop: z.string(),
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1).optional(),
  expiresIn: z.number().optional(),
  scopes: z.array(z.string()),
});

/** The topics of {@link PATHS.hooks}. */
export const HOOK_TOPICS = ['orders', 'app'] as const;

/** Carries lower-case hex HMAC-SHA256 of the raw body of a webhook. */
export const SIGNATURE_HEADER = 'bazaar-signature';
export const signatureOf = (body: string | Uint8Array, secret: string): string =>
  createHmac('sha256', secret).update(body).digest('hex');

const shop = z.string().min(1);
/** Bodies of webhooks. Events beyond these exist and have `shop` and `event`. */
export const eventJson = z.union([
  z.object({ shop, event: z.literal('order.changed'), order: z.string().min(1) }),
  z.object({ shop, event: z.literal('orders'), orders: z.array(z.unknown()) }),
  z.object({ shop, event: z.literal('job.ended'), job: z.string(), status: z.string() }),
  z.object({ shop, event: z.string().regex(/^(?!order\.changed$|orders$|job\.ended$)/) }),
]);
/** What a platform asks for the sake of a customer. */
export const customerJson = z.strictObject({
  shop,
  orders: z.array(z.string()),
  request: z.string().optional(),
  customer: z.looseObject({ id: z.string() }).optional(),
  carts: z.array(z.string()).optional(),
});
/** What a platform asks for once a shop removed the app. */
export const shopGoneJson = z.strictObject({ shop });
