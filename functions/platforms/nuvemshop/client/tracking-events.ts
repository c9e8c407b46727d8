import * as z from 'zod';
import { PlatformError } from '../../../http/errors.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema } from '../ids.ts';
import { moment } from './fields.ts';
import { checked } from './read.ts';
import type { Requests } from './requests.ts';
import { path } from './url.ts';
import { createIdempotently, type PreviousAttempt } from './write-once.ts';

const text = z.string().nullable().optional();

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
      const find = async () => (await list(orderId, fulfilmentId)).find((there) => isSame(there, body));
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
    error instanceof PlatformError &&
    error.status === 400 &&
    /must not be identical/i.test(error.detail ?? '')
  );
}

function isSame(there: TrackingEvent, wanted: z.output<typeof trackingEventBody>): boolean {
  const apart = Date.parse(there.happened_at ?? '') - Date.parse(wanted.happened_at);
  return (
    there.status === wanted.status &&
    (there.description ?? '') === (wanted.description ?? '') &&
    (there.address ?? '') === (wanted.address ?? '') &&
    Math.abs(apart) <= SAME_MOMENT_MS
  );
}
