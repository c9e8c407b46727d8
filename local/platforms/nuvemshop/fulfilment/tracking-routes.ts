import * as z from 'zod';
import { nullableText, readBody } from '../bodies.ts';
import { fulfilmentError } from '../errors.ts';
import { colonOffset, parseDate } from '../formats.ts';
import { moveFulfilment, record, touch } from '../orders/change-order.ts';
import type { Order } from '../orders/order.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { emit } from '../webhooks/events.ts';
import type { FulfilmentOrder, TrackingEvent } from './fulfilment-order.ts';
import { findFulfilment } from './routes.ts';

const MAX_EVENTS = 100;
const SAME_MOMENT_MS = 60_000;
const statuses = [
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
];

const date = z.string().refine((text) => parseDate(text) !== undefined, 'must be a date');
const body = z.strictObject({
  status: z
    .string()
    .refine((text) => statuses.includes(text) || text.startsWith('custom_'), 'is not a valid status'),
  description: nullableText.optional(),
  address: nullableText.optional(),
  geolocation: z
    .union([z.strictObject({ longitude: z.number(), latitude: z.number() }), z.null()])
    .optional(),
  happened_at: date,
  estimated_delivery_at: z.union([date, z.null()]).optional(),
});

const collection = '/orders/{id}/fulfillment-orders/{fulfillment_id}/tracking-events';
const one = `${collection}/{event_id}`;

/** Tracking events (reference, fulfillment-order page; guide, create, update and delete an event). */
export const trackingRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: collection,
    scope: 'read_fulfillment_orders',
    source: 'Reference, fulfillment-order page',
    handle: (request, call) => ({
      status: 200,
      body: findFulfilment(request, call).fulfilment.tracking_events,
    }),
  },
  {
    method: 'GET',
    path: one,
    scope: 'read_fulfillment_orders',
    source: 'Reference, fulfillment-order page',
    handle(request, call) {
      const { fulfilment } = findFulfilment(request, call);
      return { status: 200, body: findEvent(fulfilment, request.params.event_id) };
    },
  },
  {
    method: 'POST',
    path: collection,
    scope: 'write_fulfillment_orders',
    source:
      'Guide, create an event (omits that it must be DISPATCHED first); reference (duplicates are a 400, at most 100)',
    handle(request, call) {
      const { order, fulfilment } = findFulfilment(request, call);
      const input = readBody(request, body);
      if (fulfilment.status !== 'DISPATCHED' && fulfilment.status !== 'DELIVERED') {
        throw fulfilmentError(400, 'The fulfillment order must be DISPATCHED to have tracking events');
      }
      if (fulfilment.tracking_events.length >= MAX_EVENTS) {
        throw fulfilmentError(400, `A fulfillment order cannot have more than ${MAX_EVENTS} tracking events`);
      }
      const at = colonOffset(call.now);
      const event: TrackingEvent = {
        id: call.platform.random.ulid(call.now),
        ...fieldsOf(input),
        created_at: at,
        updated_at: at,
      };
      if (fulfilment.tracking_events.some((other) => identical(other, event))) {
        throw fulfilmentError(400, 'The tracking event must not be identical to an existing tracking event');
      }
      fulfilment.tracking_events.push(event);
      record(call, order, 'event', `${fulfilment.id} ${event.status}`);
      changed(call, order, fulfilment, event, 'created');
      return { status: 201, body: event };
    },
  },
  {
    method: 'PUT',
    path: one,
    scope: 'write_fulfillment_orders',
    source: 'Guide, update an event; reference (not once it is DELIVERED)',
    handle(request, call) {
      const { order, fulfilment } = findFulfilment(request, call);
      const event = findEvent(fulfilment, request.params.event_id);
      const input = readBody(request, body);
      refuseDelivered(fulfilment);
      Object.assign(event, fieldsOf(input), { updated_at: colonOffset(call.now) });
      changed(call, order, fulfilment, event, 'updated');
      return { status: 200, body: event };
    },
  },
  {
    method: 'DELETE',
    path: one,
    scope: 'write_fulfillment_orders',
    source: 'Guide, delete an event; reference (not once it is DELIVERED)',
    handle(request, call) {
      const { order, fulfilment } = findFulfilment(request, call);
      const event = findEvent(fulfilment, request.params.event_id);
      refuseDelivered(fulfilment);
      fulfilment.tracking_events = fulfilment.tracking_events.filter((other) => other !== event);
      changed(call, order, fulfilment, event, 'deleted');
      return { status: 204 };
    },
  },
];

function findEvent(fulfilment: FulfilmentOrder, id: string | undefined): TrackingEvent {
  const event = fulfilment.tracking_events.find((candidate) => candidate.id === id);
  if (event === undefined) throw fulfilmentError(404, 'The tracking event does not exist');
  return event;
}

function refuseDelivered(fulfilment: FulfilmentOrder): void {
  if (fulfilment.status === 'DELIVERED') {
    throw fulfilmentError(400, 'Tracking events of a delivered fulfillment order cannot change');
  }
}

function fieldsOf(input: z.infer<typeof body>): Omit<TrackingEvent, 'id' | 'created_at' | 'updated_at'> {
  return {
    status: input.status,
    description: input.description ?? null,
    address: input.address ?? null,
    geolocation: input.geolocation ?? null,
    happened_at: input.happened_at,
    estimated_delivery_at: input.estimated_delivery_at ?? null,
  };
}

function identical(a: TrackingEvent, b: TrackingEvent): boolean {
  const near = (x: string | null, y: string | null) =>
    x === y ||
    (x !== null && y !== null && Math.abs((parseDate(x) ?? 0) - (parseDate(y) ?? 0)) <= SAME_MOMENT_MS);
  return (
    a.status === b.status &&
    a.description === b.description &&
    a.address === b.address &&
    a.geolocation?.longitude === b.geolocation?.longitude &&
    a.geolocation?.latitude === b.geolocation?.latitude &&
    near(a.happened_at, b.happened_at) &&
    near(a.estimated_delivery_at, b.estimated_delivery_at)
  );
}

// A `delivered` event delivers the fulfillment order itself.
function changed(
  call: ApiCall,
  order: Order,
  fulfilment: FulfilmentOrder,
  event: TrackingEvent,
  what: 'created' | 'updated' | 'deleted',
): void {
  fulfilment.updated_at = colonOffset(call.now);
  emit(call.platform, call.store, `fulfillment_order/tracking_event_${what}`, {
    order_id: String(order.id),
    fulfillment_id: fulfilment.id,
    tracking_event_id: event.id,
    status: event.status,
  });
  if (event.status === 'delivered' && what !== 'deleted' && fulfilment.status !== 'DELIVERED') {
    moveFulfilment(call, order, fulfilment, 'DELIVERED');
  } else touch(call, order);
}
