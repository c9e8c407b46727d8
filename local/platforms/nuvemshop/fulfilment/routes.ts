import * as z from 'zod';
import type { SimRequest } from '../../simulator.ts';
import { nullableText, readBody } from '../bodies.ts';
import { fulfilmentError } from '../errors.ts';
import { colonOffset } from '../formats.ts';
import { onlyParameters } from '../lists.ts';
import { moveFulfilment, record, touch } from '../orders/change-order.ts';
import type { Order } from '../orders/order.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { type FulfilmentOrder, fulfilmentStatuses, refusalOf } from './fulfilment-order.ts';

const place = z.looseObject({ zipcode: z.string().optional(), street: z.string().optional() });

const patch = z.strictObject({
  status: z.enum(fulfilmentStatuses).optional(),
  tracking_info: z
    .strictObject({
      code: nullableText.optional(),
      url: nullableText.optional(),
      notify_customer: z.boolean().optional(),
    })
    .optional(),
  destination: place.optional(),
  shipping: z.looseObject({}).optional(),
  recipient: z
    .strictObject({
      name: nullableText.optional(),
      phone: nullableText.optional(),
      identifier: nullableText.optional(),
    })
    .optional(),
  assigned_location: z.strictObject({ location_id: z.string() }).optional(),
});

type Patch = z.infer<typeof patch>;

/** Fulfillment orders without their tracking events (reference, fulfillment-order page). */
export const fulfilmentRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/orders/{id}/fulfillment-orders',
    scope: 'read_fulfillment_orders',
    source: 'Guide, list fulfillment orders; reference, fulfillment-order page',
    handle(request, call) {
      onlyParameters(request, ['aggregates']);
      const { fulfilmentOrders } = orderOf(request, call);
      const inflate = request.query.get('aggregates')?.split(',').includes('custom_fields') === true;
      return { status: 200, body: inflate ? fulfilmentOrders.map(withCustomFields) : fulfilmentOrders };
    },
  },
  {
    method: 'GET',
    path: '/orders/{id}/fulfillment-orders/{fulfillment_id}',
    scope: 'read_fulfillment_orders',
    source: 'Guide, one fulfillment order; reference, fulfillment-order page',
    handle: (request, call) => ({ status: 200, body: findFulfilment(request, call).fulfilment }),
  },
  {
    method: 'PATCH',
    path: '/orders/{id}/fulfillment-orders/{fulfillment_id}',
    scope: 'write_fulfillment_orders',
    source: 'Reference, fulfillment-order page (order of states, what is frozen once packed or sent)',
    handle(request, call) {
      const { order, fulfilment } = findFulfilment(request, call);
      const body = readBody(request, patch);
      refuseFrozen(fulfilment, body);
      refuseStatus(order, fulfilment, body.status);
      const changed = applyDetails(call, order, fulfilment, body);
      if (body.status !== undefined && body.status !== fulfilment.status) {
        moveFulfilment(call, order, fulfilment, body.status);
      } else if (changed) touch(call, order);
      return { status: 200, body: fulfilment };
    },
  },
  {
    method: 'DELETE',
    path: '/orders/{id}/fulfillment-orders/{fulfillment_id}',
    scope: 'write_fulfillment_orders',
    source: 'Reference, fulfillment-order page',
    handle(request, call) {
      const { order, fulfilment } = findFulfilment(request, call);
      order.fulfilmentOrders = order.fulfilmentOrders.filter((other) => other !== fulfilment);
      touch(call, order);
      return { status: 204 };
    },
  },
];

/** The fulfillment order that the path names, with its order. Throws 404 in the shape of these pages. */
export function findFulfilment(
  request: SimRequest,
  call: ApiCall,
): { order: Order; fulfilment: FulfilmentOrder } {
  const order = orderOf(request, call);
  const fulfilment = order.fulfilmentOrders.find(
    (candidate) => candidate.id === request.params.fulfillment_id,
  );
  if (fulfilment === undefined) throw fulfilmentError(404, 'The fulfillment order does not exist');
  return { order, fulfilment };
}

// What the buyer typed in for a line; no invented buyer types anything.
function withCustomFields(fulfilment: FulfilmentOrder): object {
  return { ...fulfilment, line_items: fulfilment.line_items.map((line) => ({ ...line, custom_fields: {} })) };
}

function orderOf(request: SimRequest, call: ApiCall): Order {
  const order = call.store.orders.get(Number(request.params.id));
  if (order === undefined) throw fulfilmentError(404, 'The order does not exist');
  return order;
}

function refuseFrozen(fulfilment: FulfilmentOrder, body: Patch): void {
  const sent = fulfilment.status === 'DISPATCHED' || fulfilment.status === 'DELIVERED';
  const details = body.destination ?? body.shipping ?? body.recipient;
  if (sent && details !== undefined) {
    throw fulfilmentError(400, 'Destination, shipping and recipient cannot change once it was dispatched');
  }
  if (fulfilment.status !== 'UNPACKED' && body.assigned_location !== undefined) {
    throw fulfilmentError(400, 'The assigned location cannot change once it was packed');
  }
}

function refuseStatus(order: Order, fulfilment: FulfilmentOrder, status: Patch['status']): void {
  if (status === undefined) return;
  if (order.status === 'cancelled') throw fulfilmentError(400, 'The order is cancelled');
  const refusal = refusalOf(fulfilment, status);
  if (refusal !== undefined) throw fulfilmentError(400, refusal);
}

function applyDetails(call: ApiCall, order: Order, fulfilment: FulfilmentOrder, body: Patch): boolean {
  const at = colonOffset(call.now);
  if (body.tracking_info !== undefined) {
    const before = fulfilment.tracking_info;
    const { code, url } = body.tracking_info;
    fulfilment.tracking_info = {
      url: url === undefined ? before.url : url,
      code: code === undefined ? before.code : code,
    };
    const { code: newCode, url: newUrl } = fulfilment.tracking_info;
    if (newCode !== before.code || newUrl !== before.url)
      record(call, order, 'tracking', `${fulfilment.id} ${newCode} ${newUrl}`);
    // The platform writes whenever it is asked to, whether anything changed or not.
    if (body.tracking_info.notify_customer === true) record(call, order, 'mail', fulfilment.id);
    fulfilment.tracking_info_history.push({
      from_tracking_info: before,
      to_tracking_info: fulfilment.tracking_info,
      happened_at: at,
      created_at: new Date(call.now).toISOString(),
      app_id: call.platform.app.id,
      user_id: null,
    });
  }
  if (body.recipient !== undefined) Object.assign(fulfilment.recipient, body.recipient);
  if (body.destination !== undefined && fulfilment.destination !== null) {
    Object.assign(fulfilment.destination, body.destination);
  }
  if (body.shipping !== undefined) Object.assign(fulfilment.shipping, body.shipping);
  if (body.assigned_location !== undefined) assign(call, fulfilment, body.assigned_location.location_id);
  const changed = Object.keys(body).some((key) => key !== 'status');
  if (changed) fulfilment.updated_at = at;
  return changed;
}

function assign(call: ApiCall, fulfilment: FulfilmentOrder, locationId: string): void {
  const location = call.store.locations.get(locationId);
  if (location === undefined) throw fulfilmentError(400, 'The location does not exist');
  const name = Object.values(location.name)[0] ?? '';
  fulfilment.assigned_location = { location_id: location.id, name, address: location.address };
}
