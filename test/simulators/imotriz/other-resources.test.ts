import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { NEW_ORDERS, NOON, startImotriz } from './harness.ts';

const DAY_MS = 86_400_000;
const IDS = '/simulated/order-ids';

describe('the ids of the last 8 days', () => {
  it('come without limit, synchronised or not', async () => {
    const { world, call, newOrders } = await startImotriz();
    const ids = Array.from({ length: 70 }, () => world.place());
    await newOrders();

    const { data } = JSON.parse((await call(IDS)).text) as { data: number[] };

    expect(data.map(String)).toEqual(ids);
    expect((await newOrders()).metadata.total_transactions_found).toBe(40);
  });

  it('end at 8 days, or at the configured date when that is nearer', async () => {
    // Arrange
    const clock = createVirtualClock(NOON);
    const { world, call } = await startImotriz({ clock });
    const first = world.place();
    await clock.advance(5 * DAY_MS);
    const second = world.place();
    const ids = async () => (JSON.parse((await call(IDS)).text) as { data: number[] }).data.map(String);

    // Act
    await clock.advance(3 * DAY_MS);
    const atEight = await ids();
    await clock.advance(1);
    const pastEight = await ids();
    world.setSyncFrom(clock.now());
    const byDate = await ids();

    // Assert
    expect(atEight).toEqual([first, second]);
    expect(pastEight).toEqual([second]);
    expect(byDate).toEqual([]);
  });
});

describe('one order', () => {
  it('is given as in a page and stays unread, unless reading marks it', async () => {
    // Arrange
    const gentle = await startImotriz();
    const marking = await startImotriz({ detailMarks: true });
    const [id, other] = [gentle.world.place(), marking.world.place()];

    // Act
    const answer = await gentle.call(`/simulated/orders/${id}`);
    await marking.call(`/simulated/orders/${other}`);

    // Assert
    expect(JSON.parse(answer.text)).toEqual({ data: gentle.world.truth()[0]!.json });
    expect(gentle.world.truth()[0]!.synchronised).toBe(false);
    expect(marking.world.truth()[0]!.synchronised).toBe(true);
  });

  it('is 404 when unknown or outside the configured date', async () => {
    const clock = createVirtualClock(NOON);
    const { world, call } = await startImotriz({ clock });
    const id = world.place();
    await clock.advance(1);
    world.setSyncFrom(clock.now());

    expect((await call('/simulated/orders/1')).status).toBe(404);
    expect((await call(`/simulated/orders/${id}`)).status).toBe(404);
  });
});

describe('paths', () => {
  it('are those that were configured', async () => {
    const paths = { orderIds: '/api/ids', order: '/api/one/{id}/show' };
    const { world, call } = await startImotriz({ paths });
    const id = world.place();

    expect((await call('/api/ids')).status).toBe(200);
    expect((await call(`/api/one/${id}/show`)).status).toBe(200);
    expect((await call(IDS)).status).toBe(404);
  });

  it('that are not published can be missing', async () => {
    const { sim, call } = await startImotriz({ paths: { orderIds: null, order: null } });

    expect((await call(IDS)).status).toBe(404);
    expect(sim.routes.map(({ path }) => path)).toEqual([NEW_ORDERS]);
  });

  it('are documented, the default ones too', async () => {
    const { sim } = await startImotriz();

    expect(sim.routes).toHaveLength(3);
    expect(sim.routes.every(({ source }) => source.length > 20)).toBe(true);
  });
});

it('lets a person play by the control routes', async () => {
  // Arrange
  const { sim, world, newOrders } = await startImotriz();
  const act = async (name: string, body: object) => {
    const response = await fetch(`${sim.url}/_sim/do/${name}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return response.status;
  };

  // Act
  const statuses = [await act('place', { count: 2 }), await act('place', { oddity: 'no-id' })];
  const orderId = world.truth()[0]!.orderId;
  for (const name of ['pay', 'change', 'pack', 'ship', 'unsync', 'deliver']) {
    statuses.push(await act(name, { orderId }));
  }
  statuses.push(await act('break-page', { how: 'data-missing' }));
  const tokenBefore = world.token;
  statuses.push(await act('renew-token', {}), await act('sync-from', { at: null }));

  // Assert
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await act('cancel', { orderId })).toBe(400);
  expect(world.token).not.toBe(tokenBefore);
  expect(await newOrders()).toMatchObject({ code: 403 });
});
