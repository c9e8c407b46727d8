import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { NEW_ORDERS, NOON, startImotriz } from './harness.ts';

const DAY_MS = 86_400_000;

describe('reading new orders', () => {
  it('hands out 30 at most, each once, and counts what is left', async () => {
    // Arrange
    const { world, newOrders } = await startImotriz();
    const ids = Array.from({ length: 65 }, () => world.place());

    // Act
    const pages = [await newOrders(), await newOrders(), await newOrders(), await newOrders()];

    // Assert
    expect(pages.map(({ metadata }) => Object.values(metadata))).toEqual([
      [65, 30, 35],
      [35, 30, 5],
      [5, 5, 0],
      [0, 0, 0],
    ]);
    expect(pages.flatMap(({ data }) => data.map(({ order }) => String(order.id)))).toEqual(ids);
    expect(world.truth().every(({ synchronised }) => synchronised)).toBe(true);
  });

  it('gives the record of the ground truth, in three parts', async () => {
    const { world, newOrders } = await startImotriz();
    world.place();

    const { data } = await newOrders();

    expect(Object.keys(data[0]!)).toEqual(['order', 'products', 'buyer']);
    expect(data).toEqual(world.truth().map(({ json }) => json));
  });

  it('marks them as read even when the answer is lost', async () => {
    // Arrange
    const { sim, world, call, newOrders } = await startImotriz();
    const lost = world.place();
    sim.faults.add({ match: { path: NEW_ORDERS }, kind: 'reset-after', times: 1 });

    // Act
    await expect(call(NEW_ORDERS)).rejects.toThrow();
    const after = await newOrders();
    world.unsync(lost);
    const again = await newOrders();

    // Assert
    expect(after.data).toEqual([]);
    expect(again.data.map(({ order }) => String(order.id))).toEqual([lost]);
  });

  it('does not mark them when the platform never acted', async () => {
    const { sim, world, call, newOrders } = await startImotriz();
    world.place();
    sim.faults.add({ kind: 'reset-before', times: 1 });

    await expect(call(NEW_ORDERS)).rejects.toThrow();

    expect((await newOrders()).data).toHaveLength(1);
  });

  it('leaves out what was sold before the configured date', async () => {
    // Arrange
    const clock = createVirtualClock(NOON);
    const { world, newOrders } = await startImotriz({ clock });
    world.place();
    await clock.advance(2 * DAY_MS);
    const young = world.place();

    // Act
    world.setSyncFrom(NOON + DAY_MS);
    const { data } = await newOrders();

    // Assert
    expect(data.map(({ order }) => String(order.id))).toEqual([young]);
  });
});

describe('a change', () => {
  it.each(['pay', 'change', 'pack', 'ship', 'deliver', 'cancel'] as const)(
    'by %s reports an order again that was read before',
    async (step) => {
      // Arrange
      const { world, newOrders } = await startImotriz();
      const id = world.place();
      await newOrders();
      const before = world.truth()[0]!.json;

      // Act
      world[step](id);
      const { data } = await newOrders();

      // Assert
      expect(data).toEqual(world.truth().map(({ json }) => json));
      expect(data[0]).not.toEqual(before);
    },
  );

  it('is never reported where only a click un-synchronises', async () => {
    const { world, newOrders } = await startImotriz({ changesUnsync: false });
    const id = world.place();
    await newOrders();

    world.change(id, 'line');

    expect((await newOrders()).data).toEqual([]);
  });

  it('is impossible once the sale is over, and for unknown orders', async () => {
    const { world } = await startImotriz();
    const id = world.place();
    world.cancel(id);

    expect(() => world.ship(id)).toThrow(/Cancelado/);
    expect(() => world.pay('1')).toThrow(/No order/);
  });
});

describe('refusals', () => {
  it.each([
    ['no token', { authorization: '' }, 401],
    ['a wrong token', { authorization: 'nope' }, 401],
    ['the token behind a scheme', { authorization: 'Bearer simulated-imotriz-token' }, 401],
    ['another content type', { 'content-type': 'text/plain' }, 400],
  ])('with %s', async (_, headers, status) => {
    const { world, call } = await startImotriz();
    world.place();

    const answer = await call(NEW_ORDERS, headers);

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ code: status, message: expect.any(String) });
    expect(world.truth()[0]!.synchronised).toBe(false);
  });

  it('of the old token once there is a new one', async () => {
    const { world, call } = await startImotriz();
    const old = world.token;

    const fresh = world.renewToken();

    expect((await call(NEW_ORDERS, { authorization: old })).status).toBe(401);
    expect((await call(NEW_ORDERS, { authorization: fresh })).status).toBe(200);
  });

  it('while the date was never set, on every resource', async () => {
    const { world, call } = await startImotriz({ syncFrom: null });

    const answers = [
      await call(NEW_ORDERS),
      await call('/simulated/order-ids'),
      await call('/simulated/orders/1'),
    ];
    world.setSyncFrom(Date.now());

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect((await call(NEW_ORDERS)).status).toBe(200);
  });

  it('of a date more than 30 days back', async () => {
    const { world } = await startImotriz({ clock: createVirtualClock(NOON) });

    expect(() => world.setSyncFrom(NOON - 30 * DAY_MS - 1)).toThrow(/30 days/);
    expect(() => world.setSyncFrom(NOON - 30 * DAY_MS)).not.toThrow();
  });

  it('with an unknown error of the server, in its own words', async () => {
    const { sim, world, call } = await startImotriz();
    world.place();
    sim.faults.add({ kind: 'status', status: 500, times: 1 });

    const answer = await call(NEW_ORDERS);

    expect([answer.status, JSON.parse(answer.text).code]).toEqual([500, 500]);
    expect(world.truth()[0]!.synchronised).toBe(false);
  });

  it('of other paths and methods', async () => {
    const { call } = await startImotriz();

    expect((await call('/api/cart')).status).toBe(404);
    expect((await call(NEW_ORDERS, {}, 'POST')).status).toBe(405);
  });
});
