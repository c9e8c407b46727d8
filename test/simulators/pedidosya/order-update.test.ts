import { describe, expect, it } from 'vitest';
import type { PedidosYaOrder } from '../../../local/platforms/pedidosya/orders/order.ts';
import { type Call, startPedidosYa } from './harness.ts';

function put(call: Call, order: PedidosYaOrder, change: object) {
  const items = order.items.map((item) => itemOf(item, { status: 'IN_CART' }));
  return call('PUT', `/v2/chains/{c}/orders/${order.order_id}`, {
    body: { order_id: order.order_id, items, ...change },
  });
}

function itemOf({ _id, pricing }: PedidosYaOrder['items'][number], change: object, price: object = {}) {
  const { pricing_type, quantity, unit_price } = pricing;
  return { _id, ...change, pricing: { pricing_type, quantity, unit_price, ...price } };
}

function newItem(sku: string, change: object) {
  return { sku, ...change, pricing: { pricing_type: 'UNIT', quantity: 2, unit_price: 12.5 } };
}

async function withOrder(storeId: 'nbet' | 's8ym' | 'ar5v' = 'nbet', lines = 2) {
  const { world, call } = await startPedidosYa();
  return { world, call, order: world.place({ storeId, lines, promoted: false }) };
}

describe('READY_FOR_PICKUP', () => {
  it('is for the platform riders', async () => {
    const { world, call, order } = await withOrder('nbet');

    const answer = await put(call, order, { status: 'READY_FOR_PICKUP' });

    expect(answer).toMatchObject({ status: 200, json: { status: 'READY_FOR_PICKUP' } });
    expect(world.order(order.order_id)).toEqual(answer.json);
    expect(world.order(order.order_id).sys.updated_at > order.sys.updated_at).toBe(true);
  });

  it('is refused where the store delivers, and changes nothing', async () => {
    const { world, call, order } = await withOrder('ar5v');

    const answer = await put(call, order, { status: 'READY_FOR_PICKUP' });

    expect(answer).toMatchObject({ status: 400, json: { code: 'INVALID_STATUS' } });
    expect(world.order(order.order_id)).toEqual(order);
  });

  it('takes a line that was not found off the sum', async () => {
    // Arrange
    const { call, order } = await withOrder();
    const [first, second] = order.items;

    // Act
    const items = [
      itemOf(first!, { status: 'IN_CART' }),
      itemOf(second!, { status: 'NOT_FOUND' }, { quantity: 0 }),
    ];
    const { json } = await put(call, order, { status: 'READY_FOR_PICKUP', items });

    // Assert
    expect(json).toMatchObject({ payment: { sub_total: first!.pricing.total_price } });
  });

  it('takes a changed quantity and a changed weight', async () => {
    // Arrange
    const { world, call } = await startPedidosYa();
    const seen = new Set<string>();

    // Act, Assert
    for (let i = 0; seen.size < 2 && i < 50; i += 1) {
      const order = world.place({ storeId: 'nbet', lines: 1, promoted: false });
      const item = order.items[0]!;
      const byWeight = item.pricing.pricing_type === 'KG';
      seen.add(item.pricing.pricing_type);
      const price = byWeight ? { weight: 1.25, weighted_pieces: 7 } : { quantity: 5 };
      const answer = await put(call, order, {
        status: 'READY_FOR_PICKUP',
        items: [itemOf(item, { status: 'IN_CART' }, price)],
      });
      const expected = item.pricing.unit_price * (byWeight ? 1.25 : 5);
      expect((answer.json!.payment as { sub_total: number }).sub_total).toBeCloseTo(expected, 2);
    }
    expect([...seen].sort()).toEqual(['KG', 'UNIT']);
  });

  it('is refused a second time', async () => {
    const { call, order } = await withOrder();
    await put(call, order, { status: 'READY_FOR_PICKUP' });

    const again = await put(call, order, { status: 'READY_FOR_PICKUP' });

    expect(again).toMatchObject({ status: 400, json: { code: 'INVALID_STATUS_TRANSITION' } });
  });
});

describe('DISPATCHED', () => {
  it('is for stores that deliver themselves', async () => {
    const { call, order } = await withOrder('ar5v');

    const answer = await put(call, order, { status: 'DISPATCHED' });

    expect(answer).toMatchObject({ status: 200, json: { status: 'DISPATCHED' } });
  });

  it('can be shown as at the sister brand', async () => {
    const { world, call } = await startPedidosYa({ dispatchedShownAs: 'READY_FOR_PICKUP' });
    const order = world.place({ storeId: 'ar5v', lines: 1 });

    const answer = await put(call, order, { status: 'DISPATCHED' });

    expect(answer).toMatchObject({ status: 200, json: { status: 'READY_FOR_PICKUP' } });
  });

  it('is refused where the platform delivers', async () => {
    const { call, order } = await withOrder('nbet');

    const answer = await put(call, order, { status: 'DISPATCHED' });

    expect(answer).toMatchObject({ status: 400, json: { code: 'INVALID_STATUS' } });
  });
});

describe('CANCELLED', () => {
  it.each(['CLOSED', 'ITEM_UNAVAILABLE', 'TOO_BUSY'])('with %s cancels for the vendor', async (reason) => {
    const { call, order } = await withOrder();

    const answer = await put(call, order, { status: 'CANCELLED', cancellation: { reason } });

    const cancellation = { reason, cancelled_by: 'VENDOR', post_picked_up: false };
    expect(answer).toMatchObject({ status: 200, json: { status: 'CANCELLED', cancellation } });
  });

  it.each([
    ['an unknown reason', { status: 'CANCELLED', cancellation: { reason: 'BORED' } }],
    ['no reason', { status: 'CANCELLED' }],
    ['a reason without cancelling', { status: 'READY_FOR_PICKUP', cancellation: { reason: 'CLOSED' } }],
  ])('is refused with %s', async (_, change) => {
    const { world, call, order } = await withOrder();

    expect((await put(call, order, change)).status).toBe(400);
    expect(world.order(order.order_id).status).toBe('RECEIVED');
  });

  it('is allowed until the hand-over and not after it', async () => {
    const { world, call, order } = await withOrder();
    const other = world.place({ storeId: 'nbet' });
    world.prepare(order.order_id);
    world.prepare(other.order_id);
    world.dispatch(other.order_id);

    const before = await put(call, order, { status: 'CANCELLED', cancellation: { reason: 'CLOSED' } });
    const after = await put(call, other, { status: 'CANCELLED', cancellation: { reason: 'CLOSED' } });

    expect([before.status, after.status]).toEqual([200, 400]);
  });
});

describe('UPDATE_CART', () => {
  it('edits lines any number of times and leaves the status', async () => {
    // Arrange
    const { call, order } = await withOrder('nbet', 1);
    const items = order.items.map((item) => itemOf(item, { status: 'IN_CART' }));

    // Act
    const first = await put(call, order, {
      status: 'UPDATE_CART',
      items: [...items, newItem('EXTRA-1', { status: 'ADDITION' })],
    });
    const second = await put(call, order, { status: 'UPDATE_CART', items });

    // Assert
    expect(first).toMatchObject({ status: 200, json: { status: 'RECEIVED' } });
    expect(second.status).toBe(200);
    expect(second.json).toMatchObject({
      items: [{ status: 'IN_CART' }, { sku: 'EXTRA-1', status: 'ADDITION', pricing: { total_price: 25 } }],
    });
  });

  it('is refused once the order is fulfilled', async () => {
    const { world, call, order } = await withOrder();
    world.prepare(order.order_id);

    expect((await put(call, order, { status: 'UPDATE_CART' })).status).toBe(400);
  });
});

describe('replaced and added lines', () => {
  it('replaces a line with a new one that names it', async () => {
    // Arrange
    const { call, order } = await withOrder('nbet', 1);
    const [old] = order.items;

    // Act
    const items = [
      itemOf(old!, { status: 'REPLACED' }),
      newItem('HSMVT9', { status: 'IN_CART', replaced_id: old!._id }),
    ];
    const { status, json } = await put(call, order, { status: 'READY_FOR_PICKUP', items });

    // Assert
    expect(status).toBe(200);
    expect(json).toMatchObject({
      items: [
        { _id: old!._id, status: 'REPLACED', pricing: { total_price: 0 } },
        { sku: 'HSMVT9', status: 'IN_CART', replaced_id: old!._id, pricing: { total_price: 25 } },
      ],
      payment: { sub_total: 25 },
    });
  });

  it.each([
    ['REPLACED without a substitute', (id: string) => [{ _id: id, status: 'REPLACED' }]],
    [
      'a substitute for a line that stays',
      (id: string) => [
        { _id: id, status: 'IN_CART' },
        { sku: 'X', status: 'IN_CART', replaced_id: id },
      ],
    ],
    ['a line that is not in the order', () => [{ _id: 'item-99', status: 'IN_CART' }]],
    ['a new SKU that is neither added nor a substitute', () => [{ sku: 'X', status: 'IN_CART' }]],
  ])('refuses %s', async (_, lines) => {
    // Arrange
    const { world, call, order } = await withOrder('nbet', 1);
    const { pricing_type } = order.items[0]!.pricing;
    const pricing = { pricing_type, quantity: 1, unit_price: 1 };

    // Act
    const items = lines(order.items[0]!._id).map((line) => ({ ...line, pricing }));
    const answer = await put(call, order, { status: 'READY_FOR_PICKUP', items });

    // Assert
    expect(answer).toMatchObject({ status: 400, json: { code: 'INVALID_ITEM' } });
    expect(world.order(order.order_id)).toEqual(order);
  });
});

it('refuses a line priced by the kilogram that is sold by the unit, and the reverse', async () => {
  const { call, order } = await withOrder('nbet', 1);
  const item = order.items[0]!;
  const pricing_type = item.pricing.pricing_type === 'KG' ? 'UNIT' : 'KG';

  const items = [itemOf(item, { status: 'IN_CART' }, { pricing_type })];
  const answer = await put(call, order, { status: 'READY_FOR_PICKUP', items });

  expect(answer).toMatchObject({ status: 400, json: { code: 'INVALID_ITEM' } });
});

it('takes nothing from a store that picks with the platform app', async () => {
  const { call, order } = await withOrder('s8ym');

  const answer = await put(call, order, { status: 'READY_FOR_PICKUP' });

  expect(answer).toMatchObject({ status: 400, json: { code: 'INVALID_PICKING_MODE' } });
});

describe('a body that is not as documented', () => {
  const pricing = { pricing_type: 'UNIT', quantity: 1, unit_price: 1 };
  it.each([
    ['no items', { items: [] }],
    ['an item without key', { items: [{ status: 'IN_CART', pricing }] }],
    ['an item without status', { items: [{ _id: 'item-1', pricing }] }],
    ['an item without pricing', { items: [{ _id: 'item-1', status: 'IN_CART' }] }],
    [
      'pricing without unit price',
      { items: [{ _id: 'item-1', status: 'IN_CART', pricing: { quantity: 1 } }] },
    ],
    ['an unknown item status', { items: [{ _id: 'item-1', status: 'EATEN', pricing }] }],
    ['a status of the sister brand', { status: 'ACCEPTED' }],
    ['an unknown field', { note: 'x' }],
    ['another order id', { order_id: 'other' }],
  ])('with %s is refused', async (_, change) => {
    const { world, call, order } = await withOrder();

    const answer = await put(call, order, { status: 'READY_FOR_PICKUP', ...change });

    expect(answer.status).toBe(400);
    expect(world.order(order.order_id)).toEqual(order);
  });

  it('needs the JSON content type, JSON, and a known order', async () => {
    const { call, order } = await withOrder();
    const path = `/v2/chains/{c}/orders/${order.order_id}`;

    const text = await call('PUT', path, { body: '{}', headers: { 'content-type': 'text/plain' } });
    const broken = await call('PUT', path, { body: '{' });
    const unknown = await call('PUT', '/v2/chains/{c}/orders/none', { body: {} });

    expect([text.status, broken.status, unknown.status]).toEqual([415, 400, 404]);
  });
});

describe('what is counted of a change', () => {
  it('is each line that is different, and each state', async () => {
    const { world, call, order } = await withOrder();
    const [first, second] = order.items;
    const items = [
      itemOf(first!, { status: 'IN_CART' }, { quantity: 7 }),
      itemOf(second!, { status: 'IN_CART' }),
    ];

    for (let n = 0; n < 2; n += 1) await put(call, order, { status: 'UPDATE_CART', items });
    await put(call, order, { status: 'READY_FOR_PICKUP', items });

    const effects = world.effects(order.order_id).map(({ kind, what }) => [kind, what]);
    expect(effects).toEqual([
      ['line', expect.stringContaining(`${first!._id} ${first!.sku} sent`)],
      ['status', 'READY_FOR_PICKUP'],
    ]);
  });

  it('is a line that was left out, where those are taken off', async () => {
    const { world, call } = await startPedidosYa({ omittedLines: 'dropped' });
    const order = world.place({ storeId: 'nbet', lines: 2, promoted: false });
    const [first, second] = order.items;

    await put(call, order, { status: 'UPDATE_CART', items: [itemOf(first!, { status: 'IN_CART' })] });

    expect(world.order(order.order_id).items).toHaveLength(1);
    expect(world.effects(order.order_id).map(({ what }) => what)).toEqual([`${second!._id} gone`]);
  });
});
