import { describe, expect, it, onTestFinished } from 'vitest';
import { createNuvemshopSimulator } from '../../../local/platforms/nuvemshop/simulator.ts';

async function prepare() {
  const sim = createNuvemshopSimulator({ queueDelayScale: 0 });
  await sim.start();
  onTestFinished(() => sim.stop());
  const control = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${sim.url}/_sim${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  return { sim, control };
}

describe('control routes', () => {
  it('switches a fault on and off over HTTP', async () => {
    // Arrange
    const { sim, control } = await prepare();
    const { storeId, accessToken } = sim.world.credentials();
    const store = () =>
      fetch(`${sim.url}/v1/${storeId}/store`, {
        headers: { authentication: `bearer ${accessToken}`, 'user-agent': 'Test (test@example.com)' },
      });

    // Act
    const added = await control('POST', '/faults', {
      kind: 'status',
      status: 503,
      match: { pattern: '/store$' },
    });
    const broken = await store();
    const listed = await control('GET', '/faults');
    await control('DELETE', '/faults');
    const mended = await store();

    // Assert
    expect([added.status, broken.status, mended.status]).toEqual([201, 503, 200]);
    expect(listed.json).toMatchObject([{ kind: 'status', status: 503 }]);
    expect((await control('GET', '/calls')).json).toMatchObject([
      { status: 503, fault: 'status' },
      { status: 200 },
    ]);
  });

  it('lets orders happen and tells the truth about them', async () => {
    const { sim, control } = await prepare();
    const placed = await control('POST', '/do/place', {});
    const orderId = sim.world.truth()[0]?.orderId;
    expect(placed).toEqual({ status: 200, json: { orderId } });
    expect((await control('POST', '/do/pay', { orderId })).status).toBe(200);
    expect((await control('GET', '/truth')).json).toMatchObject([
      { orderId, json: { payment_status: 'paid' } },
    ]);
  });

  it('explains itself, also to who asks for something unknown', async () => {
    const { control } = await prepare();
    expect((await control('GET', '')).json).toMatchObject({ simulator: 'nuvemshop' });
    expect(await control('POST', '/do/nothing', {})).toMatchObject({ status: 404 });
    expect((await control('GET', '/routes')).json).toContainEqual(
      expect.objectContaining({ method: 'GET', path: '/{version}/{store_id}/orders' }),
    );
    expect((await control('GET', '/deliveries')).json).toEqual({ pending: 0, deliveries: [] });
  });

  it('refuses a fault that it does not know, and an unknown order', async () => {
    const { control } = await prepare();
    expect(await control('POST', '/faults', { kind: 'explosion' })).toMatchObject({ status: 400 });
    expect(await control('POST', '/faults', { kind: 'slow', speed: 3 })).toMatchObject({ status: 400 });
    expect(await control('POST', '/do/pay', { orderId: '1' })).toMatchObject({
      status: 400,
      json: { error: 'Order 1 does not exist in this simulation.' },
    });
  });
});
