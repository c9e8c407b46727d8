import { beforeAll, describe, expect, it } from 'vitest';
import type { ProductRow } from '../../../functions/domain/product-row.ts';
import { productRowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token(['catalogue']);
const get = (url: string, headers: Record<string, string> = {}) => api.call('GET', url, { token, headers });
const at = (minute: number) =>
  new Date(Date.parse('2026-11-22T12:00:00.000Z') + minute * 60_000).toISOString();

/** Products of two stores, the last change of each a minute after the one before. */
const ROWS: readonly ProductRow[] = [
  productRowOf('1', { changedAt: at(1) }),
  productRowOf('2', { changedAt: at(2), storeId: 's-2' }),
  productRowOf('3', { changedAt: at(3), removedAt: Date.parse(at(3)), version: 2 }),
  productRowOf('4', { changedAt: at(4), platform: 'mall', storeId: 'm' }),
  productRowOf('5', {
    changedAt: at(5),
    state: 'needs-review',
    review: { reason: 'schema-mismatch', problem: 'variants: invalid_type', at: Date.parse(at(5)) },
  }),
];
beforeAll(async () => {
  for (const row of ROWS) await api.products.put(row, 0);
  const {
    eventCount: _,
    product: __,
    content: ___,
    ...unheard
  } = productRowOf('never', { changedAt: at(9), removedAt: 1 });
  await api.products.put(unheard, 0);
});

const ids = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id);

describe('the list of products', () => {
  it('has those of all stores, the one that changed longest ago first', async () => {
    const { status, body } = await get('/v1/products');

    expect(status).toBe(200);
    expect(ids(body)).toEqual([
      'shop:s:product:1',
      'shop:s-2:product:2',
      'shop:s:product:3',
      'mall:m:product:4',
      'shop:s:product:5',
    ]);
    expect(body).not.toHaveProperty('next');
  });

  it('says which are gone and which need review', async () => {
    const { body } = await get('/v1/products');

    expect(body.items[2]).toMatchObject({ removedAt: at(3), version: 2, product: { title: { es: 'Taza' } } });
    expect(body.items[4]).toMatchObject({ state: 'needs-review', review: { reason: 'schema-mismatch' } });
  });

  it('comes page by page', async () => {
    const first = await get('/v1/products?limit=2');
    const second = await get(`/v1/products?limit=2&cursor=${encodeURIComponent(first.body.next)}`);

    expect([...ids(first.body), ...ids(second.body)]).toEqual([
      'shop:s:product:1',
      'shop:s-2:product:2',
      'shop:s:product:3',
      'mall:m:product:4',
    ]);
  });

  it.each([
    ['platform=mall', ['mall:m:product:4']],
    [`changed_after=${at(3)}`, ['mall:m:product:4', 'shop:s:product:5']],
    ['status=inactive', []],
  ])('is narrowed by %s', async (query, expected) => {
    expect(ids((await get(`/v1/products?${query}`)).body)).toEqual(expected);
  });

  it('leaves out what is gone where a status is asked for', async () => {
    expect(ids((await get('/v1/products?status=active')).body)).not.toContain('shop:s:product:3');
  });

  it('is for clients with the scope catalogue', async () => {
    const { status, body } = await api.call('GET', '/v1/products', { token: api.token(['orders:read']) });

    expect([status, body.code, body.scope]).toEqual([403, 'scope-missing', 'catalogue']);
  });

  it('does not take the cursor of orders', async () => {
    const all = api.token(['catalogue', 'orders:read']);
    const { body } = await api.call('GET', '/v1/products?limit=1', { token: all });

    const other = await api.call('GET', `/v1/orders?cursor=${encodeURIComponent(body.next)}`, { token: all });

    expect(other.body.code).toBe('cursor-of-other-filters');
  });
});

describe('one product', () => {
  it('is answered with its variants, prices and stock', async () => {
    const { status, body } = await get(`/v1/products/${encodeURIComponent('shop:s:product:1')}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: 'shop:s:product:1',
      version: 1,
      product: {
        variants: [
          {
            sku: 'SKU-1',
            price: { amount: 890_000, currency: 'ARS' },
            locations: [{ locationId: 'L1', stock: { kind: 'counted', quantity: 7 } }],
          },
        ],
      },
    });
  });

  it('is not sent again to whoever has it', async () => {
    const path = `/v1/products/${encodeURIComponent('shop:s:product:1')}`;
    const { headers } = await get(path);

    expect((await get(path, { 'if-none-match': headers.etag! })).status).toBe(304);
  });

  it.each(['shop:s:product:99', 'shop:s:product:never'])('is not known as %s', async (id) => {
    const { status, body } = await get(`/v1/products/${encodeURIComponent(id)}`);

    expect([status, body.code]).toEqual([404, 'product-unknown']);
  });

  it('has not the name of an order', async () => {
    expect((await get(`/v1/products/${encodeURIComponent('shop:s:1')}`)).body.code).toBe('request-invalid');
  });
});
