import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { NOON, startPedidosYa } from './harness.ts';

const DAY_MS = 86_400_000;
const LIST = '/v2/chains/{c}/vendors/nbet/orders';

function iso(at: number): string {
  return new Date(at).toISOString();
}

function list(from: number, to: number, more = ''): string {
  return `${LIST}?start_time=${iso(from)}&end_time=${iso(to)}${more}`;
}

describe('one order', () => {
  it('is given whole, by both paths, and equals the ground truth', async () => {
    const { world, call } = await startPedidosYa();
    const placed = world.place({ storeId: 'nbet' });

    const answer = await call('GET', `/v2/chains/{c}/orders/${placed.order_id}`);
    const older = await call('GET', `/v2/orders/${placed.order_id}`);

    expect(answer.status).toBe(200);
    expect(world.truth()).toEqual([
      {
        storeId: world.chainId,
        outletId: 'nbet',
        orderId: placed.order_id,
        json: answer.json,
        announced: false,
        bareFirst: false,
      },
    ]);
    expect(older.json).toEqual(answer.json);
  });

  it('is not found when unknown or older than 60 days', async () => {
    // Arrange
    const clock = createVirtualClock(NOON);
    const { world, call } = await startPedidosYa({ clock });
    const { order_id } = world.place();

    // Act
    const unknown = await call('GET', '/v2/chains/{c}/orders/nope');
    await clock.advance(60 * DAY_MS);
    const lastDay = await call('GET', `/v2/chains/{c}/orders/${order_id}`);
    await clock.advance(1);
    const tooOld = await call('GET', `/v2/chains/{c}/orders/${order_id}`);

    // Assert
    expect([unknown.status, lastDay.status, tooOld.status]).toEqual([404, 200, 404]);
  });
});

describe('the list of orders', () => {
  it('comes in pages from 1, with their number', async () => {
    // Arrange
    const clock = createVirtualClock(NOON);
    const { world, call } = await startPedidosYa({ clock });
    const ids = Array.from({ length: 25 }, () => world.place({ storeId: 'nbet' }).order_id);
    world.place({ storeId: 'cl4p' });

    // Act
    const first = await call('GET', list(NOON, NOON));
    const second = await call('GET', list(NOON, NOON, '&page=2'));
    const beyond = await call('GET', list(NOON, NOON, '&page=3'));

    // Assert
    expect(first.json).toMatchObject({ page_number: 1, page_size: 20, total_pages: 2 });
    const seen = [first, second].flatMap(({ json }) => json?.orders as { order_id: string }[]);
    expect(seen.map(({ order_id }) => order_id)).toEqual(ids);
    expect(beyond).toMatchObject({ status: 200, json: { orders: [], page_number: 3, total_pages: 2 } });
  });

  it.each([
    ['page=0', 400],
    ['page=x', 400],
    ['page_size=0', 400],
    ['page_size=501', 400],
    ['page_size=500', 200],
    ['page_size=1', 200],
    ['unheard_of=1', 200],
  ])('with %s answers %i', async (query, status) => {
    const { call } = await startPedidosYa({ clock: createVirtualClock(NOON) });

    expect((await call('GET', list(NOON, NOON, `&${query}`))).status).toBe(status);
  });

  it.each([
    ['2026-03-10T10:40:00', '2026-03-10T12:00:00', 200],
    ['2026-03-10T10:40:00.000Z', '2026-03-10T12:00:00Z', 200],
    ['2026-01-09T12:00:00', '2026-03-10T12:00:00', 200],
    ['2026-01-09T11:59:59', '2026-03-10T12:00:00', 400],
    ['2026-03-10T12:00:00', '2026-03-10T11:00:00', 400],
    ['2026-03-10', '2026-03-11', 400],
    ['2026-03-10T10:40:00-03:00', '2026-03-10T12:00:00', 400],
    ['', '2026-03-10T12:00:00', 400],
    ['2026-13-40T10:40:00', '2026-03-10T12:00:00', 400],
  ])('from %s to %s answers %i', async (start, end, status) => {
    const { call } = await startPedidosYa({ clock: createVirtualClock(NOON) });

    const answer = await call('GET', `${LIST}?start_time=${start}&end_time=${end}`);

    expect(answer.status).toBe(status);
  });

  it.each([
    ['created', [1, 0]],
    ['updated', [0, 1]],
  ] as const)('looks at the time an order was %s', async (listWindow, counts) => {
    // Arrange
    const clock = createVirtualClock(NOON);
    const { world, call } = await startPedidosYa({ clock, listWindow });
    const { order_id } = world.place({ storeId: 'nbet' });
    await clock.advance(DAY_MS);
    world.prepare(order_id);

    // Act
    const early = await call('GET', list(NOON, NOON + 1000));
    const late = await call('GET', list(NOON + DAY_MS, NOON + DAY_MS + 1000));

    // Assert
    expect([early.json?.orders, late.json?.orders].map((orders) => (orders as object[]).length)).toEqual(
      counts,
    );
  });

  it('is empty with zero pages for a store without orders, and 404 for an unknown one', async () => {
    const { call } = await startPedidosYa({ clock: createVirtualClock(NOON) });

    const empty = await call('GET', list(NOON, NOON));
    const unknown = await call('GET', list(NOON, NOON).replace('nbet', 'zzzz'));

    expect(empty.json).toEqual({ orders: [], page_number: 1, page_size: 20, total_pages: 0 });
    expect(unknown.status).toBe(404);
  });
});
