import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import type { PrivacyRequest } from '../../domain/privacy.ts';
import { describe } from '../reading/issue-texts.ts';
import { idSchema, numericIdSchema } from './order/schema.ts';

/** What Acopio has to hear of: all that changes an order, and all that changes the app's standing in the store. */
const ALWAYS_WANTED = [
  'app/uninstalled',
  'app/suspended',
  'app/resumed',
  'order/created',
  'order/updated',
  'order/paid',
  'order/packed',
  'order/fulfilled',
  'order/cancelled',
  'order/custom_fields_updated',
  'order/edited',
  'order/pending',
  'order/voided',
  'order/unpacked',
  'fulfillment_order/status_updated',
  'fulfillment_order/tracking_event_created',
  'fulfillment_order/tracking_event_updated',
  'fulfillment_order/tracking_event_deleted',
] as const;

/** All that changes a product: its stock and prices as well, which have no events of their own. */
const PRODUCT_EVENTS = ['product/created', 'product/updated', 'product/deleted'] as const;

/** All that changes a customer; since August 2025. */
const CUSTOMER_EVENTS = ['customer/created', 'customer/updated', 'customer/deleted'] as const;

/** What is subscribed in a store. */
export const wantedEvents = (how: {
  readonly mirrorsProducts: boolean;
  readonly mirrorsCustomers: boolean;
}): readonly NuvemshopEventName[] => [
  ...ALWAYS_WANTED,
  ...(how.mirrorsProducts ? PRODUCT_EVENTS : []),
  ...(how.mirrorsCustomers ? CUSTOMER_EVENTS : []),
];

/**
 * Everything Nuvemshop can be subscribed to, but for the plan-gated label events (reference, webhook, fulfillment order
 * and location pages).
 */
export const NUVEMSHOP_EVENTS = [
  ...ALWAYS_WANTED,
  ...PRODUCT_EVENTS,
  'product_variant/custom_fields_updated',
  'category/created',
  'category/updated',
  'category/deleted',
  ...CUSTOMER_EVENTS,
  'domain/updated',
  'order_custom_field/created',
  'order_custom_field/updated',
  'order_custom_field/deleted',
  'product_variant_custom_field/created',
  'product_variant_custom_field/updated',
  'product_variant_custom_field/deleted',
  'subscription/updated',
  'fulfillment/updated',
  'fulfillment_order/label_status_updated',
  'location/created',
  'location/updated',
  'location/deleted',
] as const;

export type NuvemshopEventName = (typeof NUVEMSHOP_EVENTS)[number];

/**
 * A webhook's meaning: `orderId` is the order to fetch again, `productId` the product, `customerId` the customer; all are absent
 * when the event is about something else.
 */
export type NuvemshopEvent =
  | {
      ok: true;
      storeId: string;
      event: string;
      known: boolean;
      orderId?: string;
      productId?: string;
      customerId?: string;
    }
  | { ok: false; problem: string };

const KNOWN: ReadonlySet<string> = new Set(NUVEMSHOP_EVENTS);

// Neither `id` nor `order_id` is checked here: an event that needs neither may carry anything under those names.
const envelope = lazily(() =>
  z.looseObject({ store_id: numericIdSchema(), event: z.string().min(1).max(128) }),
);

/**
 * Reads a webhook's body. It holds ids only, so all it can say is that something changed: what, is in the platform's
 * answer when asked. Events of orders name the order in `id`; events of fulfilment orders have no `id` and name it in
 * `order_id` (Nuvemshop reference, webhook and fulfillment order pages); events of products and customers name them in `id`. An
 * event we don't know is no error; one that is about one of these and names none is. Privacy notices have no `event` and don't belong here: their URL is their topic.
 */
export function readNuvemshopEvent(json: unknown): NuvemshopEvent {
  const head = envelope().safeParse(json);
  if (!head.success) return { ok: false, problem: describe(head.error.issues, envelope()) };
  const { store_id: storeId, event } = head.data;
  const base = { ok: true, storeId, event, known: KNOWN.has(event) } as const;
  const isProduct = PRODUCT_EVENTS.some((one) => one === event);
  const isCustomer = CUSTOMER_EVENTS.some((one) => one === event);
  const field = isProduct || isCustomer ? 'id' : orderField(event, head.data);
  if (field === undefined) return base;
  const id = numericIdSchema().safeParse(head.data[field]);
  if (!id.success) return { ok: false, problem: `${field}: ${id.error.issues[0]?.message ?? 'Invalid id'}` };
  if (isProduct) return { ...base, productId: id.data };
  return { ...base, ...(isCustomer ? { customerId: id.data } : { orderId: id.data }) };
}

function orderField(event: string, body: Record<string, unknown>): 'id' | 'order_id' | undefined {
  if (event.startsWith('order/')) return 'id';
  if (event.startsWith('fulfillment_order/')) return 'order_id';
  // The body of fulfillment/updated is not documented: use its order when it names one.
  if (event === 'fulfillment/updated' && numericIdSchema().safeParse(body.order_id).success)
    return 'order_id';
  return undefined;
}

/** The topics of the notices that data protection demands, as Nuvemshop names them. */
export type PrivacyNoticeTopic = 'store/redact' | 'customers/redact' | 'customers/data_request';

/** What a privacy notice asks for: ids only, none of the personal data it quotes. */
export type PrivacyNotice = ({ ok: true } & PrivacyRequest) | { ok: false; problem: string };

// A list may be empty, or null, but not missing: under another name it would be a request that nobody carries out.
const ids = lazily(() =>
  z
    .array(numericIdSchema())
    .nullable()
    .transform((list) => [...new Set(list ?? [])]),
);
const others = lazily(() => z.array(idSchema()).nullish().catch(undefined));
/**
 * Exactly the documented keys. The address alone says what a notice asks for, and its signature covers the body only: an
 * ordinary event that was sent to the address, or one notice to the address of another, must not pass for a request.
 */
const exactly = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    // The keys themselves may be anything, and their names would reach a log.
    error: ({ code }) =>
      code === 'unrecognized_keys' ? 'has keys that this notice is not documented to have' : undefined,
  });
const quoted = lazily(() => z.unknown().optional());
const store = lazily(() => exactly({ store_id: numericIdSchema() }));
const customer = lazily(() =>
  store().extend({
    customer: exactly({ id: idSchema(), email: quoted(), phone: quoted(), identification: quoted() }),
  }),
);
const redact = lazily(() => customer().extend({ orders_to_redact: ids() }));
const dataRequest = lazily(() =>
  customer().extend({
    orders_requested: ids(),
    checkouts_requested: others(),
    drafts_orders_requested: others(),
    data_request: z.object({ id: idSchema() }).nullish().catch(undefined),
  }),
);

/**
 * Reads one of the three notices that data protection demands (Nuvemshop reference, webhook page, required webhooks). They
 * carry no `event`: the address they came to is their topic. `store/redact` comes when the token is dead already, so it
 * has to be carried out without the API.
 */
export function readPrivacyNotice(topic: PrivacyNoticeTopic, json: unknown): PrivacyNotice {
  switch (topic) {
    case 'store/redact':
      return read(store(), json, (body) => ({ storeId: body.store_id, orderIds: [] }));
    case 'customers/redact':
      return read(redact(), json, (body) => ({ ...about(body), orderIds: body.orders_to_redact }));
    case 'customers/data_request':
      return read(dataRequest(), json, (body) => ({
        ...about(body),
        orderIds: body.orders_requested,
        ...(body.checkouts_requested ? { checkoutIds: body.checkouts_requested } : {}),
        ...(body.drafts_orders_requested ? { draftIds: body.drafts_orders_requested } : {}),
        ...(body.data_request ? { dataRequestId: body.data_request.id } : {}),
      }));
  }
}

const about = (body: z.output<ReturnType<typeof customer>>) => ({
  storeId: body.store_id,
  customerId: body.customer.id,
});

function read<T>(schema: z.ZodType<T>, json: unknown, request: (body: T) => PrivacyRequest): PrivacyNotice {
  const body = schema.safeParse(json);
  return body.success
    ? { ok: true, ...request(body.data) }
    : { ok: false, problem: describe(body.error.issues, schema) };
}
