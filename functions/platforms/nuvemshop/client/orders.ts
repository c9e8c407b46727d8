import * as z from 'zod';
import type { Clock } from '../../../runtime/clock.ts';
import type { Caller } from './call.ts';
import { createOrderLists } from './order-lists.ts';
import { createOrderWrites } from './order-writes.ts';
import { read } from './read.ts';
import { path } from './url.ts';

/** An order as it came: the bytes are kept as they are, the JSON goes to the normaliser. */
export interface FetchedOrder {
  json: unknown;
  bytes: Uint8Array;
}

const amount = z.union([z.number(), z.string()]).nullish();
/** A change of what is to be paid. Amounts are numbers here and texts elsewhere; both offsets occur in one entry. */
const valueChange = z.looseObject({
  status: z.string(),
  total_delta: amount,
  total_paid_diff: amount,
  happened_at: z.string(),
});
const edition = z.looseObject({
  product_changes: z.array(z.looseObject({})).nullish(),
  happened_at: z.string(),
});
const subscriptions = z.looseObject({ items: z.array(z.looseObject({})) });

/** Everything about orders (Nuvemshop reference, order page). */
export function createOrders(call: Caller, clock: Clock) {
  const get = (operation: string, below: string, query = {}) =>
    call({ operation, method: 'GET', path: below, query });
  return {
    /**
     * The order with its fulfilment orders whole: only the detail has their costs, carriers and states, lists have not
     * (order page, `aggregates`). The number people see is not an id.
     */
    async get(orderId: string): Promise<FetchedOrder> {
      const query = { aggregates: 'fulfillment_orders' };
      const { json, bytes } = await get('orders.get', path`/orders/${orderId}`, query);
      return { json, bytes };
    },
    ...createOrderLists(call),
    ...createOrderWrites(call, clock),
    /** What was added to and taken from the amount to be paid. */
    valueHistory: async (orderId: string) =>
      read(
        z.array(valueChange),
        'orders.valueHistory',
        await get('orders.valueHistory', path`/orders/${orderId}/history/values`),
      ),
    /** What the merchant edited. */
    editionHistory: async (orderId: string) =>
      read(
        z.array(edition),
        'orders.editionHistory',
        await get('orders.editionHistory', path`/orders/${orderId}/history/editions`),
      ),
    /** The subscriptions that the order belongs to. */
    subscriptions: async (orderId: string) =>
      read(
        subscriptions,
        'orders.subscriptions',
        await get('orders.subscriptions', path`/orders/${orderId}/subscriptions`),
      ).items,
  };
}
