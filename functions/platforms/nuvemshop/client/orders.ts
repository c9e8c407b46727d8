import type { Caller } from './call.ts';
import { path } from './url.ts';

/** An order as it came: the bytes are kept as they are, the JSON goes to the normaliser. */
export interface FetchedOrder {
  json: unknown;
  bytes: Uint8Array;
}

/** Reads one order (Nuvemshop reference, order page). */
export function createOrderReader(call: Caller) {
  return {
    /**
     * The order with its fulfilment orders whole: only the detail has their costs, carriers and states, lists have not
     * (order page, `aggregates`). The number people see is not an id.
     */
    async get(orderId: string): Promise<FetchedOrder> {
      const { json, bytes } = await call({
        operation: 'orders.get',
        method: 'GET',
        path: path`/orders/${orderId}`,
        query: { aggregates: 'fulfillment_orders' },
      });
      return { json, bytes };
    },
  };
}
