import { describe, expect, it, onTestFinished } from 'vitest';
import { createFaultRegistry } from '../../../local/platforms/shared/fault-registry.ts';
import { createSeededRandom } from '../../../local/platforms/shared/seeded-random.ts';
import { createSimServer } from '../../../local/platforms/shared/sim-server.ts';
import type { CallRecord } from '../../../local/platforms/simulator.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

async function prepare() {
  const clock = createVirtualClock(0);
  const faults = createFaultRegistry(createSeededRandom(1));
  const calls: CallRecord[] = [];
  const state = { acted: 0 };
  const server = createSimServer({
    name: 'test',
    clock,
    faults,
    calls,
    latencyMs: () => 0,
    routeOf: (_method, path) => (path.startsWith('/things/') ? '/v1/things/{id}' : ''),
    answer: async () => {
      state.acted += 1;
      return { status: 200, body: { acted: state.acted } };
    },
    errorFor: (status) => ({ status, body: { failed: status } }),
    control: async () => ({ status: 200, body: 'control' }),
  });
  await server.start();
  onTestFinished(() => server.stop());
  const get = (path = '/things/1', init: RequestInit = {}) => fetch(`${server.url}${path}`, init);
  return { clock, faults, calls, state, get, server };
}

describe('faults of a simulated server', () => {
  it('answers and records a call without one', async () => {
    const { get, calls } = await prepare();
    const response = await get('/things/1?q=private');
    expect(await response.json()).toEqual({ acted: 1 });
    expect(calls).toEqual([
      { at: 0, method: 'GET', path: '/things/1', status: 200, route: '/v1/things/{id}' },
    ]);
  });

  it('status: the platform error body, nothing done', async () => {
    const { get, faults, state, calls } = await prepare();
    faults.add({ kind: 'status', status: 503, headers: { 'retry-after': '7' }, times: 1 });
    const response = await get();
    expect([
      response.status,
      response.headers.get('retry-after'),
      await response.json(),
      state.acted,
    ]).toEqual([503, '7', { failed: 503 }, 0]);
    expect(calls[0]).toMatchObject({ status: 503, fault: 'status' });
    expect((await get()).status).toBe(200);
  });

  it('html: a page instead of JSON, nothing done', async () => {
    const { get, faults, state } = await prepare();
    faults.add({ kind: 'html', status: 403 });
    const response = await get();
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('<html>');
    expect(state.acted).toBe(0);
  });

  it.each([
    ['reset-before', 0],
    ['reset-after', 1],
  ] as const)('%s: the connection is reset', async (kind, acted) => {
    const { get, faults, state, calls } = await prepare();
    faults.add({ kind });
    await expect(get()).rejects.toThrow();
    expect(state.acted).toBe(acted);
    expect(calls[0]).toMatchObject({ status: 0, fault: kind });
  });

  it('reset-during: headers and half of the body, then nothing', async () => {
    const { get, faults } = await prepare();
    faults.add({ kind: 'reset-during' });
    const response = await get();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it.each([
    ['timeout-before', 0],
    ['timeout-after', 1],
  ] as const)('%s: silence until the caller gives up', async (kind, acted) => {
    const { get, faults, state, calls } = await prepare();
    faults.add({ kind });
    const caller = new AbortController();
    const call = get('/things/1', { signal: caller.signal }).catch((error: unknown) => error);
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    caller.abort();
    expect(await call).toMatchObject({ name: 'AbortError' });
    expect([state.acted, calls[0]?.status]).toEqual([acted, 0]);
  });

  it('a timeout with a delay closes the connection at last', async () => {
    const { get, faults, clock } = await prepare();
    faults.add({ kind: 'timeout-before', delayMs: 5000 });
    const call = get().catch((error: unknown) => error);
    while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(5000);
    expect(await call).toBeInstanceOf(Error);
  });

  it('empty-body and truncated-body: done, but the answer is spoilt', async () => {
    const { get, faults, state } = await prepare();
    faults.add({ kind: 'empty-body', times: 1 });
    expect(await (await get()).text()).toBe('');
    faults.add({ kind: 'truncated-body', times: 1 });
    const text = await (await get()).text();
    expect(text.length).toBeGreaterThan(0);
    expect(() => JSON.parse(text)).toThrow();
    expect(state.acted).toBe(2);
  });

  it('slow: the answer comes after the delay', async () => {
    const { get, faults, clock } = await prepare();
    faults.add({ kind: 'slow', delayMs: 2000 });
    const call = get();
    while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(2000);
    expect((await call).status).toBe(200);
  });

  it('matches by method, whole path, end of the template and expression', async () => {
    const { get, faults } = await prepare();
    faults.add({ kind: 'status', match: { method: 'post' } });
    faults.add({ kind: 'status', match: { path: '/things/2' } });
    faults.add({ kind: 'status', status: 501, match: { path: /^\/things\/3/g } });
    expect((await get('/things/1')).status).toBe(200);
    expect((await get('/things/1', { method: 'POST' })).status).toBe(500);
    expect((await get('/things/2')).status).toBe(500);
    expect((await get('/things/3')).status).toBe(501);
    expect((await get('/things/3')).status).toBe(501);
    const off = faults.add({ kind: 'status', status: 418, match: { path: '/things/{id}' } });
    expect((await get('/things/9')).status).toBe(418);
    off();
    expect((await get('/things/9')).status).toBe(200);
  });

  it('leaves the control routes alone', async () => {
    const { get, faults, calls } = await prepare();
    faults.add({ kind: 'status' });
    expect(await (await get('/_sim/anything')).text()).toBe('control');
    expect(calls).toEqual([]);
  });

  it('says which port is taken and what to do', async () => {
    const { server } = await prepare();
    const port = Number(new URL(server.url).port);
    const second = await prepare();
    await second.server.stop();
    await expect(second.server.start(port)).rejects.toThrow(`Port ${port} is in use`);
  });
});
