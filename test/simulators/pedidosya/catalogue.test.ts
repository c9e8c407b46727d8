import { describe, expect, it } from 'vitest';
import { startPedidosYa } from './harness.ts';

const CATALOGUE = '/v2/chains/{c}/vendors/nbet/catalog';

describe('one product', () => {
  it('is changed at once', async () => {
    const { world, call } = await startPedidosYa();

    const answer = await call('PUT', CATALOGUE, {
      body: { products: [{ sku: 'UY-001', price: 12.345, active: false, maximum_sales_quantity: 4 }] },
    });

    expect([answer.status, answer.json]).toEqual([200, { sku: 'UY-001' }]);
    expect(world.product('nbet', 'UY-001')).toEqual({ price: 12.345, active: false, maximum: 4 });
  });

  it('is found by its barcode', async () => {
    const { call } = await startPedidosYa();
    const { json } = await call('GET', `${CATALOGUE}?query_term=UY-002`);
    const [product] = json!.products as { barcodes: string[] }[];

    const answer = await call('PUT', CATALOGUE, {
      body: { products: [{ barcode: product!.barcodes[0], active: true }] },
    });

    expect(answer.json).toEqual({ sku: 'UY-002' });
  });

  it('keeps its state when only the quantity is sent, because stock counts in batches only', async () => {
    const { world, call } = await startPedidosYa();

    const answer = await call('PUT', CATALOGUE, { body: { products: [{ sku: 'UY-001', quantity: 0 }] } });

    expect(answer.status).toBe(200);
    expect(world.product('nbet', 'UY-001')?.active).toBe(true);
  });

  it.each([
    ['no product', { products: [] }],
    ['a product without key', { products: [{ price: 1 }] }],
    ['a product without change', { products: [{ sku: 'UY-001' }] }],
    ['a fractional quantity', { products: [{ sku: 'UY-001', quantity: 1.5 }] }],
    ['a price of zero', { products: [{ sku: 'UY-001', price: 0 }] }],
    ['four decimals', { products: [{ sku: 'UY-001', price: 1.2345 }] }],
    ['a price as text', { products: [{ sku: 'UY-001', price: '10' }] }],
    ['an unknown field', { products: [{ sku: 'UY-001', price: 1, stock: 3 }] }],
    ['the other spelling', { products: [{ sku: 'UY-001', max_sales_quantity: 3 }] }],
    ['an unknown field outside', { products: [{ sku: 'UY-001', price: 1 }], vendor: 'x' }],
  ])('is refused with %s', async (_, body) => {
    const { call } = await startPedidosYa();

    expect((await call('PUT', CATALOGUE, { body })).status).toBe(400);
  });

  it('is 404 when the store does not sell it', async () => {
    const { call } = await startPedidosYa();

    const answer = await call('PUT', CATALOGUE, { body: { products: [{ sku: 'NEW', price: 1 }] } });

    expect(answer).toMatchObject({ status: 404, json: { code: 'PRODUCT_NOT_FOUND' } });
  });
});

it('can know the other spelling of the maximum', async () => {
  const { world, call } = await startPedidosYa({ maximumField: 'max_sales_quantity' });
  const body = (field: string) => ({ products: [{ sku: 'UY-001', [field]: 3 }] });

  const known = await call('PUT', CATALOGUE, { body: body('max_sales_quantity') });
  const unknown = await call('PUT', CATALOGUE, { body: body('maximum_sales_quantity') });

  expect([known.status, unknown.status]).toEqual([200, 400]);
  expect(world.product('nbet', 'UY-001')?.maximum).toBe(3);
});

describe('the list of products', () => {
  it('comes in pages and ignores page_number, as seen on the real platform', async () => {
    const { call } = await startPedidosYa();

    const { json } = await call('GET', `${CATALOGUE}?page_size=5&page_number=3`);

    expect(json).toMatchObject({ page_number: 1, page_size: 5, total_pages: 3 });
    expect(json?.products).toHaveLength(5);
  });

  it('filters by text, category and state', async () => {
    // Arrange
    const { call } = await startPedidosYa();
    await call('PUT', CATALOGUE, { body: { products: [{ sku: 'UY-006', active: false }] } });
    const skus = async (query: string) => {
      const { json } = await call('GET', `${CATALOGUE}?${query}`);
      return (json!.products as { sku: string }[]).map(({ sku }) => sku);
    };

    // Act, Assert
    expect(await skus('query_term=malbec')).toEqual(['UY-012']);
    expect(await skus('category_global_ids=c2-1,c2-2&is_active=true')).toEqual([
      'UY-007',
      'UY-008',
      'UY-009',
      'UY-010',
    ]);
    expect(await skus('is_active=false')).toEqual(['UY-006']);
  });

  it('refuses more than 500 a page', async () => {
    const { call } = await startPedidosYa();

    expect((await call('GET', `${CATALOGUE}?page_size=501`)).status).toBe(400);
  });
});

it('lists the categories, or only the leaves', async () => {
  const { call } = await startPedidosYa();
  const path = '/v2/chains/{c}/vendors/nbet/categories';
  const ids = async (query: string) => {
    const { json } = await call('GET', `${path}${query}`);
    return (json!.categories as { global_id: string }[]).map(({ global_id }) => global_id);
  };

  expect(await ids('')).toContain('c1');
  const leaves = await ids('?only_leaves=true');
  expect(leaves).toContain('c1-1');
  expect(leaves).not.toContain('c1');
});

it('does not create products outside the pilot', async () => {
  const { call } = await startPedidosYa();

  expect((await call('POST', '/v2/chains/{c}/catalog', { body: {} })).status).toBe(501);
});
