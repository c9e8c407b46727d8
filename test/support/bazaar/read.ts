import * as z from 'zod';
import type { Normalised, Order, OrderStatus } from '../../../functions/domain/order.ts';
import type { PrivacyTopic } from '../../../functions/domain/privacy.ts';
import type { Incoming, Intake, Reading } from '../../../functions/platforms/intake.ts';
import type { StoredReading } from '../../../functions/platforms/resource.ts';
import type { Store } from '../../../functions/platforms/store.ts';
import { type BazaarOrder, customerJson, eventJson, newOrdersJson, orderJson, shopGoneJson } from './api.ts';
import { jsonOf } from './client.ts';

const STATUSES: Readonly<Record<string, OrderStatus>> = {
  placed: 'received',
  accepted: 'confirmed',
  packed: 'ready',
  sent: 'dispatched',
  done: 'delivered',
  cancelled: 'cancelled',
};

/** What one order's JSON says. Names fields, never values, where it says nothing. */
export function normalise(json: unknown, { id: storeId }: Store): Normalised {
  const id = idOf(json);
  if (id === undefined) return { ok: false, reason: 'missing-id', problem: 'the order has no id', storeId };
  const about = { storeId, platformOrderId: id };
  const read = orderJson.safeParse(json);
  if (!read.success) {
    const fields = read.error.issues.map(({ path }) => path.join('.')).join(', ');
    return { ok: false, reason: 'schema-mismatch', problem: `not as documented: ${fields}`, ...about };
  }
  if (read.data.shop !== storeId)
    return {
      ok: false,
      reason: 'foreign-store',
      problem: 'the order is of another shop',
      ...about,
      storeId: read.data.shop,
    };
  const omitted = read.data.buyer === undefined ? { omitted: ['personal'] as const } : {};
  const incomplete = read.data.packing === 'later' ? { incomplete: { lookAgainInSeconds: 10 } } : {};
  return { ok: true, order: orderFrom(read.data), ...omitted, ...incomplete };
}

function orderFrom({ id, shop, status, total, updated, buyer }: BazaarOrder): Order {
  return {
    platform: 'bazaar',
    storeId: shop,
    platformOrderId: id,
    status: Object.hasOwn(STATUSES, status) ? (STATUSES[status] ?? 'unknown') : 'unknown',
    payment: { status: 'paid' },
    fulfilment: { status: 'unpacked', kind: 'delivery', by: 'merchant', parcels: [] },
    platformStatus: { status },
    countsAsSale: Object.hasOwn(STATUSES, status) && status !== 'cancelled',
    currency: 'ARS',
    totals: { goods: total, discount: 0, shipping: 0, fees: 0, tax: 0, total },
    lines: [],
    updatedAt: updated,
    warnings: [],
    personal: buyer ?? {},
  };
}

const withId = z.object({ id: z.string().min(1).max(128) });
/** The id of an order that may be odd otherwise. */
export const idOf = (json: unknown): string | undefined => withId.safeParse(json).data?.id;

/** The very bytes of one order of a page. */
export const bytesOf = (json: unknown): Uint8Array => Buffer.from(JSON.stringify(json));

/** Orders of a page, or of a webhook. The same order without an id twice is one row. */
const itemsOf = (orders: readonly unknown[], store: Store): Incoming[] =>
  orders.map((json, index) => {
    const orderId = idOf(json) ?? `record-${index}`;
    return {
      kind: 'order',
      storeId: store.id,
      orderId,
      reading: normalise(json, store),
      bytes: bytesOf(json),
    };
  });

const PRIVACY_TOPICS: readonly string[] = [
  'erase-store',
  'erase-customer',
  'export-customer',
] satisfies PrivacyTopic[];
export const isPrivacyTopic = (topic: string): topic is PrivacyTopic => PRIVACY_TOPICS.includes(topic);

/** What the bytes of a webhook or a polled page say. Never throws, whatever the bytes. */
export function read({ topic, storeId, bytes }: Intake, stores: readonly Store[]): Reading {
  const json = jsonOf(bytes);
  if (isPrivacyTopic(topic)) return readPrivacy(topic, json, stores);
  if (topic === 'page')
    return readPage(
      json,
      stores.find(({ id }) => id === storeId),
    );
  const event = eventJson.safeParse(json);
  const here = storeId ?? stores[0]?.id ?? 'unknown';
  if (!event.success) return unreadable(here, 'schema-mismatch', 'the event is not as documented');
  const { data } = event;
  const store = stores.find(({ id }) => id === data.shop);
  // On a path that one store has to itself, another store's event is foreign too.
  if (store === undefined || (storeId !== undefined && storeId !== store.id))
    return unreadable(here, 'foreign-store', 'the event is of another shop');
  return readEvent(data, store);
}

function readEvent(event: z.infer<typeof eventJson>, store: Store): Reading {
  const { id: storeId } = store;
  if ('orders' in event) return { items: itemsOf(event.orders, store) };
  if ('job' in event) {
    const { job: jobId, status } = event;
    const failed = status === 'failed' ? { failed: true as const } : {};
    return { items: [{ kind: 'job', result: { jobId, status, ended: true, ...failed } }] };
  }
  if ('order' in event) return { items: [{ kind: 'changed', storeId, orderId: event.order }] };
  const suspended = { kind: 'suspended', storeId, cause: event.event } as const;
  switch (event.event) {
    case 'app.resumed':
      return { items: [{ kind: 'resumed', storeId }] };
    case 'app.suspended':
      return { items: [{ ...suspended, remedy: 'Pay for the app.', closedBy: 'notice' }] };
    case 'app.removed':
      return { items: [{ ...suspended, remedy: 'Open the installation link.', closedBy: 'token' }] };
    default:
      return { items: [{ kind: 'ignored' }] };
  }
}

function readPage(json: unknown, store: Store | undefined): Reading {
  if (store === undefined) return unreadable('unknown', 'foreign-store', 'the page is of no store of ours');
  const page = newOrdersJson.safeParse(json);
  if (!page.success) return unreadable(store.id, 'broken-envelope', 'the page is not as documented');
  const odd = page.data.orders.length === 0 && page.data.left > 0;
  return {
    items: itemsOf(page.data.orders, store),
    ...(odd ? { warnings: ['orders are left and none was handed out'] } : {}),
  };
}

/** The path alone says what is asked for, so a body of any other shape is shown. Another shop's is shown without the person. */
function readPrivacy(topic: PrivacyTopic, json: unknown, stores: readonly Store[]): Reading {
  const request = privacyJson(topic).safeParse(json);
  const here = stores[0]?.id ?? 'unknown';
  if (!request.success) {
    const fields = request.error.issues.map(({ path }) => path.join('.') || 'unknown fields').join(', ');
    return unreadable(here, 'privacy-request', `${topic}: not as documented: ${fields}`);
  }
  const { shop: storeId, orders: orderIds, customer, carts, request: dataRequestId } = request.data;
  if (!stores.some(({ id }) => id === storeId)) {
    const bytes = bytesOf({ topic, storeId, orderIds });
    return unreadable(here, 'foreign-store', `${topic} is of another shop; nothing was done`, bytes);
  }
  const about = {
    storeId,
    orderIds,
    ...(customer === undefined ? {} : { customerId: customer.id }),
    ...(carts === undefined ? {} : { checkoutIds: carts }),
    ...(dataRequestId === undefined ? {} : { dataRequestId }),
  };
  return { items: [{ kind: 'privacy', storeId, topic, request: about }] };
}

const privacyJson = (topic: PrivacyTopic): z.ZodType<z.output<typeof customerJson>> =>
  topic === 'erase-store' ? shopGoneJson.transform((gone) => ({ ...gone, orders: [] })) : customerJson;

function unreadable(
  storeId: string,
  reason: Extract<Incoming, { kind: 'unreadable' }>['reason'],
  problem: string,
  bytes?: Uint8Array,
): Reading {
  const item = { kind: 'unreadable', storeId, reason, problem } as const;
  return { items: [bytes === undefined ? item : { ...item, bytes }] };
}

const refreshRequest = z.object({ kind: z.literal('refresh'), orderId: z.string() });

/** What was kept beside a row: an order, a page, an event, our own request to fetch. */
export function readStored(bytes: Uint8Array, store: Store): StoredReading {
  const json = jsonOf(bytes);
  if (json === undefined) {
    const reading = { ok: false, reason: 'not-json', problem: 'the bytes are not JSON' } as const;
    return { kind: 'orders', orders: [{ reading, bytes }] };
  }
  const request = refreshRequest.safeParse(json);
  if (request.success) return { kind: 'changed', orderId: request.data.orderId };
  const event = eventJson.safeParse(json);
  if (event.success && !('orders' in event.data))
    return { kind: 'changed', ...('order' in event.data ? { orderId: event.data.order } : {}) };
  const many = z.object({ orders: z.array(z.unknown()) }).safeParse(json);
  const orders = many.success ? many.data.orders : [json];
  return {
    kind: 'orders',
    orders: orders.map((one) => ({
      reading: normalise(one, store),
      bytes: many.success ? bytesOf(one) : bytes,
    })),
  };
}
