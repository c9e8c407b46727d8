import * as z from 'zod';
import type { Clock } from '../../../runtime/clock.ts';
import {
  type FulfilmentOrder,
  type FulfilmentPatch,
  fulfilmentOrder,
  fulfilmentPatch,
  isDone,
  refusalOf,
} from './fulfilment-rules.ts';
import { checked, notSent } from './read.ts';
import type { Requests } from './requests.ts';
import { path } from './url.ts';
import { createIdempotently } from './write-once.ts';

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
