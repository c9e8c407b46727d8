import * as z from 'zod';
import { ORDER_STATUSES } from '../../../domain/order-words.ts';
import { orderPk } from '../../../storage/keys.ts';
import type { ChangedOrder } from '../../../storage/row-index.ts';
import type { OrderView } from '../answer-views.ts';
import { type CursorScope, readCursor, writeCursor } from '../cursor.ts';
import { cursor, limit, time, words } from '../fields.ts';
import { PERSONAL, recordPersonalReads, viewOf } from '../order-view.ts';
import { route } from '../route.ts';
import { type Places, places, readChanged, storesAt, takeWhileRoom, type Walk } from './changed-rows.ts';

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
      platform: z.string().max(31).optional().meta({ description: 'Only orders of this platform.' }),
      changed_after: time().optional().meta({ description: 'Only orders whose last change is later.' }),
      cursor: cursor().optional().meta({ description: '`next` of the page before.' }),
      limit: limit(100, 50).meta({ description: 'At most so many orders are looked at.' }),
    }),
  answer: {
    status: 200,
    description: 'One page of orders.',
  },
  problems: ['request-invalid', 'cursor-invalid', 'cursor-of-other-filters'],
  personal: true,
  async handle({ query, client }, context) {
    const { status, platform, changed_after: changedAfter } = query;
    const stores = storesAt(context, platform);
    const scope: CursorScope<Places> = {
      list: 'orders',
      filters: { status: [...(status ?? [])].sort(), platform, changedAfter },
      place: places,
    };
    const from = query.cursor === undefined ? {} : readCursor(scope, query.cursor);
    const since = changedAfter === undefined ? undefined : Date.parse(changedAfter);
    const walk: Walk<ChangedOrder> = {
      changes: context.index.changes,
      pkOf: (store, platformOrderId) => orderPk({ ...store, platformOrderId }),
      idOf: ({ platformOrderId }) => platformOrderId,
    };
    const page = await readChanged(walk, context, { stores, from, since, most: query.limit });
    const wanted = status === undefined ? undefined : new Set<string>(status);
    const views: OrderView[] = [];
    const { taken } = await takeWhileRoom(page.keys, context.orders.get, (found) => {
      const view = viewOf(found, client);
      if (wanted === undefined || wanted.has(view.order?.status ?? '')) views.push(view);
      return view;
    });
    const next = page.placesAfter(taken);
    recordPersonalReads(
      views.filter(({ personal }) => personal !== undefined),
      client,
      context,
    );
    return {
      status: 200,
      body: { items: views, ...(next === undefined ? {} : { next: writeCursor(scope, next) }) },
    };
  },
});
