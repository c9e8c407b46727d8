import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { PlatformError } from '../../../http/errors.ts';
import { idSchema, moment, ulid } from '../order/schema.ts';
import { path } from './call.ts';
import { checked, type Requests } from './requests.ts';
import { wholeList } from './whole-list.ts';

const text = lazily(() => z.string().nullable().optional());
const place = lazily(() => z.looseObject({}));

export const trackingEvent = lazily(() =>
  z.looseObject({
    id: idSchema(),
    status: z.string(),
    description: z.string().nullish(),
    address: z.string().nullish(),
    happened_at: z.string().nullish(),
  }),
);
export type TrackingEvent = z.output<ReturnType<typeof trackingEvent>>;

const fulfilmentOrder = lazily(() =>
  z.looseObject({
    id: idSchema(),
    status: z.string(),
    shipping: z
      .looseObject({
        type: z.string().nullish(),
        carrier: z.looseObject({ code: z.string().nullish() }).nullish().catch(undefined),
      })
      .nullish(),
    tracking_info: z.looseObject({ code: z.string().nullish(), url: z.string().nullish() }).nullish(),
    assigned_location: z.looseObject({ location_id: idSchema().nullish() }).nullish(),
    tracking_events: z.array(trackingEvent()).nullish().catch(undefined),
  }),
);
export type FulfilmentOrder = z.output<ReturnType<typeof fulfilmentOrder>>;

/**
 * What PATCH takes (reference, fulfillment order page). Without `notify_customer` the platform mails nobody; here it is to
 * be said, because nobody should have to know that.
 */
export const fulfilmentPatch = lazily(() =>
  z.strictObject({
    status: z.enum(['UNPACKED', 'PACKED', 'DISPATCHED', 'READY_FOR_PICKUP', 'DELIVERED']).optional(),
    tracking_info: z.strictObject({ code: text(), url: text(), notify_customer: z.boolean() }).optional(),
    destination: place().optional(),
    shipping: place().optional(),
    recipient: z.strictObject({ name: text(), phone: text(), identifier: text() }).optional(),
    assigned_location: z.strictObject({ location_id: ulid() }).optional(),
  }),
);
export type FulfilmentPatch = z.input<ReturnType<typeof fulfilmentPatch>>;

/** The parcels of an order (Nuvemshop reference, fulfillment order page). */
export function createFulfilmentOrders(requests: Requests) {
  return {
    list: (orderId: string) =>
      wholeList(
        requests,
        fulfilmentOrder(),
        'fulfilmentOrders.list',
        path`/orders/${orderId}/fulfillment-orders`,
      ),
    /**
     * Changes a fulfilment order. Some official guides name a `fulfill` call for this; the reference has PATCH. One that
     * mails the buyer is not to be made twice.
     */
    patch(orderId: string, id: string, patch: FulfilmentPatch): Promise<FulfilmentOrder> {
      const operation = 'fulfilmentOrders.patch';
      const body = checked(fulfilmentPatch(), operation, patch);
      const below = path`/orders/${orderId}/fulfillment-orders/${id}`;
      return body.tracking_info?.notify_customer === true
        ? requests.post(fulfilmentOrder(), operation, below, body, 'PATCH')
        : requests.put(fulfilmentOrder(), operation, below, body, 'PATCH');
    },
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
export const trackingEventBody = lazily(() =>
  z.strictObject({
    status: z.union([z.enum(TRACKING_STATUSES), z.templateLiteral(['custom_', z.string().min(1)])]),
    description: text(),
    address: text(),
    geolocation: z.strictObject({ longitude: z.number(), latitude: z.number() }).nullable().optional(),
    happened_at: moment(),
    estimated_delivery_at: moment().nullable().optional(),
  }),
);
export type TrackingEventBody = z.input<ReturnType<typeof trackingEventBody>>;

/** The platform takes dates this close for the same (reference, fulfillment order page), in ms. */
const SAME_MOMENT_MS = 60_000;

/**
 * What happened to a parcel (Nuvemshop reference, fulfillment order page). The fulfilment order must be DISPATCHED before
 * the first event. An event `delivered` delivers it.
 */
export function createTrackingEvents(requests: Requests) {
  const all = (orderId: string, fulfilmentId: string) =>
    path`/orders/${orderId}/fulfillment-orders/${fulfilmentId}/tracking-events`;
  const list = (orderId: string, fulfilmentId: string) =>
    wholeList(requests, trackingEvent(), 'trackingEvents.list', all(orderId, fulfilmentId));

  return {
    list,
    /** Adds an event. One that is there already is refused as identical, which is a success: it may be made again. */
    async create(orderId: string, fulfilmentId: string, event: TrackingEventBody): Promise<TrackingEvent> {
      const operation = 'trackingEvents.create';
      const body = checked(trackingEventBody(), operation, event);
      try {
        return await requests.put(trackingEvent(), operation, all(orderId, fulfilmentId), body, 'POST');
      } catch (error) {
        const there = isDuplicate(error) ? findEvent(await list(orderId, fulfilmentId), body) : undefined;
        if (there === undefined) throw error;
        return there;
      }
    },
  };
}

function isDuplicate(error: unknown): boolean {
  return (
    error instanceof PlatformError && error.status === 400 && /must not be identical/i.test(error.said ?? '')
  );
}

/** The event among those of a parcel that says the same, as the platform compares them. */
export function findEvent(
  events: readonly TrackingEvent[],
  wanted: Pick<TrackingEventBody, 'status' | 'description' | 'address' | 'happened_at'>,
): TrackingEvent | undefined {
  return events.find((there) => {
    const apart = Date.parse(there.happened_at ?? '') - Date.parse(wanted.happened_at);
    return (
      there.status === wanted.status &&
      (there.description ?? '') === (wanted.description ?? '') &&
      (there.address ?? '') === (wanted.address ?? '') &&
      Math.abs(apart) <= SAME_MOMENT_MS
    );
  });
}
