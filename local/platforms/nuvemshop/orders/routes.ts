import * as z from 'zod';
import type { SimRequest } from '../../simulator.ts';
import { readBody } from '../bodies.ts';
import { fail, notFound } from '../errors.ts';
import { onlyParameters, selectFields } from '../lists.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { cancel, close, record, reopen, touch } from './change-order.ts';
import { createOrder } from './create-order.ts';
import { aggregatesOf, listOrders } from './list-orders.ts';
import type { Order } from './order.ts';
import { renderOrder } from './render-order.ts';

const update = z.strictObject({
  owner_note: z.union([z.string(), z.null()]).optional(),
  status: z.enum(['open', 'closed', 'cancelled'], 'is not a valid status').optional(),
});

const cancellation = z.strictObject({
  reason: z.enum(['customer', 'fraud', 'inventory', 'other'], 'is not a valid reason').default('other'),
  email: z.boolean().default(true),
  restock: z.boolean().default(true),
});

const nothing = z.strictObject({});

/** Orders (reference, order page). `DELETE` does not exist, whatever the guide's summary says. */
export const orderRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/orders',
    scope: 'read_orders',
    source: 'Guide, list orders; reference, order page (filters, cap of 10,000)',
    handle: listOrders,
  },
  {
    method: 'POST',
    path: '/orders',
    scope: 'write_orders',
    source: 'Guide summary, create orders; reference, order page (inventory_behaviour bypass by default)',
    handle: (request, call) => ({
      status: 201,
      body: renderOrder(createOrder(request, call), call, 'write'),
    }),
  },
  {
    method: 'GET',
    path: '/orders/{id}',
    scope: 'read_orders',
    source: 'Guide, order detail; reference, order page (aggregates, fields)',
    handle(request, call) {
      onlyParameters(request, ['fields', 'aggregates']);
      const order = findOrder(request, call);
      return {
        status: 200,
        body: selectFields(request, renderOrder(order, call, 'detail', aggregatesOf(request))),
      };
    },
  },
  {
    method: 'PUT',
    path: '/orders/{id}',
    scope: 'write_orders',
    source:
      'Guide, update an order (its status "paid" does not exist); reference, order page (owner_note and status only)',
    handle(request, call) {
      const order = findOrder(request, call);
      const body = readBody(request, update);
      if (body.owner_note !== undefined) {
        if (body.owner_note !== order.ownerNote) record(call, order, 'note', body.owner_note ?? '');
        order.ownerNote = body.owner_note;
      }
      if (body.status !== undefined && body.status !== order.status) changeStatus(call, order, body.status);
      else touch(call, order);
      return { status: 200, body: renderOrder(order, call, 'write') };
    },
  },
  {
    method: 'POST',
    path: '/orders/{id}/close',
    scope: 'write_orders',
    source: 'Reference, order page (archive)',
    handle(request, call) {
      const order = findOrder(request, call);
      readBody(request, nothing);
      changeStatus(call, order, 'closed');
      return { status: 200, body: renderOrder(order, call, 'write') };
    },
  },
  {
    method: 'POST',
    path: '/orders/{id}/open',
    scope: 'write_orders',
    source: 'Reference, order page (re-open)',
    handle(request, call) {
      const order = findOrder(request, call);
      readBody(request, nothing);
      changeStatus(call, order, 'open');
      return { status: 200, body: renderOrder(order, call, 'write') };
    },
  },
  {
    method: 'POST',
    path: '/orders/{id}/cancel',
    scope: 'write_orders',
    source: 'Guide, cancel an order; reference, order page (reason, email and restock with their defaults)',
    handle(request, call) {
      const order = findOrder(request, call);
      const body = readBody(request, cancellation);
      if (order.status === 'cancelled') throw fail(422, 'The order is already cancelled');
      cancel(call, order, body.reason, body);
      return { status: 200, body: renderOrder(order, call, 'write') };
    },
  },
  {
    method: 'GET',
    path: '/orders/{id}/history/values',
    scope: 'read_orders',
    source: 'Reference, order page (values; amounts are numbers)',
    handle: (request, call) => ({ status: 200, body: findOrder(request, call).values }),
  },
  {
    method: 'GET',
    path: '/orders/{id}/history/editions',
    scope: 'read_orders',
    source: 'Reference, order page (editions)',
    handle: (request, call) => ({ status: 200, body: findOrder(request, call).editions }),
  },
  {
    method: 'GET',
    path: '/orders/{id}/subscriptions',
    scope: 'read_orders',
    source: 'Reference, order page (subscriptions)',
    handle(request, call) {
      findOrder(request, call);
      return { status: 200, body: { items: [] } };
    },
  },
];

/** The order that the path names. Its human number is not accepted. Throws 404. */
export function findOrder(request: SimRequest, call: ApiCall): Order {
  const order = call.store.orders.get(Number(request.params.id));
  if (order === undefined) throw notFound('Order not found');
  return order;
}

function changeStatus(call: ApiCall, order: Order, status: Order['status']): void {
  if (order.status === 'cancelled') throw fail(422, 'A cancelled order cannot change its status');
  if (status === 'cancelled') cancel(call, order, 'other', { restock: true, email: true });
  else if (status === 'closed') close(call, order);
  else reopen(call, order);
}
