import { describe, expect, it } from 'vitest';
import { openShop } from './open-shop.ts';

describe('faults of Nuvemshop', () => {
  it('are switched on per route and answer with its envelope', async () => {
    const { get, sim } = await openShop();
    sim.faults.add({ kind: 'status', status: 500, times: 1, match: { path: '/store' } });
    expect(await get('/store')).toMatchObject({
      status: 500,
      json: { code: 500, message: 'Internal Server Error', description: null },
    });
    expect((await get('/store')).status).toBe(200);
    expect(sim.calls.map(({ route, status, fault }) => [route, status, fault])).toEqual([
      ['/{version}/{store_id}/store', 500, 'status'],
      ['/{version}/{store_id}/store', 200, undefined],
    ]);
  });

  it('a lost answer leaves the change done, an early reset leaves it undone', async () => {
    // Arrange
    const { call, world, sim } = await openShop();
    const [lost, undone] = [world.place(), world.place()];
    const cancel = (orderId: string) => call('POST', `/orders/${orderId}/cancel`, { body: {} });

    // Act
    sim.faults.add({ kind: 'reset-after', times: 1, match: { path: '/orders/{id}/cancel' } });
    await expect(cancel(lost)).rejects.toThrow();
    sim.faults.add({ kind: 'reset-before', times: 1, match: { path: '/orders/{id}/cancel' } });
    await expect(cancel(undone)).rejects.toThrow();

    // Assert
    expect(world.truth().map(({ json }) => Reflect.get(json, 'status'))).toEqual(['cancelled', 'open']);
  });

  it('a fault in place of an answer does not touch the bucket, a spoilt answer does', async () => {
    const { get, sim, world } = await openShop();
    sim.faults.add({ kind: 'html', times: 1 });
    await get('/store').catch(() => undefined);
    expect(world.bucketLevel()).toBe(0);
    sim.faults.add({ kind: 'empty-body', times: 1 });
    expect((await get('/store')).json).toBeUndefined();
    expect(world.bucketLevel()).toBe(1);
  });
});
