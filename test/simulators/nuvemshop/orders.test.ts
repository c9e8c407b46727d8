import { describe, expect, it } from 'vitest';
import { at, openShop } from './open-shop.ts';

describe('one order', () => {
  it('is printed like the official samples: types, quirks and all', async () => {
    const { get, world } = await openShop();
    const orderId = world.place();
    const { json } = await get(`/orders/${orderId}`);
    expect(json).toMatchObject({
      id: Number(orderId),
      store_id: '5665778',
      currency: 'ARS',
      status: 'open',
      payment_status: 'pending',
      shipping_status: 'unpacked',
      created_at: '2026-09-01T12:00:00+0000',
      completed_at: { date: '2026-09-01 12:00:00.000000', timezone_type: 3, timezone: 'UTC' },
      total: expect.stringMatching(/^\d+\.\d\d$/),
      promotional_discount: { store_id: 5665778, order_id: orderId },
    });
    expect(Number(at(json, 'products', 0, 'id'))).toBeGreaterThan(2 ** 31);
    expect(at(json, 'shipping_pickup_type')).toBeUndefined();
  });

  it('prints quantities and variant ids now as numbers, now as strings', async () => {
    const { get, world } = await openShop();
    const kinds = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      const { json } = await get(`/orders/${world.place()}?fields=products`);
      kinds.add(typeof at(json, 'products', 0, 'quantity'));
    }
    expect([...kinds].toSorted()).toEqual(['number', 'string']);
  });

  it('adds up: lines, less discounts, plus shipping', async () => {
    const { get, world } = await openShop();
    for (let i = 0; i < 20; i += 1) {
      const { json } = await get(`/orders/${world.place()}?aggregates=fulfillment_orders`);
      const cents = (value: unknown) => Math.round(Number(value) * 100);
      const lines = at(json, 'products') as unknown[];
      const subtotal = lines.reduce<number>(
        (sum, line) => sum + cents(at(line, 'price')) * Number(at(line, 'quantity')),
        0,
      );
      const shipping = cents(at(json, 'fulfillments', 0, 'shipping', 'consumer_cost', 'value'));
      expect(cents(at(json, 'subtotal'))).toBe(subtotal);
      expect(cents(at(json, 'total'))).toBe(subtotal - cents(at(json, 'discount')) + shipping);
    }
  });

  it('is found by its id, not by its number', async () => {
    const { get, world } = await openShop();
    world.place();
    expect(await get('/orders/100')).toMatchObject({ status: 404, json: { description: 'Order not found' } });
  });

  it('prints the customer only for the scope that covers it', async () => {
    const { get, world } = await openShop({ app: { scopes: ['write_orders'] } });
    const orderId = world.place();
    expect(at((await get(`/orders/${orderId}`)).json, 'customer')).toBeUndefined();
  });

  it('keeps fulfillments empty for a while when told to', async () => {
    const { get, world, clock } = await openShop({ fulfillmentsDelayMs: 5000 });
    const orderId = world.place();
    expect(at((await get(`/orders/${orderId}`)).json, 'fulfillments')).toEqual([]);
    await clock.advance(5000);
    expect(at((await get(`/orders/${orderId}`)).json, 'fulfillments')).toHaveLength(1);
  });

  it('prints the old shipping fields in v1 alone', async () => {
    const { get, world } = await openShop();
    const { json } = await get(`/orders/${world.place()}`, { version: 'v1' });
    expect(json).toMatchObject({
      shipping_cost_customer: expect.any(String),
      next_action: expect.any(String),
    });
    expect(at(json, 'payment_details', 'installments')).toBeTypeOf('string');
  });
});

describe('changes of an order', () => {
  it('PUT takes the note of the owner and the states that exist, nothing else', async () => {
    const { call, world } = await openShop();
    const path = `/orders/${world.place()}`;
    const noted = await call('PUT', path, { body: { owner_note: 'Gift', status: 'closed' } });
    expect(noted).toMatchObject({
      status: 200,
      json: { owner_note: 'Gift', status: 'closed', store_id: 5665778 },
    });
    expect(await call('PUT', path, { body: { status: 'paid' } })).toMatchObject({
      status: 422,
      json: { status: ['is not a valid status'] },
    });
    expect(await call('PUT', path, { body: { note: 'x' } })).toMatchObject({
      status: 422,
      json: { note: ['is not a known field'] },
    });
  });

  it('closes and opens again', async () => {
    const { call, world } = await openShop();
    const path = `/orders/${world.place()}`;
    expect((await call('POST', `${path}/close`)).json).toMatchObject({
      status: 'closed',
      closed_at: '2026-09-01T12:00:00+0000',
    });
    expect((await call('POST', `${path}/open`)).json).toMatchObject({ status: 'open', closed_at: null });
  });

  it('cancels for good, keeps the payment, and gives the stock back by default', async () => {
    // Arrange
    const { call, world, store } = await openShop();
    const orderId = world.place();
    world.pay(orderId);
    const line = store.orders.get(Number(orderId))!.lines[0]!;
    const before = world.stockOf(line.variantId)!;

    // Act
    const reply = await call('POST', `/orders/${orderId}/cancel`, {
      body: { reason: 'fraud', email: false },
    });

    // Assert
    expect(reply.json).toMatchObject({ status: 'cancelled', cancel_reason: 'fraud', payment_status: 'paid' });
    expect(world.stockOf(line.variantId)).toBeGreaterThanOrEqual(before + line.quantity);
    expect((await call('POST', `/orders/${orderId}/cancel`, { body: {} })).status).toBe(422);
    expect((await call('POST', `/orders/${orderId}/open`)).status).toBe(422);
    expect((await call('PUT', `/orders/${orderId}`, { body: { status: 'open' } })).status).toBe(422);
  });

  it('cancels without restocking, and refuses an unknown reason', async () => {
    const { call, world, store } = await openShop();
    const orderId = world.place();
    const { variantId } = store.orders.get(Number(orderId))!.lines[0]!;
    const before = world.stockOf(variantId);
    const wrong = await call('POST', `/orders/${orderId}/cancel`, { body: { reason: 'boredom' } });
    await call('POST', `/orders/${orderId}/cancel`, { body: { restock: false } });
    expect(wrong.json).toMatchObject({ reason: ['is not a valid reason'] });
    expect(world.stockOf(variantId)).toBe(before);
  });

  it('may leave updated_at before cancelled_at, as the official sample does', async () => {
    const { get, world, clock } = await openShop({ statusKeepsUpdatedAt: true });
    const orderId = world.place();
    await clock.advance(10_000);
    world.cancel(orderId);
    expect((await get(`/orders/${orderId}`)).json).toMatchObject({
      updated_at: '2026-09-01T12:00:00+0000',
      cancelled_at: '2026-09-01T12:00:10+0000',
    });
  });

  it('tells its history of values and editions in numbers', async () => {
    const { get, world } = await openShop();
    const orderId = world.place();
    world.pay(orderId);
    world.edit(orderId);
    const values = await get(`/orders/${orderId}/history/values`);
    const editions = await get(`/orders/${orderId}/history/editions`);
    expect(values.json).toMatchObject([
      { status: 'PAID' },
      { status: 'PENDING', happened_at: '2026-09-01T12:00:00+00:00' },
    ]);
    expect(at(values.json, 0, 'total_paid_diff')).toBeTypeOf('number');
    expect(editions.json).toMatchObject([
      { product_changes: [{ type: 'ADD' }], transaction_information: { status: 'PENDING' } },
    ]);
    expect((await get(`/orders/${orderId}`)).json).toMatchObject({ payment_status: 'partially_paid' });
    expect((await get(`/orders/${orderId}/subscriptions`)).json).toEqual({ items: [] });
  });

  it('becomes paid by a successful transaction only', async () => {
    const { call, get, world } = await openShop();
    const orderId = world.place();
    const transaction = (status: string) => ({
      payment_provider_id: 'eeac118e-5534-40ba-b539-443449bc67a3',
      payment_method: { type: 'credit_card', id: 'visa' },
      first_event: {
        amount: { value: '1.00', currency: 'ARS' },
        type: 'sale',
        status,
        happened_at: '2026-09-01T12:00:00Z',
      },
    });
    await call('POST', `/orders/${orderId}/transactions`, { body: transaction('failure') });
    expect((await get(`/orders/${orderId}`)).json).toMatchObject({ payment_status: 'pending' });
    const paid = await call('POST', `/orders/${orderId}/transactions`, { body: transaction('success') });
    expect(paid).toMatchObject({ status: 201, json: { status: 'paid' } });
    expect((await get(`/orders/${orderId}`)).json).toMatchObject({ payment_status: 'paid' });
    expect((await get(`/orders/${orderId}/transactions`)).json).toHaveLength(2);
  });

  it('packs and sends by the old calls in v1 alone', async () => {
    const { call, world } = await openShop();
    const path = `/orders/${world.place()}`;
    const v1 = { version: 'v1', body: {} };
    expect((await call('POST', `${path}/pack`, { body: {} })).status).toBe(405);
    expect((await call('POST', `${path}/pack`, v1)).json).toMatchObject({ shipping_status: 'unshipped' });
    const sent = await call('POST', `${path}/fulfill`, {
      version: 'v1',
      body: { shipping_tracking_number: 'ABC' },
    });
    expect(sent.json).toMatchObject({ shipping_status: 'shipped', shipping_tracking_number: 'ABC' });
    expect((await call('POST', `${path}/pack`, v1)).status).toBe(422);
  });
});

describe('POST /orders', () => {
  it('takes no stock unless told to, and fills what is missing with placeholders', async () => {
    // Arrange
    const { call, store, world } = await openShop();
    const variant = [...store.products.values()][0]!.variants[0]!;
    const before = world.stockOf(variant.id)!;
    const products = [{ variant_id: variant.id, quantity: 2, price: '12.34' }];

    // Act
    const bypass = await call('POST', '/orders', { body: { gateway: 'not-provided', products } });
    const afterBypass = world.stockOf(variant.id);
    const claim = await call('POST', '/orders', {
      body: { gateway: 'not-provided', products, inventory_behaviour: 'claim', payment_status: 'paid' },
    });

    // Assert
    expect(bypass).toMatchObject({
      status: 201,
      json: {
        storefront: 'api',
        subtotal: '24.68',
        contact_name: 'No informado',
        contact_email: 'email@noinformado.com',
        shipping_address: { zipcode: '0000' },
        store_id: 5665778,
      },
    });
    expect(afterBypass).toBe(before);
    expect(claim.json).toMatchObject({ payment_status: 'paid' });
    expect(world.stockOf(variant.id)).toBe(before - 2);
  });

  it('refuses an unknown variant, an unknown field, no products and too little stock', async () => {
    const { call, store } = await openShop();
    const variant = [...store.products.values()][0]!.variants[0]!;
    const post = (body: object) => call('POST', '/orders', { body: { gateway: 'x', ...body } });
    expect((await post({ products: [{ variant_id: 1, quantity: 1 }] })).json).toHaveProperty('products');
    expect((await post({ products: [] })).json).toMatchObject({ products: ["can't be blank"] });
    expect((await post({})).json).toMatchObject({ products: ["can't be blank"] });
    const line = { variant_id: variant.id, quantity: 1_000_000 };
    expect((await post({ products: [line], colour: 'red' })).json).toMatchObject({
      colour: ['is not a known field'],
    });
    expect((await post({ products: [line], inventory_behaviour: 'claim' })).status).toBe(422);
    expect((await post({ products: [line], location_id: 'nowhere' })).json).toHaveProperty('location_id');
  });
});
