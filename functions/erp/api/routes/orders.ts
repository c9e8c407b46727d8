import * as z from 'zod';
import type { OrderRow } from '../../../domain/order-row.ts';
import { ORDER_STATUSES } from '../../../domain/order-words.ts';
import type { ChangedOrder } from '../../../storage/order-index.ts';
import type { OrderView } from '../answer-views.ts';
import type { ApiContext } from '../context.ts';
import { type CursorScope, readCursor, writeCursor } from '../cursor.ts';
import { cursor, limit, time, words } from '../fields.ts';
import { PERSONAL, recordPersonalReads, viewOf } from '../order-view.ts';
import { Problem } from '../problem.ts';
import { route } from '../route.ts';
import { type Places, places, readChanged } from './changed-orders.ts';

/** Lambda takes an answer of 6 MB; the rest of a page comes with the next one. */
const MOST_PAGE_BYTES = 4 * 1024 * 1024;
/** Rows that are read at once. */
const AT_ONCE = 10;

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
    const stores = context.stores.filter((store) => platform === undefined || store.platform === platform);
    if (stores.length === 0) throw noSuchPlatform(context);
    const scope: CursorScope<Places> = {
      list: 'orders',
      filters: { status: [...(status ?? [])].sort(), platform, changedAfter },
      place: places,
    };
    const from = query.cursor === undefined ? {} : readCursor(scope, query.cursor);
    const since = changedAfter === undefined ? undefined : Date.parse(changedAfter);
    const page = await readChanged(context, { stores, from, since, most: query.limit });
    const wanted = status === undefined ? undefined : new Set<string>(status);
    const views: OrderView[] = [];
    const { taken } = await takeWhileRoom(page.orders, context, (found) => {
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

const noSuchPlatform = ({ stores }: ApiContext): Problem =>
  new Problem('request-invalid', {
    detail: 'One field is wrong; "errors" points to it.',
    errors: [
      {
        pointer: '/query/platform',
        code: 'not-allowed',
        detail: `The merchant sells on ${[...new Set(stores.map(({ platform }) => platform))].join(', ')}.`,
      },
    ],
  });

/** Reads rows in their order until the page is full. Answers how many of the orders are on it, or are gone. */
async function takeWhileRoom(
  orders: readonly ChangedOrder[],
  { orders: store }: Pick<ApiContext, 'orders'>,
  take: (row: OrderRow) => OrderView,
): Promise<{ taken: number }> {
  let bytes = 0;
  let taken = 0;
  for (let at = 0; at < orders.length && bytes < MOST_PAGE_BYTES; at += AT_ONCE) {
    const rows = await Promise.all(orders.slice(at, at + AT_ONCE).map((key) => store.get(key)));
    for (const row of rows) {
      if (bytes >= MOST_PAGE_BYTES) break;
      taken += 1;
      if (row !== undefined) bytes += JSON.stringify(take(row)).length;
    }
  }
  return { taken };
}
