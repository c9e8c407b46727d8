import { describe, expect, it } from 'vitest';
import { at, openShop } from './open-shop.ts';

async function prepare(options: Parameters<typeof openShop>[0] = {}) {
  const shop = await openShop(options);
  const product = [...shop.store.products.values()][1]!;
  return { ...shop, product, variants: `/products/${product.id}/variants`, first: product.variants[0]! };
}

describe('variants one by one', () => {
  it('are created by values; the attributes of the guide do not exist', async () => {
    const { call, variants } = await prepare();
    const created = await call('POST', variants, {
      body: { price: 120.5, stock: 20, sku: 'SKU-123', values: [{ es: 'XXL' }] },
    });
    expect(created).toMatchObject({
      status: 201,
      json: { price: '120.50', stock: 20, values: [{ es: 'XXL' }] },
    });
    const guide = await call('POST', variants, {
      body: { price: 1, attributes: [{ name: 'Talle', value: 'M' }] },
    });
    expect(guide).toMatchObject({ status: 422, json: { attributes: ['is not a known field'] } });
    expect((await call('POST', variants, { body: { values: [{ es: 'XXL' }] } })).json).toMatchObject({
      description: 'Variants cannot be repeated',
    });
  });

  it('are changed by PUT, where read-only fields may come along', async () => {
    const { call, get, variants, first } = await prepare();
    const path = `${variants}/${first.id}`;
    const body = {
      id: first.id,
      stock_management: false,
      updated_at: 'x',
      price: '25.00',
      promotional_price: '19.00',
      stock: 5,
    };
    expect((await call('PUT', path, { body })).json).toMatchObject({
      price: '25.00',
      promotional_price: '19.00',
      stock: 5,
      stock_management: true,
    });
    expect((await call('PUT', path, { body: { price: null } })).json).toMatchObject({ price: null });
    expect((await get(path)).json).toMatchObject({ id: first.id, price: null, stock: 5 });
    expect((await call('PUT', path, { body: { price: 'cheap' } })).json).toHaveProperty('price');
  });

  it.each([[''], [null]])('are unlimited with a stock of %j, and sold out with 0', async (unlimited) => {
    const { call, variants, first } = await prepare();
    const path = `${variants}/${first.id}`;
    expect((await call('PUT', path, { body: { stock: unlimited } })).json).toMatchObject({
      stock: null,
      stock_management: false,
    });
    expect((await call('PUT', path, { body: { stock: 0 } })).json).toMatchObject({
      stock: 0,
      stock_management: true,
    });
  });

  it('print the total of all locations but write the single stock to the first alone', async () => {
    const { call, variants, first, store } = await prepare({ stores: [{ plan: 'next', locations: 2 }] });
    const [one, two] = [...store.locations.keys()] as [string, string];
    const path = `${variants}/${first.id}`;
    const levels = [
      { location_id: one, stock: 3 },
      { location_id: two, stock: 4 },
    ];
    expect((await call('PUT', path, { body: { inventory_levels: levels, stock: 99 } })).json).toMatchObject({
      stock: 7,
    });
    expect((await call('PUT', path, { body: { stock: 10 } })).json).toMatchObject({
      stock: 14,
      inventory_levels: [{ stock: 10 }, { stock: 4 }],
    });
    expect((await call('PUT', path, { body: { inventory_levels: [{ location_id: one }] } })).status).toBe(
      422,
    );
    expect(
      (await call('PUT', path, { body: { inventory_levels: [{ location_id: 'x', stock: 1 }] } })).status,
    ).toBe(422);
  });

  it('are deleted one by one, never the last', async () => {
    const { call, get, variants, product } = await prepare();
    const [first, ...rest] = product.variants;
    for (const variant of rest) expect((await call('DELETE', `${variants}/${variant.id}`)).status).toBe(200);
    expect((await call('DELETE', `${variants}/${first!.id}`)).status).toBe(422);
    expect((await get(variants)).json).toHaveLength(1);
    expect((await get(`${variants}/1`)).status).toBe(404);
  });
});

describe('variants as a collection', () => {
  it('PUT replaces: known combinations keep their id, missing ones are deleted', async () => {
    const { call, get, variants, product, first } = await prepare();
    const values = structuredClone(first.values);
    const { json } = await call('PUT', variants, {
      body: [{ values, price: 7 }, { values: [{ es: 'Nueva' }] }],
    });
    expect(json).toMatchObject([
      { id: first.id, price: '7.00' },
      { price: null, stock: null },
    ]);
    expect((await get(variants)).json).toHaveLength(2);
    expect(product.variants).toHaveLength(2);
  });

  it('PATCH changes by id and leaves the others', async () => {
    const { call, variants, product, first } = await prepare();
    const before = product.variants.length;
    expect((await call('PATCH', variants, { body: [{ id: first.id, price: '21.00' }] })).json).toMatchObject([
      { id: first.id, price: '21.00' },
    ]);
    expect(product.variants).toHaveLength(before);
    expect(await call('PATCH', variants, { body: [{ id: first.id }, { id: first.id }] })).toMatchObject({
      status: 422,
      json: { description: 'Variants cannot be repeated', duplicate_variant_ids: [first.id] },
    });
    expect((await call('PATCH', variants, { body: [{ id: 1 }] })).status).toBe(422);
    expect(await call('PATCH', variants, { body: { id: first.id } })).toMatchObject({
      status: 400,
      json: { description: 'Invalid input format' },
    });
  });

  it('holds 1,000 at most', async () => {
    const { call, variants, product, first } = await prepare();
    const many = Array.from({ length: 1001 }, (_, index) => ({ values: [{ es: `${index}` }] }));
    const message = 'Product is not allowed to have more than 1000 variants';
    expect((await call('PUT', variants, { body: many })).json).toMatchObject({ description: message });
    while (product.variants.length < 1000) product.variants.push(first);
    expect((await call('POST', variants, { body: {} })).json).toMatchObject({ description: message });
  });
});

describe('stock', () => {
  it('PATCH /products/stock-price answers for each variant, and changes what it can', async () => {
    const { call, get, product, first, variants } = await prepare();
    const body = [
      {
        id: product.id,
        variants: [
          { id: first.id, price: 222.03, inventory_levels: [{ stock: 300 }] },
          { id: 1, price: 1 },
        ],
      },
      { id: 1, variants: [{ id: 2, price: 1 }] },
    ];
    expect((await call('PATCH', '/products/stock-price', { body })).json).toEqual([
      {
        id: product.id,
        variants: [
          { id: first.id, success: true },
          { id: 1, success: false },
        ],
      },
      { id: 1, variants: [{ id: 2, success: false }] },
    ]);
    expect((await get(`${variants}/${first.id}`)).json).toMatchObject({ price: '222.03', stock: 300 });
  });

  it('PATCH /products/stock-price takes 50 variants and no more', async () => {
    const { call, product, first } = await prepare();
    const body = (count: number) => [
      { id: product.id, variants: Array(count).fill({ id: first.id, price: 1 }) },
    ];
    expect((await call('PATCH', '/products/stock-price', { body: body(50) })).status).toBe(200);
    expect(await call('PATCH', '/products/stock-price', { body: body(51) })).toMatchObject({
      status: 422,
      json: { code: 422, description: 'Too many variants sent for update' },
    });
  });

  it.each([
    [{ price: '1' }, { price: ['The price must be a number.'] }],
    [{ inventory_levels: [{ stock: -1 }] }, { stock: ['The stock must be at least 0.'] }],
    [{ sku: 'x' }, { sku: ['is not a known field'] }],
  ])('PATCH /products/stock-price refuses %j with both bodies in one', async (change, fields) => {
    const { call, product, first } = await prepare();
    const body = [{ id: product.id, variants: [{ id: first.id, ...change }] }];
    expect(await call('PATCH', '/products/stock-price', { body })).toEqual({
      status: 422,
      headers: expect.anything(),
      json: { code: 422, message: 'Unprocessable Entity', description: 'Validation error', ...fields },
    });
  });

  it('a wrong level refuses the whole call before anything has changed', async () => {
    const { call, product, first } = await prepare();
    const before = first.priceCents;
    const body = [
      {
        id: product.id,
        variants: [
          { id: first.id, price: 9 },
          { id: first.id, inventory_levels: [{ location_id: 'x', stock: 1 }] },
        ],
      },
    ];
    expect((await call('PATCH', '/products/stock-price', { body })).status).toBe(422);
    expect(first.priceCents).toBe(before);
  });

  it('POST variants/stock replaces, varies, stops at 0, and hits every variant without an id', async () => {
    const { call, variants, product, first, world } = await prepare();
    const post = (body: object) => call('POST', `${variants}/stock`, { body });
    await post({ action: 'replace', value: 10 });
    expect(product.variants.map(({ id }) => world.stockOf(id))).toEqual(product.variants.map(() => 10));
    await post({ action: 'variation', value: -4, id: first.id });
    expect(world.stockOf(first.id)).toBe(6);
    expect((await post({ action: 'variation', value: -100, id: first.id })).status).toBe(200);
    expect(world.stockOf(first.id)).toBe(0);
    await post({ action: 'replace', value: null, id: first.id });
    expect(world.stockOf(first.id)).toBeNull();
    expect((await post({ action: 'variation', value: null })).status).toBe(422);
    expect((await post({ action: 'add', value: 1 })).json).toHaveProperty('action');
    expect((await post({ action: 'replace', value: 1, id: 1 })).status).toBe(404);
    expect((await post({ action: 'replace', value: 1, location_id: 'x' })).status).toBe(422);
  });

  it('has a second, weighted bucket when the options give the shop one', async () => {
    const { call, variants, first, clock } = await prepare({
      stores: [{ plan: 'next' }],
      variantBucket: { size: 4, perSecond: 1 },
    });
    const put = () => call('PUT', `${variants}/${first.id}`, { body: { price: 1 } });
    expect((await put()).status).toBe(200);
    expect((await put()).status).toBe(429);
    await clock.advance(3000);
    expect((await put()).status).toBe(200);
  });

  it('falls with a sale and rises with a cancellation', async () => {
    const { world, store } = await prepare();
    const orderId = world.place();
    const line = store.orders.get(Number(orderId))!.lines[0]!;
    const sold = world.stockOf(line.variantId)!;
    world.cancel(orderId);
    expect(world.stockOf(line.variantId)).toBeGreaterThan(sold);
    world.setStock(line.variantId, 1);
    expect(at(world.truth()[0]!.json, 'status')).toBe('cancelled');
    expect(world.stockOf(line.variantId)).toBe(1);
  });
});
