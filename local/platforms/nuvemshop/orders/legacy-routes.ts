import * as z from 'zod';
import { nullableText, readBody } from '../bodies.ts';
import { fail } from '../errors.ts';
import { type FulfilmentStatus, refusalOf } from '../fulfilment/fulfilment-order.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { moveFulfilment } from './change-order.ts';
import type { Order } from './order.ts';
import { renderOrder } from './render-order.ts';
import { findOrder } from './routes.ts';

const packing = z.strictObject({});
const sending = z.strictObject({
  shipping_tracking_number: nullableText.optional(),
  shipping_tracking_url: nullableText.optional(),
  notify_customer: z.boolean().optional(),
});

/** The deprecated calls of `v1`, which act on the first fulfillment order only (reference, multi-inventory guide). */
export const legacyOrderRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/orders/{id}/pack',
    only: ['v1'],
    scope: 'write_orders',
    source: 'Archived v1 reference, order page: deprecated, first fulfillment order only',
    handle(request, call) {
      const order = findOrder(request, call);
      readBody(request, packing);
      move(call, order, 'PACKED');
      return { status: 200, body: renderOrder(order, call, 'write') };
    },
  },
  {
    method: 'POST',
    path: '/orders/{id}/fulfill',
    only: ['v1'],
    scope: 'write_orders',
    source: 'Archived v1 reference, order page: deprecated, first fulfillment order only',
    handle(request, call) {
      const order = findOrder(request, call);
      const body = readBody(request, sending);
      const [first] = order.fulfilmentOrders;
      if (first !== undefined) {
        first.tracking_info = {
          code: body.shipping_tracking_number ?? null,
          url: body.shipping_tracking_url ?? null,
        };
      }
      move(call, order, 'DISPATCHED');
      return { status: 200, body: renderOrder(order, call, 'write') };
    },
  },
];

function move(call: ApiCall, order: Order, status: FulfilmentStatus): void {
  const [first] = order.fulfilmentOrders;
  if (first === undefined) throw fail(422, 'The order has nothing to send');
  const refusal = refusalOf(first, status);
  if (refusal !== undefined) throw fail(422, refusal);
  moveFulfilment(call, order, first, status);
}
