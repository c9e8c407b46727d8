import { describe, expect, it } from 'vitest';
import { at, openShop, type Shop } from './open-shop.ts';

async function prepare(type?: 'ship' | 'pickup' | 'non-shippable') {
  const shop = await openShop();
  const orderId = shop.world.place();
  const fulfilment = shop.store.orders.get(Number(orderId))!.fulfilmentOrders[0]!;
  fulfilment.shipping.type = type ?? 'ship';
  if (type === 'pickup') fulfilment.shipping.carrier.code = 'locale';
  return { ...shop, orderId, fulfilment, path: `/orders/${orderId}/fulfillment-orders/${fulfilment.id}` };
}

const patch = (shop: Shop & { path: string }, body: object) => shop.call('PATCH', shop.path, { body });

describe('fulfillment orders', () => {
  it('are listed and read with numbers for money and a colon in the offset', async () => {
    const { get, orderId, path, fulfilment } = await prepare();
    const list = await get(`/orders/${orderId}/fulfillment-orders`);
    expect(at(list.json, 0, 'total_price', 'value')).toBeTypeOf('number');
    expect(at(list.json, 0, 'created_at')).toBe('2026-09-01T12:00:00+00:00');
    expect((await get(path)).json).toMatchObject({ id: fulfilment.id, status: 'UNPACKED' });
    expect(await get(`/orders/${orderId}/fulfillment-orders/nothing`)).toMatchObject({
      status: 404,
      json: { description: 'Not Found', message: 'The fulfillment order does not exist' },
    });
    expect((await get('/orders/1/fulfillment-orders')).status).toBe(404);
  });

  it('walk from UNPACKED to DELIVERED, with history and tracking', async () => {
    const shop = await prepare();
    await patch(shop, { status: 'PACKED' });
    await patch(shop, {
      status: 'DISPATCHED',
      tracking_info: { code: 'BR1', url: 'https://t.example', notify_customer: true },
    });
    const { json } = await patch(shop, { status: 'DELIVERED' });
    expect(json).toMatchObject({
      status: 'DELIVERED',
      fulfilled_at: '2026-09-01T12:00:00+00:00',
      tracking_info: { code: 'BR1', url: 'https://t.example' },
      status_history: [{ to_status: 'PACKED' }, { to_status: 'DISPATCHED' }, { to_status: 'DELIVERED' }],
    });
    expect(at(json, 'status_history', 0, 'created_at')).toBe('2026-09-01T12:00:00.000Z');
    expect((await shop.get(`/orders/${shop.orderId}`)).json).toMatchObject({ shipping_status: 'delivered' });
  });

  it.each([
    ['ship', ['DISPATCHED'], 'UNPACKED'],
    ['ship', [], 'READY_FOR_PICKUP'],
    ['ship', ['DISPATCHED'], 'PACKED'],
    ['ship', ['PACKED', 'DISPATCHED', 'DELIVERED'], 'DISPATCHED'],
    ['pickup', ['DISPATCHED'], 'READY_FOR_PICKUP'],
    ['non-shippable', [], 'PACKED'],
  ] as const)('%s: after %j refuse %s', async (type, before, refused) => {
    const shop = await prepare(type);
    for (const status of before) expect((await patch(shop, { status })).status).toBe(200);
    expect(await patch(shop, { status: refused })).toMatchObject({
      status: 400,
      json: { description: 'Bad Request' },
    });
  });

  it.each([
    ['ship', ['PACKED', 'UNPACKED', 'PACKED']],
    ['pickup', ['PACKED', 'READY_FOR_PICKUP', 'DELIVERED']],
    ['non-shippable', ['DELIVERED']],
  ] as const)('%s: allow %j', async (type, way) => {
    const shop = await prepare(type);
    for (const status of way)
      expect(await patch(shop, { status })).toMatchObject({ status: 200, json: { status } });
  });

  it('for a branch of a carrier: are sent there, and wait there then', async () => {
    const shop = await prepare('pickup');
    shop.fulfilment.shipping.carrier.code = 'api';
    shop.world.ship(shop.orderId);

    const arrived = await patch(shop, { status: 'READY_FOR_PICKUP' });

    expect(arrived).toMatchObject({
      status: 200,
      json: { status_history: [{ to_status: 'DISPATCHED' }, { to_status: 'READY_FOR_PICKUP' }] },
    });
  });

  it('freeze the location once packed, and address, shipping and recipient once sent', async () => {
    const shop = await prepare();
    const [location] = shop.store.locations.keys();
    expect((await patch(shop, { recipient: { name: 'Otra Prueba' } })).json).toMatchObject({
      recipient: { name: 'Otra Prueba' },
    });
    expect((await patch(shop, { assigned_location: { location_id: location } })).status).toBe(200);
    await patch(shop, { status: 'PACKED' });
    expect((await patch(shop, { assigned_location: { location_id: location } })).status).toBe(400);
    await patch(shop, { status: 'DISPATCHED' });
    for (const body of [{ destination: {} }, { shipping: {} }, { recipient: {} }]) {
      expect((await patch(shop, body)).status).toBe(400);
    }
  });

  it('refuse unknown states and fields, and the states of a cancelled order', async () => {
    const shop = await prepare();
    expect((await patch(shop, { status: 'MARKED_AS_FULFILLED' })).status).toBe(422);
    expect((await patch(shop, { carrier: 'x' })).json).toMatchObject({ carrier: ['is not a known field'] });
    shop.world.cancel(shop.orderId);
    expect((await patch(shop, { status: 'PACKED' })).status).toBe(400);
  });

  it('can be deleted', async () => {
    const shop = await prepare();
    expect((await shop.call('DELETE', shop.path)).status).toBe(204);
    expect((await shop.get(shop.path)).status).toBe(404);
  });
});

describe('tracking events', () => {
  const event = {
    status: 'in_transit',
    description: 'On its way',
    address: 'Calle de Prueba 1',
    geolocation: { longitude: 73.8, latitude: 40.8 },
    happened_at: '2026-09-01T12:00:00+00:00',
    estimated_delivery_at: '2026-09-03T12:00:00+00:00',
  };

  async function dispatched() {
    const shop = await prepare();
    shop.world.ship(shop.orderId);
    const events = `${shop.path}/tracking-events`;
    return { ...shop, events, post: (body: object) => shop.call('POST', events, { body }) };
  }

  it('are created, listed, read, changed and deleted', async () => {
    const { events, post, get, call } = await dispatched();
    const created = await post(event);
    const one = `${events}/${at(created.json, 'id')}`;
    expect(created).toMatchObject({ status: 201, json: event });
    expect((await get(events)).json).toHaveLength(1);
    expect((await get(one)).json).toMatchObject({ status: 'in_transit' });
    expect((await call('PUT', one, { body: { ...event, status: 'delayed' } })).json).toMatchObject({
      status: 'delayed',
    });
    expect((await call('DELETE', one)).status).toBe(204);
    expect((await get(one)).status).toBe(404);
  });

  it('need a fulfillment order that is DISPATCHED', async () => {
    const shop = await prepare();
    expect((await shop.call('POST', `${shop.path}/tracking-events`, { body: event })).status).toBe(400);
  });

  it('are refused as duplicates inside the same minute', async () => {
    const { post } = await dispatched();
    await post(event);
    expect(await post({ ...event, happened_at: '2026-09-01T12:01:00+00:00' })).toMatchObject({
      status: 400,
      json: { message: 'The tracking event must not be identical to an existing tracking event' },
    });
    expect((await post({ ...event, happened_at: '2026-09-01T12:01:01+00:00' })).status).toBe(201);
    expect((await post({ ...event, status: 'custom_weighing' })).status).toBe(201);
  });

  it('are 100 at most', async () => {
    const { post, fulfilment } = await dispatched();
    await post(event);
    const first = fulfilment.tracking_events[0]!;
    for (let i = 1; i < 100; i += 1)
      fulfilment.tracking_events.push({ ...first, id: `${i}`, description: `${i}` });
    expect((await post({ ...event, status: 'lost' })).status).toBe(400);
  });

  it('deliver the fulfillment order by "delivered", and are frozen from then on', async () => {
    const { post, get, call, path, events } = await dispatched();
    const delivered = await post({ ...event, status: 'delivered' });
    expect((await get(path)).json).toMatchObject({
      status: 'DELIVERED',
      fulfilled_at: '2026-09-01T12:00:00+00:00',
    });
    const one = `${events}/${at(delivered.json, 'id')}`;
    expect((await call('PUT', one, { body: event })).status).toBe(400);
    expect((await call('DELETE', one)).status).toBe(400);
  });

  it('refuse unknown states, wrong dates and unknown fields', async () => {
    const { post } = await dispatched();
    expect((await post({ ...event, status: 'teleported' })).status).toBe(422);
    expect((await post({ ...event, happened_at: 'soon' })).status).toBe(422);
    expect((await post({ ...event, speed: 3 })).json).toMatchObject({ speed: ['is not a known field'] });
  });
});

describe('the effects that are counted', () => {
  const tracking_info = { code: 'BR1', url: null, notify_customer: true };
  const kindsOf = ({ world, orderId }: Awaited<ReturnType<typeof prepare>>) =>
    world.effects(orderId).map(({ kind }) => kind);

  it('are a state once, and a mail as often as one is asked for', async () => {
    const shop = await prepare();

    await patch(shop, { status: 'DISPATCHED', tracking_info });
    await patch(shop, { status: 'DISPATCHED', tracking_info });

    expect(kindsOf(shop)).toEqual(['tracking', 'mail', 'status', 'mail']);
  });

  it('are an event for each that was taken', async () => {
    const shop = await prepare();
    shop.world.ship(shop.orderId);
    const body = { status: 'lost', happened_at: '2026-09-01T12:00:00Z' };

    for (let n = 0; n < 2; n += 1) await shop.call('POST', `${shop.path}/tracking-events`, { body });

    expect(kindsOf(shop)).toEqual(['status', 'event']);
  });

  it('are what came into the list of invoices, and what a write lost', async () => {
    const shop = await prepare();
    const owner = { owner_resource: 'Order', owner_id: Number(shop.orderId), namespace: 'nfe', key: 'list' };
    const { json } = await shop.call('POST', '/metafields', { body: { ...owner, value: '[{"key":"1"}]' } });

    await shop.call('PUT', `/metafields/${at(json, 'id')}`, { body: { value: '[{"key":"2"}]' } });

    expect(shop.world.effects(shop.orderId).map(({ what }) => what)).toEqual([
      '+ {"key":"1"}',
      '+ {"key":"2"}',
      '- {"key":"1"}',
    ]);
    expect(shop.world.invoices(shop.orderId)).toEqual([{ key: '2' }]);
  });

  it('of a cancellation are the state, and stock and mail where they were asked for', async () => {
    const shop = await prepare();
    const other = shop.world.place();
    const cancel = (id: string, body: object) => shop.call('POST', `/orders/${id}/cancel`, { body });

    await cancel(shop.orderId, { reason: 'fraud', email: false, restock: false });
    await cancel(other, {});

    expect(kindsOf(shop)).toEqual(['status']);
    const kinds = shop.world.effects(other).map(({ kind }) => kind);
    expect([kinds[0], kinds.at(-1), kinds.includes('stock')]).toEqual(['status', 'mail', true]);
  });

  it('come at last of a call that the queue held, when its caller has given up', async () => {
    const shop = await prepare();
    shop.sim.faults.add({ kind: 'slow', delayMs: 20_000, match: { method: 'PATCH' }, times: 1 });
    const caller = new AbortController();
    const given = fetch(`${shop.sim.url}/2025-03/${shop.store.id}${shop.path}`, {
      method: 'PATCH',
      headers: {
        authentication: `bearer ${shop.store.accessToken}`,
        'user-agent': 'Test (test@example.com)',
        'content-type': 'application/json',
      },
      body: '{"status":"PACKED"}',
      signal: caller.signal,
    }).catch(() => 'given up');
    while (shop.sim.calls.length === 0) await new Promise(setImmediate);

    caller.abort();
    await given;
    const before = kindsOf(shop);
    await shop.clock.advance(20_000);
    while (kindsOf(shop).length === 0) await new Promise(setImmediate);

    expect([before, kindsOf(shop)]).toEqual([[], ['status']]);
  });
});
