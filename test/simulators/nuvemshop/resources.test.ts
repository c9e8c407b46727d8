import { describe, expect, it } from 'vitest';
import { at, openShop } from './open-shop.ts';

describe('store', () => {
  it('tells its currency, country and features', async () => {
    const { get } = await openShop({ stores: [{ country: 'BR', plan: 'next' }] });
    const { json, headers } = await get('/store');
    expect(headers.get('x-main-language')).toBe('pt');
    expect(json).toMatchObject({
      country: 'BR',
      main_currency: 'BRL',
      main_language: 'pt',
      features: ['inventory-levels', 'fulfillment-orders'],
    });
  });
});

describe('invoices', () => {
  const list = (...keys: string[]) =>
    JSON.stringify(keys.map((key) => ({ key, link: `https://nfe.example/${key}` })));

  it('are a metafield of the order: created, read, appended to', async () => {
    // Arrange
    const { call, get, world } = await openShop();
    const orderId = world.place();
    const query = `/metafields/orders?owner_id=${orderId}&namespace=nfe&key=list&per_page=1`;
    const body = {
      namespace: 'nfe',
      key: 'list',
      value: list('5'),
      description: 'Lista de NFes',
      owner_resource: 'Order',
      owner_id: Number(orderId),
    };

    // Act
    const nothing = await get(query);
    const created = await call('POST', '/metafields', { body });
    const found = await get(query);
    const appended = await call('PUT', `/metafields/${at(found.json, 0, 'id')}`, {
      body: { value: list('5', '6') },
    });

    // Assert
    expect(nothing.status).toBe(404);
    expect(created).toMatchObject({
      status: 201,
      json: { ...body, created_at: '2026-09-01 12:00:00', deleted_at: null },
    });
    expect(found.json).toMatchObject([{ value: list('5'), created_at: '2026-09-01T12:00:00+0000' }]);
    expect(appended.json).toMatchObject({ value: list('5', '6') });
    expect((await call('POST', '/metafields', { body })).json).toMatchObject({
      key: ['has already been taken'],
    });
    const path = `/metafields/${at(created.json, 'id')}`;
    expect((await get(path)).json).toMatchObject({ namespace: 'nfe' });
    expect((await call('DELETE', path)).status).toBe(200);
    expect((await get(path)).status).toBe(404);
  });

  it('need an owner that exists, a text as value, and a well-formed key', async () => {
    const { call, world } = await openShop();
    const good = {
      namespace: 'nfe',
      key: 'list',
      value: '[]',
      owner_resource: 'Order',
      owner_id: Number(world.place()),
    };
    const post = (change: object) => call('POST', '/metafields', { body: { ...good, ...change } });
    expect((await post({ owner_id: 1 })).status).toBe(404);
    expect((await post({ value: [] })).json).toMatchObject({ value: ['must be a string'] });
    expect((await post({ key: '1st' })).json).toHaveProperty('key');
    expect((await post({ owner_resource: 'Shop' })).json).toHaveProperty('owner_resource');
    expect((await post({ access_key: '1' })).json).toMatchObject({ access_key: ['is not a known field'] });
  });

  it('need the scope of their owner', async () => {
    const { call, get, world, store } = await openShop();
    const body = {
      namespace: 'a',
      key: 'b',
      value: 'c',
      owner_resource: 'Order',
      owner_id: Number(world.place()),
    };
    const created = await call('POST', '/metafields', { body });
    store.scopes = new Set(['write_products']);
    expect((await call('POST', '/metafields', { body })).status).toBe(403);
    expect((await get(`/metafields/${at(created.json, 'id')}`)).status).toBe(403);
    expect((await get('/metafields/orders')).status).toBe(403);
  });
});

describe('customers', () => {
  it('are created, found, changed and deleted', async () => {
    const { call, get } = await openShop();
    const created = await call('POST', '/customers', {
      body: {
        name: 'Ana Ejemplo',
        email: 'ana@example.com',
        identification: '00011122',
        addresses: [{ address: 'Calle de Prueba', city: 'Buenos Aires', country: 'AR' }],
        send_email_invite: true,
        password: 'invented',
      },
    });
    const path = `/customers/${at(created.json, 'id')}`;
    expect(created).toMatchObject({
      status: 201,
      json: { total_spent: '0.00', default_address: { address: 'Calle de Prueba', default: true } },
    });
    expect(JSON.stringify(created.json)).not.toContain('invented');
    expect((await get('/customers?q=ana@example')).json).toHaveLength(1);
    expect((await get('/customers?q=00011122')).json).toHaveLength(1);
    expect((await get('/customers?q=nobody')).status).toBe(404);
    expect((await call('PUT', path, { body: { note: 'x' } })).json).toMatchObject({
      note: 'x',
      name: 'Ana Ejemplo',
    });
    expect((await get(path)).json).toMatchObject({ note: 'x' });
    expect((await call('DELETE', path)).status).toBe(200);
    expect((await get(path)).status).toBe(404);
  });

  it('need a name and an e-mail of their own, and stay when they have orders', async () => {
    const { call, world, store } = await openShop();
    world.place();
    const customer = [...store.customers.values()][0]!;
    expect((await call('POST', '/customers', { body: { name: 'x' } })).json).toMatchObject({
      email: ["can't be blank"],
    });
    const twin = { name: 'x', email: customer.email };
    expect((await call('POST', '/customers', { body: twin })).json).toMatchObject({
      email: ['has already been taken'],
    });
    expect((await call('DELETE', `/customers/${customer.id}`)).status).toBe(422);
  });

  it('refuse a field that is called what every object has, and name it', async () => {
    // Arrange
    const { call } = await openShop();
    const body = JSON.parse('{"name":"Ana","email":"ana@example.com","constructor":1,"__proto__":{}}');

    // Act
    const { status, json } = await call('POST', '/customers', { body });

    // Assert
    expect(status).toBe(422);
    expect(Object.keys(json as object)).toEqual(expect.arrayContaining(['constructor', '__proto__']));
  });
});
