import * as z from 'zod';
import { parseProductName } from '../../../domain/item-name.ts';
import { lazily } from '../../../domain/lazily.ts';
import { PRODUCT_STATUSES } from '../../../domain/product.ts';
import { productPk } from '../../../storage/product-keys.ts';
import type { ChangedProduct } from '../../../storage/row-index.ts';
import { type CursorScope, readCursor, writeCursor } from '../cursor.ts';
import { cursor, limit, productName, time, words } from '../fields.ts';
import { Problem } from '../problem.ts';
import { type ProductView, productView, viewOfProduct } from '../product-view.ts';
import { route } from '../route.ts';
import { type Places, places, readChanged, storesAt, takeWhileRoom, type Walk } from './changed-rows.ts';

const productPage = lazily(() =>
  z.object({
    /** May be empty although there are more. */
    items: z.array(productView()),
    /** What to send as `cursor` next; absent after the last. */
    next: z.string().optional(),
  }),
);

export const listProducts = route({
  operation: 'listProducts',
  method: 'GET',
  path: '/v1/products',
  scopes: ['catalogue'],
  summary: 'Products of all stores, the one that changed longest ago first',
  description: 'Also those that a platform has no more; they carry `removedAt`.',
  query: () =>
    z.strictObject({
      status: words(PRODUCT_STATUSES).optional().meta({
        description:
          'Only products in these statuses, separated by commas. Leaves out those that the platform has no more.',
      }),
      platform: z.string().max(31).optional().meta({ description: 'Only products of this platform.' }),
      changed_after: time().optional().meta({ description: 'Only products whose last change is later.' }),
      cursor: cursor().optional().meta({ description: '`next` of the page before.' }),
      limit: limit(100, 50).meta({ description: 'At most so many products are looked at.' }),
    }),
  answer: { status: 200, description: 'One page of products.', schema: productPage },
  problems: ['request-invalid', 'cursor-invalid', 'cursor-of-other-filters'],
  personal: false,
  async handle({ query }, context) {
    const { status, platform, changed_after: changedAfter } = query;
    const stores = storesAt(context, platform);
    const scope: CursorScope<Places> = {
      list: 'products',
      filters: { status: [...(status ?? [])].sort(), platform, changedAfter },
      place: places,
    };
    const from = query.cursor === undefined ? {} : readCursor(scope, query.cursor);
    const since = changedAfter === undefined ? undefined : Date.parse(changedAfter);
    const walk: Walk<ChangedProduct> = {
      changes: context.productIndex.changes,
      pkOf: (store, platformProductId) => productPk({ ...store, platformProductId }),
      idOf: ({ platformProductId }) => platformProductId,
    };
    const page = await readChanged(walk, context, { stores, from, since, most: query.limit });
    const wanted = status === undefined ? undefined : new Set<string>(status);
    const items: ProductView[] = [];
    const { taken } = await takeWhileRoom(page.keys, context.products.get, (row) => {
      // Of what was gone before anybody knew of it there is nothing to tell.
      if (row.eventCount === undefined) return undefined;
      const view = viewOfProduct(row);
      const isMeant = view.removedAt === undefined && wanted?.has(view.product?.status ?? '');
      if (wanted === undefined || isMeant) items.push(view);
      return view;
    });
    const next = page.placesAfter(taken);
    return {
      status: 200,
      body: { items, ...(next === undefined ? {} : { next: writeCursor(scope, next) }) },
    };
  },
});

export const getProduct = route({
  operation: 'getProduct',
  method: 'GET',
  path: '/v1/products/{id}',
  scopes: ['catalogue'],
  summary: 'One product as it is now',
  parameters: () =>
    z.strictObject({
      id: productName().meta({
        description:
          '`platform:store:product:id`, percent-encoded: `id` of a product, `key` of an event about one.',
      }),
    }),
  answer: { status: 200, description: 'The product.', schema: productView },
  problems: ['request-invalid', 'product-unknown'],
  personal: false,
  tagged: true,
  async handle({ path }, { products }) {
    const key = parseProductName(path.id);
    const row = key === undefined ? undefined : await products.get(key);
    if (row?.eventCount === undefined)
      throw new Problem('product-unknown', {
        detail:
          'No product has this id. Send the `id` of a product, or the `key` of an event, as it was answered.',
      });
    return { status: 200, body: viewOfProduct(row) };
  },
});
