import { type Endpoint, type PassThrough, pathOf } from '../pass-through.ts';
import type { ImotrizClient } from './client.ts';
import type { ImotrizStore } from './settings.ts';

/** Two of the three paths are not published: a call whose path is not configured is in no row. */
function endpointsOf({ paths }: Pick<ImotrizStore, 'paths'>): readonly Endpoint[] {
  const { newOrders, orderIds, order } = paths;
  return [
    {
      operation: 'orders.new',
      method: 'GET',
      path: newOrders,
      through: 'never',
      reason:
        'Reading new orders marks them as synchronised, so nobody else ever sees them. The poll reads them: ask GET /v1/orders.',
      reachedBy: ['schedule'],
    },
    ...(orderIds === undefined
      ? []
      : [
          {
            operation: 'orders.ids',
            method: 'GET',
            path: orderIds,
            through: 'read',
            reachedBy: ['schedule'],
          } as const,
        ]),
    ...(order === undefined
      ? []
      : [
          {
            operation: 'orders.get',
            method: 'GET',
            path: order,
            through: 'never',
            reason:
              'iMotriz does not say whether reading an order marks it as synchronised. Ask GET /v1/orders/{id}, or run the operator\'s command "reconcile".',
            reachedBy: ['schedule'],
          } as const,
        ]),
  ];
}

export const passThrough: PassThrough<ImotrizStore, ImotrizClient> = {
  endpoints: ({ settings }) => endpointsOf(settings),
  async call(api, call) {
    return { status: 200, headers: {}, body: await api.through('orders.ids', pathOf(call)) };
  },
};
