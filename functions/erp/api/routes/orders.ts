import * as z from 'zod';
import type { OrderRow } from '../../../domain/order-row.ts';
import { ORDER_STATUSES } from '../../../domain/order-words.ts';
import { orderPk } from '../../../storage/keys.ts';
import type { ChangedOrder } from '../../../storage/row-index.ts';
import type { OrderView } from '../answer-views.ts';
import type { FirstContext } from '../context.ts';
import { words } from '../fields.ts';
import { PERSONAL, recordPersonalReads, viewOf } from '../order-view.ts';
import { route } from '../route.ts';
import { changedPage, type Listing, listQuery } from './changed-list.ts';

export const listOrders = route({
  operation: 'listOrders',
  method: 'GET',
  path: '/v1/orders',
  scopes: ['orders:read'],
  moreScopes: { [PERSONAL]: 'adds `personal`: buyer, recipient, addresses' },
  summary: 'Orders of all stores, the one that changed longest ago first',
  query: () =>
    z.strictObject({
      status: words(ORDER_STATUSES)
        .optional()
        .meta({ description: 'Only orders in these statuses, separated by commas.' }),
      ...listQuery('orders'),
    }),
  answer: {
    status: 200,
    description: 'One page of orders.',
  },
  problems: ['request-invalid', 'cursor-invalid', 'cursor-of-other-filters'],
  personal: true,
  async handle({ query, client }, context: FirstContext) {
    const { status } = query;
    const wanted = status === undefined ? undefined : new Set<string>(status);
    const listing: Listing<ChangedOrder, OrderRow, OrderView> = {
      list: 'orders',
      filters: { status: [...(status ?? [])].sort() },
      changes: context.index.changes,
      pkOf: (store, platformOrderId) => orderPk({ ...store, platformOrderId }),
      idOf: ({ platformOrderId }) => platformOrderId,
      get: context.orders.get,
      view: (row) => viewOf(row, client),
      isMeant: ({ order }) => wanted === undefined || wanted.has(order?.status ?? ''),
    };
    const { items, answer } = await changedPage(listing, query, context);
    const seen = items.filter(({ personal }) => personal !== undefined);
    recordPersonalReads(seen, client, context);
    return answer;
  },
});
