import { describe, expect, it } from 'vitest';
import { routes } from '../../../local/platforms/pedidosya/simulator.ts';
import { startPedidosYa } from './harness.ts';

const STATUS = '/v2/chains/{c}/vendors/nbet/status';
const TEMPLATE = '/v2/chains/{chain_id}/vendors/{vendor_id}/status';
const closed = { body: { status: 'CLOSED_TODAY' } };

describe('faults', () => {
  it('answer with the error body of the platform', async () => {
    const { sim, call } = await startPedidosYa();
    sim.faults.add({ match: { path: TEMPLATE }, kind: 'status', status: 503, times: 1 });
    sim.faults.add({ match: { path: TEMPLATE }, kind: 'status', status: 429, times: 1 });

    const [down, limited, well] = [
      await call('GET', STATUS),
      await call('GET', STATUS),
      await call('GET', STATUS),
    ];

    expect(down).toMatchObject({ status: 503, json: { code: 'SERVICE_UNAVAILABLE' } });
    expect([limited.status, limited.headers.get('content-type')]).toEqual([429, 'text/html; charset=UTF-8']);
    expect(well.status).toBe(200);
  });

  it.each([
    ['reset-before', 'OPEN'],
    ['reset-after', 'CLOSED_TODAY'],
  ] as const)('with %s leave the store %s', async (kind, state) => {
    const { sim, call } = await startPedidosYa();
    sim.faults.add({ match: { method: 'PUT' }, kind, times: 1 });

    await expect(call('PUT', STATUS, closed)).rejects.toThrow();

    expect((await call('GET', STATUS)).json).toEqual({ status: state });
  });

  it('spoil the answer of a call that was carried out', async () => {
    const { sim, call } = await startPedidosYa();
    sim.faults.add({ match: { method: 'PUT' }, kind: 'empty-body', times: 1 });
    sim.faults.add({ match: { method: 'GET' }, kind: 'truncated-body', times: 1 });

    const empty = await call('PUT', STATUS, closed);
    const truncated = await call('GET', STATUS);

    expect([empty.status, empty.text]).toEqual([200, '']);
    expect([truncated.status, truncated.json]).toEqual([200, undefined]);
    expect((await call('GET', STATUS)).json).toEqual({ status: 'CLOSED_TODAY' });
  });
});

describe('the control routes', () => {
  it('let a person play a shop day', async () => {
    // Arrange
    const { world, call } = await startPedidosYa();
    const act = (name: string, body: unknown) => call('POST', `/_sim/do/${name}`, { body });

    // Act
    const placed = await act('place', { storeId: 'nbet' });
    const orderId = world.truth()[0]!.orderId;
    const statuses = [];
    for (const name of ['change', 'prepare', 'dispatch', 'deliver', 'advance', 'resend']) {
      statuses.push((await act(name, { orderId })).status);
    }
    const refused = await act('cancel', { orderId });
    const hook = await act('webhook', { purpose: 'orders', url: 'http://127.0.0.1:9/', secret: 'x' });

    // Assert
    expect(placed.status).toBe(200);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
    expect([refused.status, hook.status]).toEqual([400, 200]);
    expect((await call('GET', '/_sim/truth')).text).toContain(orderId);
  });
});

it('documents every route once', () => {
  const keys = routes.map(({ method, path }) => `${method} ${path}`);

  expect(new Set(keys).size).toBe(keys.length);
  expect(routes.every(({ source }) => source.length > 20)).toBe(true);
});
