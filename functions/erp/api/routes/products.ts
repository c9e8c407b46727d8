import * as z from 'zod';
import { parseErpProductName, parseProductName } from '../../../domain/item-name.ts';
import { lazily } from '../../../domain/lazily.ts';
import { PRODUCT_STATUSES } from '../../../domain/product.ts';
import type { ProductRow } from '../../../domain/product-row.ts';
import { productPk } from '../../../storage/product-keys.ts';
import type { ChangedProduct } from '../../../storage/row-index.ts';
import { productNames, words } from '../fields.ts';
import { Problem } from '../problem.ts';
import { type ProductView, productView, viewOfProduct } from '../product-view.ts';
import { route } from '../route.ts';
import { viewOfWritten, writtenProductView } from '../written-product-view.ts';
import { changedPage, type Listing, listQuery } from './changed-list.ts';

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
      ...listQuery('products'),
    }),
  answer: { status: 200, description: 'One page of products.', schema: productPage },
  problems: ['request-invalid', 'cursor-invalid', 'cursor-of-other-filters'],
  personal: false,
  async handle({ query }, context) {
    const { status } = query;
    const wanted = status === undefined ? undefined : new Set<string>(status);
    const listing: Listing<ChangedProduct, ProductRow, ProductView> = {
      list: 'products',
      filters: { status: [...(status ?? [])].sort() },
      changes: context.productIndex.changes,
      pkOf: (store, platformProductId) => productPk({ ...store, platformProductId }),
      idOf: ({ platformProductId }) => platformProductId,
      get: context.products.get,
      // Of what was gone before anybody knew of it there is nothing to tell.
      view: (row) => (row.eventCount === undefined ? undefined : viewOfProduct(row)),
      isMeant: ({ removedAt, product }) =>
        wanted === undefined || (removedAt === undefined && wanted.has(product?.status ?? '')),
    };
    const { answer } = await changedPage(listing, query, context);
    return answer;
  },
});

const anyProduct = lazily(() => z.union([productView(), writtenProductView()]));

export const getProduct = route({
  operation: 'getProduct',
  method: 'GET',
  path: '/v1/products/{id}',
  scopes: ['catalogue'],
  summary: 'One product as it is now',
  parameters: () =>
    z.strictObject({
      id: productNames().meta({
        description:
          '`platform:store:product:id`, percent-encoded: `id` of a product, `key` of an event about one. Or, by your own id, `platform:store:erp-product:id`: how far what you wanted has come.',
      }),
    }),
  answer: { status: 200, description: 'The product.', schema: anyProduct },
  problems: ['request-invalid', 'product-unknown'],
  personal: false,
  tagged: true,
  async handle({ path }, context) {
    const { products } = context;
    const own = parseErpProductName(path.id);
    if (own !== undefined) return { status: 200, body: await viewOfWritten(context, own) };
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
