import { describe, expect, it } from 'vitest';
import { defaultScopes } from '../../../local/platforms/nuvemshop/options.ts';
import { routes } from '../../../local/platforms/nuvemshop/simulator.ts';
import { at, openShop, type Shop } from './open-shop.ts';

const place = {
  zipcode: '1425',
  street: 'Calle de Prueba',
  number: '1',
  city: 'Buenos Aires',
  province: { code: 'B', name: 'Buenos Aires' },
  region: { code: 'PAM', name: 'Pampeana' },
  country: { code: 'AR', name: 'Argentina' },
};
const event = { status: 'in_transit', happened_at: '2026-09-01T12:00:00Z' };
const metafield = { namespace: 'nfe', key: 'list', value: '[]' };
const transaction = {
  payment_provider_id: 'x',
  payment_method: { type: 'cash' },
  first_event: {
    amount: { value: '1.00', currency: 'ARS' },
    type: 'sale',
    status: 'success',
    happened_at: 'x',
  },
};

/** The values of path parameters and bodies that a fresh shop offers. */
async function subjects(shop: Shop) {
  const { world, store, call } = shop;
  const orderId = world.place();
  world.ship(orderId);
  const product = [...store.products.values()][1]!;
  const fulfilment = store.orders.get(Number(orderId))!.fulfilmentOrders[0]!;
  const make = async (path: string, body: object) =>
    String(at((await call('POST', path, { body })).json, 'id'));
  const tracking = `/orders/${orderId}/fulfillment-orders/${fulfilment.id}/tracking-events`;
  const owner = { owner_resource: 'Order', owner_id: Number(orderId) };
  return {
    orderId,
    fulfilmentId: fulfilment.id,
    productId: String(product.id),
    variant: product.variants[0]!,
    imageId: String(product.images[0]!.id),
    sku: product.variants[0]!.sku!,
    categoryId: String([...store.categories.keys()][0]),
    locationId: String([...store.locations.keys()][0]),
    unpaidOrder: world.place(),
    spareLocation: await make('/locations', { name: { es_AR: 'x' }, address: place }),
    eventId: await make(tracking, { ...event, status: 'lost' }),
    metafieldId: await make('/metafields', { ...metafield, namespace: 'other', ...owner }),
    webhookId: await make('/webhooks', { event: 'order/created', url: 'https://app.example/x' }),
    customerId: await make('/customers', { name: 'Ana Ejemplo', email: 'a@example.com' }),
    variantField: await make('/products/variants/custom-fields', { name: 'x', value_type: 'text' }),
    orderField: await make('/orders/custom-fields', { name: 'x', value_type: 'text' }),
    owner,
  };
}

type Subjects = Awaited<ReturnType<typeof subjects>>;

/** One good request for a route: where parameters stand for other than the obvious, and what to send. */
interface Sample {
  path?: (s: Subjects) => string;
  body?: (s: Subjects) => unknown;
  version?: string;
}

const samples: Record<string, Sample> = {
  'POST /orders': { body: (s) => ({ gateway: 'x', products: [{ variant_id: s.variant.id, quantity: 1 }] }) },
  'PUT /orders/{id}': { body: () => ({ owner_note: 'x' }) },
  'POST /orders/{id}/cancel': { body: () => ({ reason: 'other', email: false, restock: true }) },
  'POST /orders/{id}/transactions': { body: () => transaction },
  'POST /orders/{id}/pack': { path: (s) => `/orders/${s.unpaidOrder}/pack`, version: 'v1' },
  'POST /orders/{id}/fulfill': { path: (s) => `/orders/${s.unpaidOrder}/fulfill`, version: 'v1' },
  'PATCH /orders/{id}/fulfillment-orders/{fulfillment_id}': { body: () => ({ status: 'DELIVERED' }) },
  'POST /orders/{id}/fulfillment-orders/{fulfillment_id}/tracking-events': { body: () => event },
  'PUT /orders/{id}/fulfillment-orders/{fulfillment_id}/tracking-events/{event_id}': { body: () => event },
  'POST /metafields': { body: (s) => ({ ...metafield, ...s.owner }) },
  'PUT /metafields/{id}': { body: () => ({ value: '[1]' }) },
  'POST /products': { body: () => ({ name: 'x' }) },
  'PUT /products/{id}': { body: () => ({ name: 'x' }) },
  'PATCH /products/stock-price': {
    body: (s) => [{ id: Number(s.productId), variants: [{ id: s.variant.id, price: 1 }] }],
  },
  'POST /products/{id}/variants/stock': { body: () => ({ action: 'replace', value: 1 }) },
  'POST /products/{id}/variants': { body: () => ({ values: [{ es: 'x' }] }) },
  'PUT /products/{id}/variants/{variant_id}': { body: () => ({ price: 1 }) },
  'PUT /products/{id}/variants': { body: () => [{ values: [{ es: 'x' }] }] },
  'PATCH /products/{id}/variants': { body: (s) => [{ id: s.variant.id, price: 1 }] },
  'POST /products/{id}/images': { body: () => ({ src: 'https://example.com/a.png' }) },
  'PUT /products/{id}/images/{image_id}': { body: () => ({ position: 2 }) },
  'POST /categories': { body: () => ({ name: 'x' }) },
  'PUT /categories/{id}': { body: () => ({ name: 'x' }) },
  'POST /products/variants/custom-fields': { body: () => ({ name: 'x', value_type: 'text' }) },
  'PUT /products/variants/custom-fields/{field_id}': { body: () => ({ values: ['x'] }) },
  'PUT /products/variants/{variant_id}/custom-fields/values': {
    body: (s) => [{ id: s.variantField, value: 'x' }],
  },
  'POST /orders/custom-fields': { body: () => ({ name: 'x', value_type: 'text' }) },
  'PUT /orders/custom-fields/{field_id}': { body: () => ({ values: ['x'] }) },
  'PUT /orders/{id}/custom-fields/values': { body: (s) => [{ id: s.orderField, value: 'x' }] },
  'POST /locations': { body: () => ({ name: { es_AR: 'x' }, address: place }) },
  'PUT /locations/{id}': { body: () => ({ name: { es_AR: 'x' } }) },
  'DELETE /locations/{id}': { path: (s) => `/locations/${s.spareLocation}` },
  'PATCH /locations/priorities': { body: (s) => [{ id: s.locationId, priority: 0 }] },
  'POST /customers': { body: () => ({ name: 'x', email: 'x@example.com' }) },
  'PUT /customers/{id}': { body: () => ({ note: 'x' }) },
  'POST /webhooks': { body: () => ({ event: 'order/paid', url: 'https://app.example/x' }) },
  'PUT /webhooks/{id}': { body: () => ({ url: 'https://app.example/y' }) },
};

// The metafield of the order is the only one in the shop; the other lists are empty, which is a 404.
const emptyLists = ['products', 'product_variants', 'categories', 'pages', 'customers'];

function fill(template: string, s: Subjects): string {
  const kind = template.split('/')[1] ?? '';
  const ids: Record<string, string> = {
    orders: s.orderId,
    products: s.productId,
    categories: s.categoryId,
    locations: s.locationId,
    customers: s.customerId,
    webhooks: s.webhookId,
    metafields: s.metafieldId,
  };
  return template
    .replace('{id}', ids[kind] ?? '')
    .replace('{fulfillment_id}', s.fulfilmentId)
    .replace('{event_id}', s.eventId)
    .replace('{variant_id}', String(s.variant.id))
    .replace('{image_id}', s.imageId)
    .replace('{sku}', s.sku)
    .replace('{field_id}', kind === 'orders' ? s.orderField : s.variantField);
}

const prefix = '/{version}/{store_id}';
const api = routes.filter(({ path }) => path.startsWith(prefix));

describe('every route of the API', () => {
  it.each(api.map(({ method, path }) => [method, path.slice(prefix.length)] as const))(
    '%s %s',
    async (method, template) => {
      // Arrange
      // The default scopes, and the one that pages need.
      const shop = await openShop({ app: { scopes: [...defaultScopes, 'read_content'] } });
      const known = await subjects(shop);
      const { path, body, version } = samples[`${method} ${template}`] ?? {};
      const writes = method !== 'GET' && method !== 'DELETE';

      // Act
      const reply = await shop.call(method, path?.(known) ?? fill(template, known), {
        ...(writes ? { body: body?.(known) ?? {} } : {}),
        ...(version === undefined ? {} : { version }),
      });

      // Assert
      const empty = emptyLists.some((owner) => template === `/metafields/${owner}`);
      expect(reply).toMatchObject(empty ? { status: 404, json: { description: 'Last page is 0' } } : {});
      if (!empty) expect([200, 201, 204]).toContain(reply.status);
    },
  );

  it('says where it is documented, and has no sample without a route', () => {
    expect(routes.every(({ source }) => source.length > 10)).toBe(true);
    const keys = api.map(({ method, path }) => `${method} ${path.slice(prefix.length)}`);
    expect(Object.keys(samples).filter((key) => !keys.includes(key))).toEqual([]);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
