import type { Nuvemshop, Subjects } from '../harness.ts';
import type { Endpoint } from './endpoint.ts';

const HAPPENED = '2026-11-22T10:00:00+00:00';
export const EVENT = { status: 'in_transit', description: 'Left the hub', happened_at: HAPPENED } as const;
const LIST = `[{"key": "${'5'.repeat(29)}", "link": "https://invoices.example/5"}]`;

const parcel = '/orders/{id}/fulfillment-orders/{fulfillment_id}';
const shipped = (s: Subjects, { world }: Nuvemshop) => world.ship(s.orderId);
export const fulfilment: Endpoint[] = [
  {
    name: 'fulfilmentOrders.list',
    method: 'GET',
    route: '/orders/{id}/fulfillment-orders',
    nature: 'read',
    run: (c, s) => c.fulfilmentOrders.list(s.orderId),
  },
  {
    name: 'fulfilmentOrders.patch',
    method: 'PATCH',
    route: parcel,
    nature: 'once',
    run: (c, s) =>
      c.fulfilmentOrders.patch(s.orderId, s.fulfilment.id, {
        status: 'PACKED',
        tracking_info: { code: 'T1', url: 'https://tracking.example/T1', notify_customer: true },
      }),
  },
  {
    name: 'trackingEvents.list',
    method: 'GET',
    route: `${parcel}/tracking-events`,
    nature: 'read',
    run: (c, s) => c.trackingEvents.list(s.orderId, s.fulfilment.id),
  },
  {
    name: 'trackingEvents.create',
    method: 'POST',
    route: `${parcel}/tracking-events`,
    nature: 'state',
    run: (c, s, n) => {
      shipped(s, n);
      return c.trackingEvents.create(s.orderId, s.fulfilment.id, EVENT);
    },
  },
  {
    name: 'invoices.find',
    method: 'GET',
    route: '/metafields/orders',
    nature: 'read',
    run: async (c, s) => (await c.invoices.find(s.orderId)) ?? 'none yet',
  },
  {
    name: 'invoices.create',
    method: 'POST',
    route: '/metafields',
    nature: 'once',
    run: (c, s) => c.invoices.create(s.orderId, LIST),
  },
  {
    name: 'invoices.replace',
    method: 'PUT',
    route: '/metafields/{id}',
    nature: 'state',
    run: async (c, s) => c.invoices.replace((await c.invoices.create(s.orderId, '[]')).id, LIST),
  },
];
