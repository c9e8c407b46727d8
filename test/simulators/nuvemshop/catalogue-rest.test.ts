import { describe, expect, it } from 'vitest';
import { at, openShop } from './open-shop.ts';

describe('categories', () => {
  it('are created below a parent, changed, listed and deleted', async () => {
    const { call, get, store } = await openShop();
    const parent = [...store.categories.keys()][0]!;
    const created = await call('POST', '/categories', { body: { name: { es: 'Sub' }, parent } });
    const path = `/categories/${at(created.json, 'id')}`;
    expect(created).toMatchObject({ status: 201, json: { name: { es: 'Sub' }, parent } });
    expect((await get(`/categories/${parent}`)).json).toMatchObject({
      subcategories: [at(created.json, 'id')],
    });
    expect((await call('PUT', path, { body: { name: 'Otra', parent: null } })).json).toMatchObject({
      name: { es: 'Otra' },
      parent: null,
    });
    expect((await get(path, { version: 'v1' })).json).toMatchObject({ parent: 0 });
    expect((await get('/categories?parent_id=0')).json).toHaveLength(2);
    expect((await call('DELETE', path)).status).toBe(200);
    expect((await get(path)).status).toBe(404);
  });

  it('need a name and a parent that exists, and are 1,000 at most', async () => {
    const { call, store } = await openShop();
    expect((await call('POST', '/categories', { body: {} })).json).toMatchObject({
      name: ["can't be blank"],
    });
    expect((await call('POST', '/categories', { body: { name: 'x', parent: 1 } })).json).toHaveProperty(
      'parent',
    );
    const category = [...store.categories.values()][0]!;
    for (let id = 1; store.categories.size < 1000; id += 1) store.categories.set(id, category);
    expect((await call('POST', '/categories', { body: { name: 'x' } })).json).toMatchObject({
      description: 'Store has reached maximum limit of 1000 allowed categories',
    });
  });
});

describe('locations', () => {
  const address = {
    zipcode: '1425',
    street: 'Calle de Prueba',
    number: '1',
    city: 'Buenos Aires',
    province: { code: 'B', name: 'Buenos Aires' },
    region: { code: 'PAM', name: 'Pampeana' },
    country: { code: 'AR', name: 'Argentina' },
  };
  const body = { name: { es_AR: 'Otro', pt_BR: 'Outro', en_US: 'Other' }, address };

  it('are created, read, changed, made the default and deleted', async () => {
    // Arrange
    const { call, get, store } = await openShop();
    const [original] = store.locations.keys();

    // Act
    const created = await call('POST', '/locations', { body });
    const path = `/locations/${at(created.json, 'id')}`;
    const changed = await call('PUT', path, { body: { name: { es_AR: 'Cambiado' } } });
    const chosen = await call('PATCH', `${path}/chosen-as-default`);

    // Assert
    expect(created).toMatchObject({
      status: 201,
      json: { store_id: '5665778', is_default: false, priority: 1 },
    });
    expect(changed.json).toMatchObject({ name: { es_AR: 'Cambiado', pt_BR: 'Outro' } });
    expect(chosen.json).toMatchObject({ is_default: true, priority: 0 });
    expect((await get(`/locations/${original}`)).json).toMatchObject({ is_default: false, priority: 1 });
    expect((await call('DELETE', path)).status).toBe(422);
    expect((await call('DELETE', `/locations/${original}`)).status).toBe(422);
    await call('PATCH', `/locations/${original}/chosen-as-default`);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await get(path)).status).toBe(404);
  });

  it('change their priorities together; 0 is the default', async () => {
    const { call, store } = await openShop({ stores: [{ plan: 'next', locations: 3 }] });
    const [a, b, c] = [...store.locations.keys()];
    const reply = await call('PATCH', '/locations/priorities', {
      body: [
        { id: c, priority: 0 },
        { id: a, priority: 1 },
        { id: b, priority: 2 },
      ],
    });
    expect(reply.json).toMatchObject([{ id: c, is_default: true }, { id: a, is_default: false }, { id: b }]);
    const twice = [
      { id: a, priority: 1 },
      { id: b, priority: 1 },
    ];
    expect((await call('PATCH', '/locations/priorities', { body: twice })).status).toBe(422);
    expect((await call('PATCH', '/locations/priorities', { body: [{ id: 'x', priority: 0 }] })).status).toBe(
      404,
    );
  });

  it('refuse allows_pickup, which was removed, and more than the plan allows', async () => {
    const { call } = await openShop({ stores: [{ plan: 'next', maxLocations: 1 }] });
    expect((await call('POST', '/locations', { body: { ...body, allows_pickup: true } })).json).toMatchObject(
      {
        allows_pickup: ['is not a known field'],
      },
    );
    expect((await call('POST', '/locations', { body: { address } })).status).toBe(422);
    expect((await call('POST', '/locations', { body })).json).toMatchObject({
      description: 'The plan of the store does not allow more locations',
    });
  });

  it('print their inventory levels in an envelope, one a page by default, ids as strings', async () => {
    const { get, store } = await openShop();
    const [id] = store.locations.keys();
    const variant = [...store.products.values()][0]!.variants[0]!;
    const page = await get(`/locations/${id}/inventory-levels`);
    expect(page.json).toMatchObject({ page: 1, per_page: 1, results: [{ location_id: id }] });
    expect(at(page.json, 'total')).toBeGreaterThan(5);
    const one = await get(`/locations/${id}/inventory-levels?variant_id=${variant.id}&per_page=50`);
    expect(one.json).toMatchObject({ total: 1, results: [{ variant_id: String(variant.id) }] });
  });
});

describe('custom fields', () => {
  const list = { name: 'Estado', value_type: 'text_list', values: ['Empezado', 'Terminado'] };

  it('of variants: definition and values', async () => {
    // Arrange
    const { call, get, store } = await openShop();
    const product = [...store.products.values()][0]!;
    const values = `/products/variants/${product.variants[0]!.id}/custom-fields`;
    const definitions = '/products/variants/custom-fields';

    // Act
    const created = await call('POST', definitions, { body: list });
    const id = at(created.json, 'id');
    const guide = await call('PUT', `${definitions}/${id}`, { body: { value: 'poliéster' } });
    const changed = await call('PUT', `${definitions}/${id}`, { body: { values: ['Terminado', 'Enviado'] } });
    const set = await call('PUT', `${values}/values`, { body: [{ id, value: 'Enviado' }] });

    // Assert
    expect(created).toMatchObject({
      status: 201,
      json: {
        value_type: 'text_list',
        owner_resource: 'product_variant',
        values: [
          { value: 'Empezado', created: true },
          { value: 'Terminado', created: true },
        ],
      },
    });
    expect(guide).toMatchObject({ status: 422, json: { value: ['is not a known field'] } });
    expect(at(changed.json, 'values')).toEqual([
      { value: 'Empezado', created: true },
      { value: 'Terminado', created: true },
      { value: 'Terminado', created: false, error: expect.stringContaining('duplicated') },
      { value: 'Enviado', created: true },
    ]);
    expect(set).toMatchObject({ status: 204, json: undefined });
    expect((await get(values)).json).toMatchObject([{ id, value: 'Enviado' }]);
    expect((await call('PUT', `${values}/values`, { body: [{ id, value: 'Otro' }] })).status).toBe(422);
    await call('PUT', `${values}/values`, { body: [{ id, value: null }] });
    expect((await get(values)).json).toEqual([]);
    expect((await get(definitions)).json).toMatchObject([{ values: ['Empezado', 'Terminado', 'Enviado'] }]);
    expect((await call('DELETE', `${definitions}/${id}`)).status).toBe(204);
    expect((await get(`${definitions}/${id}`)).status).toBe(404);
  });

  it('of orders appear in the order only on request', async () => {
    const { call, get, world } = await openShop();
    const orderId = world.place();
    const created = await call('POST', '/orders/custom-fields', {
      body: { name: 'Send as gift', value_type: 'text' },
    });
    const body = [{ id: at(created.json, 'id'), value: 'Yes' }];
    expect((await call('PUT', `/orders/${orderId}/custom-fields/values`, { body })).status).toBe(204);
    expect(at((await get(`/orders/${orderId}`)).json, 'custom_fields')).toBeUndefined();
    expect((await get(`/orders/${orderId}?aggregates=custom_fields`)).json).toMatchObject({
      custom_fields: [{ key: 'send-as-gift', value: 'Yes', owner_resource: 'order' }],
    });
  });

  it.each([
    ['numeric', '12.5', 'twelve'],
    ['date', '2026-02-18', 'soon'],
  ])('of type %s take %s and refuse %s', async (type, good, bad) => {
    const { call, world } = await openShop();
    const path = `/orders/${world.place()}/custom-fields/values`;
    const created = await call('POST', '/orders/custom-fields', { body: { name: 'x', value_type: type } });
    const put = (value: string) => call('PUT', path, { body: [{ id: at(created.json, 'id'), value }] });
    expect([(await put(good)).status, (await put(bad)).status]).toEqual([204, 422]);
  });

  it('of another app can be read, not changed or deleted; a list needs values', async () => {
    const { call, store } = await openShop();
    const created = await call('POST', '/orders/custom-fields', { body: list });
    const path = `/orders/custom-fields/${at(created.json, 'id')}`;
    for (const field of store.customFields.values()) field.ours = false;
    expect((await call('PUT', path, { body: { values: ['x'] } })).status).toBe(403);
    expect((await call('DELETE', path)).status).toBe(403);
    expect((await call('POST', '/orders/custom-fields', { body: { ...list, values: [] } })).status).toBe(422);
  });
});
