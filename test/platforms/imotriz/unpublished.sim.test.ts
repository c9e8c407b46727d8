import { describe, expect, it } from 'vitest';
import { normaliseImotrizOrder } from '../../../functions/platforms/imotriz/normalise.ts';
import { answering, errorOf, newOrders, startImotriz } from './harness.ts';

const DAY_MS = 86_400_000;

describe('ids and single orders, whose paths are not published', () => {
  it('are refused while the paths are not configured, saying how to turn them on, without a call', async () => {
    const { api, platform } = await startImotriz({ settings: { paths: { newOrders } } });

    expect(await errorOf(api.orderIds())).toMatchObject({
      kind: 'refused',
      remedy: expect.stringContaining('imotriz.stores[].paths.orderIds'),
    });
    expect(await errorOf(api.order('1'))).toMatchObject({
      kind: 'refused',
      remedy: expect.stringContaining('{id}'),
    });
    expect(platform.calls).toHaveLength(0);
  });

  it('give every id of the last 8 days (documented), synchronised or not, and each order by it', async () => {
    // Arrange
    const { api, world, sim, settings } = await startImotriz();
    world.place();
    await sim.advance(9 * DAY_MS);
    const recent = Array.from({ length: 70 }, () => world.place());
    await api.newOrders();

    // Act
    const { ids, unreadable } = await api.orderIds();
    const { json, bytes } = await api.order(recent[0]!);

    // Assert
    expect({ ids, unreadable }).toEqual({ ids: recent, unreadable: 0 });
    expect(JSON.parse(Buffer.from(bytes).toString())).toEqual(json);
    expect(normaliseImotrizOrder(json, settings)).toMatchObject({
      ok: true,
      order: { platformOrderId: recent[0], warnings: [] },
    });
  });

  it.each<[string, unknown, object]>([
    ['a bare list', [1, '2', 2], { ids: ['1', '2'], unreadable: 0 }],
    ['objects', { data: [{ id: 1 }, { order_id: 'B' }, {}] }, { ids: ['1', 'B'], unreadable: 1 }],
    ['a list with gaps', { data: { '0': 1, '3': 2 } }, { ids: ['1', '2'], unreadable: 0 }],
    ['nothing', { data: [] }, { ids: [], unreadable: 0 }],
  ])('read the ids from %s', async (_, body, expected) => {
    const { api } = await startImotriz({ client: { transport: answering(body) } });
    expect(await api.orderIds()).toEqual(expected);
  });

  it.each([[{ ids: 1 }], [null], ['x'], [{ data: {} }]])('do not understand %j', async (body) => {
    const { api } = await startImotriz({ client: { transport: answering(body) } });
    expect(await errorOf(api.orderIds())).toMatchObject({ kind: 'invalid-response' });
  });

  it.each<[unknown]>([
    [{ order: { id: 1 } }],
    [{ data: { order: { id: 1 } } }],
    [{ data: [{ order: { id: 1 } }] }],
    [[{ order: { id: 1 } }]],
    [{ data: { '0': { order: { id: 1 } } } }],
  ])('find the record in %j', async (body) => {
    const { api } = await startImotriz({ client: { transport: answering(body) } });
    expect((await api.order('1')).json).toEqual({ order: { id: 1 } });
  });

  it('escape the id in the path', async () => {
    const { api, requests } = await startImotriz();
    await errorOf(api.order('a/b?c$&'));
    expect(requests[0]?.url).toMatch(/\/simulated\/orders\/a%2Fb%3Fc%24%26$/);
  });
});
