import * as z from 'zod';
import { PlatformError } from '../../../http/errors.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema, moment, ulid } from '../order/schema.ts';
import { path } from './call.ts';
import { createIdempotently, type PreviousAttempt } from './create-idempotently.ts';
import { checked, notSent, type Requests } from './requests.ts';

const text = z.string().nullable().optional();
const place = z.looseObject({});

const fulfilmentOrder = z.looseObject({
  id: idSchema,
  status: z.string(),
  shipping: z.looseObject({ type: z.string().nullish() }).nullish(),
  tracking_info: z.looseObject({ code: z.string().nullish(), url: z.string().nullish() }).nullish(),
  assigned_location: z.looseObject({ location_id: idSchema.nullish() }).nullish(),
});
export type FulfilmentOrder = z.output<typeof fulfilmentOrder>;

/**
 * What PATCH takes (reference, fulfillment order page). Without `notify_customer` the platform mails nobody; here it is to
 * be said, because nobody should have to know that.
 */
export const fulfilmentPatch = z.strictObject({
  status: z.enum(['UNPACKED', 'PACKED', 'DISPATCHED', 'READY_FOR_PICKUP', 'DELIVERED']).optional(),
  tracking_info: z.strictObject({ code: text, url: text, notify_customer: z.boolean() }).optional(),
  destination: place.optional(),
  shipping: place.optional(),
  recipient: z.strictObject({ name: text, phone: text, identifier: text }).optional(),
  assigned_location: z.strictObject({ location_id: ulid }).optional(),
});
export type FulfilmentPatch = z.input<typeof fulfilmentPatch>;

const SENT: ReadonlySet<string> = new Set(['DISPATCHED', 'DELIVERED', 'MARKED_AS_FULFILLED']);
const NOT_PACKED: ReadonlySet<string> = new Set(['UNPACKED', 'PENDING', 'IN_PREPARATION']);

/**
 * Why the platform would refuse this change of a fulfilment order as it stands now; undefined when nothing is known
 * against it (reference, fulfillment order page, rules of the states).
 */
function refusalOf(current: FulfilmentOrder, patch: FulfilmentPatch): string | undefined {
  const { status, shipping } = current;
  if (SENT.has(status) && (patch.destination ?? patch.shipping ?? patch.recipient) !== undefined) {
    return 'Destination, shipping and recipient are fixed once it was sent.';
  }
  if (!NOT_PACKED.has(status) && patch.assigned_location !== undefined) {
    return 'The location is fixed once it was packed.';
  }
  const to = patch.status;
  if (to === undefined || to === status) return undefined;
  if (shipping?.type === 'non-shippable' && to !== 'DELIVERED') {
    return 'What is not shipped goes straight to DELIVERED.';
  }
  if (to === 'UNPACKED' && status !== 'PACKED') return `From ${status} there is no way back to UNPACKED.`;
  if (to === 'READY_FOR_PICKUP' && shipping?.type !== undefined && shipping.type !== 'pickup') {
    return 'READY_FOR_PICKUP is for pickups only.';
  }
  return undefined;
}

/** True when the fulfilment order is already as the patch wants it, as far as that can be seen. */
function isDone(current: FulfilmentOrder, patch: FulfilmentPatch): boolean {
  const { status, tracking_info: tracking, assigned_location: location, ...others } = patch;
  const same = (wanted: string | null | undefined, there: string | null | undefined) =>
    wanted === undefined || (wanted ?? '') === (there ?? '');
  return (
    Object.values(others).every((value) => value === undefined) &&
    same(status, current.status) &&
    same(tracking?.code, current.tracking_info?.code) &&
    same(tracking?.url, current.tracking_info?.url) &&
    same(location?.location_id, current.assigned_location?.location_id)
  );
}

/** The parcels of an order (Nuvemshop reference, fulfillment order page). */
export function createFulfilmentOrders(requests: Requests, clock: Clock) {
  const get = (orderId: string, id: string) =>
    requests.get(fulfilmentOrder, 'fulfilmentOrders.get', path`/orders/${orderId}/fulfillment-orders/${id}`);
  return {
    list: (orderId: string) =>
      requests.get(
        z.array(fulfilmentOrder),
        'fulfilmentOrders.list',
        path`/orders/${orderId}/fulfillment-orders`,
      ),
    get,
    /**
     * Changes a fulfilment order. It is read first: what the platform would refuse is refused with the reason, and what
     * is done already is not done twice, because each time may mail the buyer. Some official guides name a `fulfill`
     * call for this; the reference has PATCH.
     */
    async patch(orderId: string, id: string, patch: FulfilmentPatch): Promise<FulfilmentOrder> {
      const operation = 'fulfilmentOrders.patch';
      const body = checked(fulfilmentPatch, operation, patch);
      const current = await get(orderId, id);
      if (isDone(current, body)) return current;
      const refusal = refusalOf(current, body);
      if (refusal !== undefined) throw notSent(operation, refusal);
      const below = path`/orders/${orderId}/fulfillment-orders/${id}`;
      if (body.tracking_info?.notify_customer !== true) {
        return requests.put(fulfilmentOrder, operation, below, body, 'PATCH');
      }
      return createIdempotently({
        clock,
        findExisting: async () => {
          const now = await get(orderId, id);
          return isDone(now, body) ? now : undefined;
        },
        write: () => requests.post(fulfilmentOrder, operation, below, body, 'PATCH'),
      });
    },
    delete: (orderId: string, id: string) =>
      requests.remove('fulfilmentOrders.delete', path`/orders/${orderId}/fulfillment-orders/${id}`),
  };
}

/** The words of a tracking event; an app may add its own with the prefix `custom_` (reference, fulfillment order page). */
export const TRACKING_STATUSES = [
  'dispatched',
  'received_by_post_office',
  'in_transit',
  'out_for_delivery',
  'delivery_attempt_failed',
  'delayed',
  'ready_for_pickup',
  'delivered',
  'returned_to_sender',
  'lost',
  'failure',
] as const;

/** `happened_at` must be said: with "now" as a default, a repeat would be another event. */
export const trackingEventBody = z.strictObject({
  status: z.union([z.enum(TRACKING_STATUSES), z.templateLiteral(['custom_', z.string().min(1)])]),
  description: text,
  address: text,
  geolocation: z.strictObject({ longitude: z.number(), latitude: z.number() }).nullable().optional(),
  happened_at: moment,
  estimated_delivery_at: moment.nullable().optional(),
});
export type TrackingEventBody = z.input<typeof trackingEventBody>;

export const trackingEvent = z.looseObject({
  id: idSchema,
  status: z.string(),
  description: z.string().nullish(),
  address: z.string().nullish(),
  happened_at: z.string().nullish(),
});
export type TrackingEvent = z.output<typeof trackingEvent>;

/** The platform takes dates this close for the same (reference, fulfillment order page), in ms. */
const SAME_MOMENT_MS = 60_000;

/**
 * What happened to a parcel (Nuvemshop reference, fulfillment order page). The fulfilment order must be DISPATCHED before
 * the first event, and not DELIVERED when one is changed or deleted. An event `delivered` delivers it.
 */
export function createTrackingEvents(requests: Requests, clock: Clock) {
  const all = (orderId: string, fulfilmentId: string) =>
    path`/orders/${orderId}/fulfillment-orders/${fulfilmentId}/tracking-events`;
  const one = (orderId: string, fulfilmentId: string, id: string) =>
    path`/orders/${orderId}/fulfillment-orders/${fulfilmentId}/tracking-events/${id}`;
  const list = (orderId: string, fulfilmentId: string) =>
    requests.get(z.array(trackingEvent), 'trackingEvents.list', all(orderId, fulfilmentId));

  return {
    list,
    get: (orderId: string, fulfilmentId: string, id: string) =>
      requests.get(trackingEvent, 'trackingEvents.get', one(orderId, fulfilmentId, id)),
    /** Adds an event. One that is there already, which the platform refuses as identical, is a success. */
    async create(
      orderId: string,
      fulfilmentId: string,
      event: TrackingEventBody,
      repeat?: PreviousAttempt,
    ): Promise<TrackingEvent> {
      const operation = 'trackingEvents.create';
      const body = checked(trackingEventBody, operation, event);
      const find = async () => (await list(orderId, fulfilmentId)).find((there) => isSameEvent(there, body));
      return createIdempotently({
        clock,
        repeat,
        findExisting: find,
        write: async () => {
          try {
            return await requests.post(trackingEvent, operation, all(orderId, fulfilmentId), body);
          } catch (error) {
            const there = isDuplicate(error) ? await find() : undefined;
            if (there === undefined) throw error;
            return there;
          }
        },
      });
    },
    async update(
      orderId: string,
      fulfilmentId: string,
      id: string,
      event: TrackingEventBody,
    ): Promise<TrackingEvent> {
      const body = checked(trackingEventBody, 'trackingEvents.update', event);
      return requests.put(trackingEvent, 'trackingEvents.update', one(orderId, fulfilmentId, id), body);
    },
    delete: (orderId: string, fulfilmentId: string, id: string) =>
      requests.remove('trackingEvents.delete', one(orderId, fulfilmentId, id)),
  };
}

function isDuplicate(error: unknown): boolean {
  return (
    error instanceof PlatformError && error.status === 400 && /must not be identical/i.test(error.said ?? '')
  );
}

function isSameEvent(there: TrackingEvent, wanted: z.output<typeof trackingEventBody>): boolean {
  const apart = Date.parse(there.happened_at ?? '') - Date.parse(wanted.happened_at);
  return (
    there.status === wanted.status &&
    (there.description ?? '') === (wanted.description ?? '') &&
    (there.address ?? '') === (wanted.address ?? '') &&
    Math.abs(apart) <= SAME_MOMENT_MS
  );
}
