import { drain, type Endpoint } from './endpoint.ts';

export const orders: Endpoint[] = [
  {
    name: 'orders.get',
    method: 'GET',
    route: '/orders/{id}',
    nature: 'read',
    run: (c, s) => c.orders.get(s.orderId),
  },
  {
    name: 'orders.list',
    method: 'GET',
    route: '/orders',
    nature: 'read',
    run: (c) => drain(c.orders.list()),
  },
  {
    name: 'orders.listWithin',
    method: 'GET',
    route: '/orders',
    nature: 'read',
    run: (c) =>
      drain(c.orders.listWithin({ by: 'updated_at', from: new Date(0), to: new Date('2030-01-01') })),
  },
  {
    name: 'orderWrites.update',
    method: 'PUT',
    route: '/orders/{id}',
    nature: 'state',
    run: (c, s) => c.orderWrites.update(s.orderId, { owner_note: 'wrap it' }),
  },
  {
    name: 'orderWrites.close',
    method: 'POST',
    route: '/orders/{id}/close',
    nature: 'state',
    run: (c, s) => c.orderWrites.close(s.orderId),
  },
  {
    name: 'orderWrites.open',
    method: 'POST',
    route: '/orders/{id}/open',
    nature: 'state',
    run: (c, s, { world }) => {
      world.archive(s.orderId);
      return c.orderWrites.open(s.orderId);
    },
  },
  {
    name: 'orderWrites.cancel',
    method: 'POST',
    route: '/orders/{id}/cancel',
    nature: 'once',
    run: (c, s) => c.orderWrites.cancel(s.orderId, { reason: 'inventory', email: false, restock: true }),
  },
];
