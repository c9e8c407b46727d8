import * as z from 'zod';
import type { NuvemshopClient } from '../../functions/platforms/nuvemshop/client.ts';

type Json = Record<string, unknown>;

export interface DocumentedRequest {
  /** The example's name. */
  name: string;
  method: string;
  /** Path below the store. */
  path: string;
  /** Makes our client send it. The documented JSON goes in as a caller would say it. */
  send(client: NuvemshopClient, json: never): Promise<unknown>;
  /** What we send instead of the documented body, where we mean to. */
  differs?: (json: Json) => unknown;
}

/** Fields of a variant that are read-only: the sample sends back what it read. */
const READ_ONLY = new Set(['id', 'product_id', 'created_at', 'updated_at']);
const writable = (json: Json) =>
  Object.fromEntries(Object.entries(json).filter(([name]) => !READ_ONLY.has(name)));

const stockPrice = z.array(
  z.object({
    id: z.number(),
    variants: z.array(
      z.object({
        id: z.number(),
        price: z.number().optional(),
        inventory_levels: z
          .array(z.object({ location_id: z.string().optional(), stock: z.number() }))
          .optional(),
      }),
    ),
  }),
);

/** The documented bulk body as the changes that make it. */
function changesOf(json: unknown) {
  return stockPrice.parse(json).flatMap((product) =>
    product.variants.map(({ id, price, inventory_levels: levels }) => ({
      productId: product.id,
      variantId: id,
      ...(price === undefined ? {} : { price }),
      ...(levels === undefined
        ? {}
        : {
            levels: levels.map(({ location_id, stock }) => ({
              stock,
              ...(location_id === undefined ? {} : { locationId: location_id }),
            })),
          }),
    })),
  );
}

async function push(client: NuvemshopClient, json: unknown): Promise<void> {
  for await (const _ of client.stock.push(changesOf(json)));
}

const FO = '/orders/1/fulfillment-orders/F';

/** Each documented request with the call of ours that makes it. */
export const REQUESTS: readonly DocumentedRequest[] = [
  {
    name: 'order-put-request',
    method: 'PUT',
    path: '/orders/1',
    send: (c, { owner_note }: Json) => c.orderWrites.update('1', { owner_note: String(owner_note) }),
    // The state has calls of its own.
    differs: ({ owner_note }) => ({ owner_note }),
  },
  {
    name: 'order-create-request',
    method: 'POST',
    path: '/orders',
    // No command of ours makes one: whoever wants one has it passed on.
    send: (c, json) => c.through({ operation: 'passed.on', method: 'POST', path: '/orders', body: json }),
  },
  {
    name: 'fulfillment-order-patch-request',
    method: 'PATCH',
    path: FO,
    send: (c, json) => c.fulfilmentOrders.patch('1', 'F', json),
  },
  {
    name: 'tracking-event-create-request',
    method: 'POST',
    path: `${FO}/tracking-events`,
    send: (c, json) => c.trackingEvents.create('1', 'F', json),
  },
  {
    name: 'webhook-create-request',
    method: 'POST',
    path: '/webhooks',
    send: (c, { url, event }: { url: string; event: 'order/created' }) => c.webhooks.subscribe(url, [event]),
  },
  {
    name: 'product-create-request',
    method: 'POST',
    path: '/products',
    send: (c, json) => c.products.create(json),
  },
  {
    name: 'product-image-create-request',
    method: 'POST',
    path: '/products/1/images',
    send: (c, json) => c.images.add('1', json),
  },
  {
    name: 'category-create-request',
    method: 'POST',
    path: '/categories',
    send: (c, json) => c.categories.create(json),
  },
  {
    name: 'variant-put-request',
    method: 'PUT',
    path: '/products/1/variants/144',
    send: (c, json) => c.variants.update('1', '144', writable(json)),
    differs: writable,
  },
  {
    name: 'variants-patch-collection-request',
    method: 'PATCH',
    path: '/products/1/variants',
    send: (c, json) => c.variants.updateMany('1', json),
  },
  { name: 'stock-price-patch-request', method: 'PATCH', path: '/products/stock-price', send: push },
  {
    name: 'stock-price-patch-request-multi-location',
    method: 'PATCH',
    path: '/products/stock-price',
    send: push,
  },
  {
    name: 'variants-stock-replace-request',
    method: 'POST',
    path: '/products/1/variants/stock',
    send: (c, { value }: { value: number }) => c.stock.set('1', '144', value),
    // Without the variant's id it would change every variant of the product.
    differs: (json) => ({ ...json, id: 144 }),
  },
  {
    name: 'variants-stock-variation-request',
    method: 'POST',
    path: '/products/1/variants/stock',
    send: (c, { value, location_id }: { value: number; location_id: string }) =>
      c.stock.change('1', '144', value, location_id),
  },
  {
    name: 'location-create-request',
    method: 'POST',
    path: '/locations',
    send: (c, json) => c.locations.create(json),
  },
  {
    name: 'locations-priorities-request',
    method: 'PATCH',
    path: '/locations/priorities',
    send: (c, json) => c.locations.setPriorities(json),
  },
  {
    name: 'customer-create-request',
    method: 'POST',
    path: '/customers',
    send: (c, json) => c.customers.create(json),
  },
];
