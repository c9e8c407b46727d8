import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { moment, numericIdSchema, price, wireId } from '../order/schema.ts';
import { type Caller, path } from './call.ts';
import { type Bounds, listWithin, type Window } from './list-within.ts';
import { checked, pages } from './requests.ts';

/**
 * Filters of `GET /orders` (Nuvemshop reference, order page). The words of `payment_status` and `shipping_status` are
 * fewer than, and other than, those that orders carry. Without `status` the platform gives all.
 */
export const orderFilters = lazily(() =>
  z.strictObject({
    since_id: wireId().optional(),
    status: z.enum(['any', 'open', 'closed', 'cancelled']).optional(),
    channels: z.enum(['form', 'store', 'api', 'meli', 'pos']).optional(),
    payment_status: z
      .enum(['any', 'pending', 'authorized', 'paid', 'abandoned', 'refunded', 'voided'])
      .optional(),
    shipping_status: z.enum(['any', 'unpacked', 'unfulfilled', 'fulfilled']).optional(),
    created_at_min: moment().optional(),
    created_at_max: moment().optional(),
    updated_at_min: moment().optional(),
    updated_at_max: moment().optional(),
    total_min: price().optional(),
    total_max: price().optional(),
    customer_ids: z.array(wireId()).optional(),
    /** The number people see, or the buyer's name or e-mail. */
    q: z.string().min(1).optional(),
    app_id: wireId().optional(),
    payment_methods: z.string().min(1).optional(),
    payment_provider: z.string().min(1).optional(),
    fields: z.array(z.string().min(1)).optional(),
    aggregates: z.array(z.enum(['fulfillment_orders', 'custom_fields'])).optional(),
    per_page: z.int().min(1).max(200).optional(),
  }),
);
export type OrderFilters = z.input<ReturnType<typeof orderFilters>>;

/** An order of a list: whole but for its fulfilment orders, which only the detail has in full. */
const listedOrder = lazily(() => z.looseObject({ id: numericIdSchema() }));

/** Lists orders (Nuvemshop reference, order page). */
export function createOrderLists(call: Caller) {
  const list = (filters: OrderFilters = {}) =>
    pages(call, {
      operation: 'orders.list',
      path: '/orders',
      query: checked(orderFilters(), 'orders.list', filters),
      item: listedOrder(),
    });

  return {
    /** The orders that pass the filters, page by page; more than 10,000 of them are an error, see `listWithin`. */
    list,
    /**
     * The orders of a stretch of time, cut into shorter ones where there are too many. An order may come twice: the
     * list moves while it is read. The platform promises no order of the items.
     */
    listWithin: (window: Window, filters: Omit<OrderFilters, keyof Bounds> = {}) =>
      listWithin(
        {
          operation: 'orders.list',
          items: 'orders',
          list: (bounds) => list({ ...filters, ...bounds }),
        },
        window,
      ),
  };
}

/** An order as it came: the bytes are kept as they are, the JSON goes to the normaliser. */
export interface FetchedOrder {
  json: unknown;
  bytes: Uint8Array;
}

/** Reads orders (Nuvemshop reference, order page). */
export function createOrderReads(call: Caller) {
  const get = (operation: string, below: string, query = {}) =>
    call({ operation, method: 'GET', path: below, query });
  return {
    /**
     * The order with its fulfilment orders whole, and with the fields that the merchant defined: only the detail has the
     * parcels' costs, carriers and states, lists have not (order page, `aggregates`). The number people see is not an id.
     */
    async get(orderId: string): Promise<FetchedOrder> {
      const query = { aggregates: 'fulfillment_orders,custom_fields' };
      const { json, bytes } = await get('orders.get', path`/orders/${orderId}`, query);
      return { json, bytes };
    },
    ...createOrderLists(call),
  };
}
