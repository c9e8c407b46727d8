import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { NOON, startPedidosYa, startReceiver } from './harness.ts';

const SECRET = 'Basic any text, verbatim';

describe('order webhooks', () => {
  it('carry the whole order, and the secret verbatim', async () => {
    const receiver = await startReceiver();
    const { world } = await startPedidosYa({ orderWebhook: { url: receiver.url, secret: SECRET } });

    const order = world.place({ storeId: 'nbet' });
    await world.settled();

    expect(receiver.received).toEqual([
      { authorization: SECRET, contentType: 'application/json', json: order },
    ]);
  });

  it('tell a partner-picking store of every status', async () => {
    const receiver = await startReceiver();
    const { world } = await startPedidosYa({ orderWebhook: { url: receiver.url, secret: SECRET } });

    const { order_id } = world.place({ storeId: 'nbet' });
    for (let i = 0; i < 4; i += 1) world.advance(order_id);
    world.cancel(world.place({ storeId: 'nbet' }).order_id, { cancelled_by: 'LOGISTICS' });
    await world.settled();

    expect(receiver.received.map(({ json }) => json.status).sort()).toEqual(
      ['RECEIVED', 'READY_FOR_PICKUP', 'DISPATCHED', 'DELIVERED', 'RECEIVED', 'CANCELLED'].sort(),
    );
  });

  it('tell a pelican store only of READY_FOR_PICKUP and CANCELLED', async () => {
    const receiver = await startReceiver();
    const { world } = await startPedidosYa({ orderWebhook: { url: receiver.url, secret: SECRET } });

    const { order_id } = world.place({ storeId: 's8ym' });
    const steps = [1, 2, 3].map(() => world.advance(order_id).status);
    world.cancel(world.place({ storeId: 's8ym' }).order_id);
    await world.settled();

    expect(steps).toEqual(['READY_FOR_PICKUP', 'PICKED_UP', 'DELIVERED']);
    expect(receiver.received.map(({ json }) => json.status).sort()).toEqual([
      'CANCELLED',
      'READY_FOR_PICKUP',
    ]);
    expect(world.truth().map(({ announced }) => announced)).toEqual([false, true]);
  });

  it('follow a PUT order, except a cart update', async () => {
    // Arrange
    const receiver = await startReceiver();
    const { world, call } = await startPedidosYa({ orderWebhook: { url: receiver.url, secret: SECRET } });
    const order = world.place({ storeId: 'nbet', lines: 1 });
    const item = order.items[0]!;
    const { pricing_type, quantity, unit_price } = item.pricing;
    const items = [{ _id: item._id, status: 'IN_CART', pricing: { pricing_type, quantity, unit_price } }];
    const path = `/v2/chains/{c}/orders/${order.order_id}`;

    // Act
    await call('PUT', path, { body: { order_id: order.order_id, status: 'UPDATE_CART', items } });
    await world.settled();
    const afterCart = world.truth()[0]!.announced;
    await call('PUT', path, { body: { order_id: order.order_id, status: 'READY_FOR_PICKUP', items } });
    await world.settled();

    // Assert
    expect(receiver.received.map(({ json }) => json.status)).toEqual(['RECEIVED', 'READY_FOR_PICKUP']);
    expect([afterCart, world.truth()[0]!.announced]).toEqual([false, true]);
  });

  it('are not sent without an address, and can be sent once more', async () => {
    const receiver = await startReceiver();
    const { world } = await startPedidosYa();
    const { order_id } = world.place({ storeId: 'nbet' });

    world.setWebhook('orders', { url: receiver.url, secret: SECRET });
    world.resend(order_id);
    await world.settled();

    expect(receiver.received).toHaveLength(1);
    expect(world.deliveries()).toHaveLength(1);
  });
});

describe('retries', () => {
  it('come five times, ten seconds apart, and then never again', async () => {
    // Arrange
    const clock = createVirtualClock(NOON);
    const receiver = await startReceiver(500, 404, 401, 503, 500, 500);
    const { world } = await startPedidosYa({ clock, orderWebhook: { url: receiver.url, secret: SECRET } });

    // Act
    world.place({ storeId: 'nbet' });
    for (let i = 0; i < 8; i += 1) {
      await world.quiet();
      await clock.advance(10_000);
    }
    await world.settled();

    // Assert
    const [delivery] = world.deliveries();
    expect(delivery?.state).toBe('given-up');
    expect(delivery?.attempts.map(({ at, status }) => [at - NOON, status])).toEqual([
      [0, 500],
      [10_000, 404],
      [20_000, 401],
      [30_000, 503],
      [40_000, 500],
      [50_000, 500],
    ]);
  });

  it('follow an answer that takes longer than ten seconds', async () => {
    // Arrange
    const clock = createVirtualClock(NOON);
    const { sim: silent, call } = await startPedidosYa();
    silent.faults.add({ kind: 'timeout-before' });
    const { world } = await startPedidosYa({
      clock,
      orderWebhook: { url: `${silent.url}/x`, secret: SECRET },
    });

    // Act
    world.place({ storeId: 'nbet' });
    while (silent.calls.length === 0) await call('GET', '/_sim/calls');
    await clock.advance(10_000);
    await world.quiet();

    // Assert
    expect(world.deliveries()[0]?.attempts).toEqual([{ at: NOON, status: 0, failure: 'timeout' }]);
    expect(world.pendingDeliveries()).toBe(1);
  });

  it('end with the first 200', async () => {
    const receiver = await startReceiver(500, 500);
    const { world } = await startPedidosYa({
      retryScale: 0,
      orderWebhook: { url: receiver.url, secret: SECRET },
    });

    world.place({ storeId: 'nbet' });
    await world.settled();

    expect(world.deliveries()[0]).toMatchObject({ state: 'delivered' });
    expect(receiver.received).toHaveLength(3);
    expect(world.pendingDeliveries()).toBe(0);
  });
});

it('sends duplicates and lets later events overtake when told to', async () => {
  // Arrange
  const clock = createVirtualClock(NOON);
  const receiver = await startReceiver();
  const { world } = await startPedidosYa({
    clock,
    duplicateProbability: 1,
    orderWebhook: { url: receiver.url, secret: SECRET },
  });

  // Act
  const { order_id } = world.place({ storeId: 'nbet' });
  await world.quiet();
  world.configureWebhooks({ duplicateProbability: 0, reorderProbability: 1 });
  world.prepare(order_id);
  world.configureWebhooks({ reorderProbability: 0 });
  world.dispatch(order_id);
  await world.quiet();
  const before = receiver.received.map(({ json }) => json.status);
  await clock.advance(1000);
  await world.settled();

  // Assert
  expect(before).toEqual(['RECEIVED', 'DISPATCHED']);
  expect(receiver.received.map(({ json }) => json.status).sort()).toEqual([
    'DISPATCHED',
    'READY_FOR_PICKUP',
    'RECEIVED',
    'RECEIVED',
  ]);
});
