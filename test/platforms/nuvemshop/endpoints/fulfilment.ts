import type { Nuvemshop, Subjects } from '../harness.ts';
import type { Endpoint } from './endpoint.ts';

const HAPPENED = '2026-11-22T10:00:00+00:00';
export const EVENT = { status: 'in_transit', description: 'Left the hub', happened_at: HAPPENED } as const;
const INVOICE = { key: '5'.repeat(29), link: 'https://invoices.example/5' };

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
    name: 'fulfilmentOrders.get',
    method: 'GET',
    route: parcel,
    nature: 'read',
    run: (c, s) => c.fulfilmentOrders.get(s.orderId, s.fulfilment.id),
  },
  {
    name: 'fulfilmentOrders.patch',
    method: 'PATCH',
    route: parcel,
    nature: 'add',
    run: (c, s) =>
      c.fulfilmentOrders.patch(s.orderId, s.fulfilment.id, {
        status: 'PACKED',
        tracking_info: { code: 'T1', url: 'https://tracking.example/T1', notify_customer: true },
      }),
  },
  {
    name: 'fulfilmentOrders.delete',
    method: 'DELETE',
    route: parcel,
    nature: 'remove',
    run: (c, s) => c.fulfilmentOrders.delete(s.orderId, s.fulfilment.id),
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
    nature: 'add',
    run: (c, s, n) => {
      shipped(s, n);
      return c.trackingEvents.create(s.orderId, s.fulfilment.id, EVENT);
    },
  },
  ...(['get', 'update', 'delete'] as const).map(
    (action): Endpoint => ({
      name: `trackingEvents.${action}`,
      method: ({ get: 'GET', update: 'PUT', delete: 'DELETE' } as const)[action],
      route: `${parcel}/tracking-events/{event_id}`,
      nature: ({ get: 'read', update: 'state', delete: 'remove' } as const)[action],
      run: async (c, s, n) => {
        shipped(s, n);
        const event = await c.trackingEvents.create(s.orderId, s.fulfilment.id, EVENT);
        if (action !== 'update') return c.trackingEvents[action](s.orderId, s.fulfilment.id, event.id);
        return c.trackingEvents.update(s.orderId, s.fulfilment.id, event.id, { ...EVENT, status: 'delayed' });
      },
    }),
  ),
  {
    name: 'invoices.read',
    method: 'GET',
    route: '/metafields/orders',
    nature: 'read',
    run: (c, s) => c.invoices.read(s.orderId),
  },
  {
    name: 'invoices.append',
    method: 'POST',
    route: '/metafields',
    nature: 'add',
    run: (c, s) => c.invoices.append(s.orderId, INVOICE),
  },
  {
    name: 'invoices.write',
    method: 'PUT',
    route: '/metafields/{id}',
    nature: 'state',
    run: async (c, s) => {
      await c.invoices.append(s.orderId, { ...INVOICE, key: '4' });
      return c.invoices.write(s.orderId, [INVOICE]);
    },
  },
];
