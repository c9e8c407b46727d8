import { describe, expect, it } from 'vitest';
import { createCircuitBreaker } from '../../../functions/storage/circuit-breaker.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench, STORES } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token([]);

describe('the health of the deployment', () => {
  const health = () => api.call('GET', '/v1/health', { token });

  it('is told to any token, and to nobody without one', async () => {
    expect((await health()).status).toBe(200);
    expect((await api.call('GET', '/v1/health')).status).toBe(401);
  });

  it('says how far the feed is and how old its last event', async () => {
    const before = await health();
    await api.feed.append({
      events: () => [
        {
          id: '1',
          type: 'order.created',
          at: new Date(api.clock.now()).toISOString(),
          key: 'shop:s:1',
          version: 1,
        },
      ],
    });
    api.clock.move(90_000);

    const { body } = await api.call('GET', '/v1/health', { token: api.token([]) });

    expect(before.body.feed).toEqual({ seq: 0 });
    expect(body.feed).toMatchObject({ seq: 1, lastEventAt: expect.any(String) });
    expect(body.feed.lastEventAgeSeconds).toBe(100);
  });

  it('says of how many stores of each platform nobody may call it', async () => {
    const circuit = createCircuitBreaker({
      ...tables,
      ...STORES[1]!,
      clock: api.clock,
      backfill: { request: async () => {} },
    });
    await circuit.trip('refused', 'a new token');

    const { body } = await health();

    expect(body).toMatchObject({
      status: 'degraded',
      platforms: [
        { platform: 'shop', stores: 2, circuitsOpen: 1 },
        { platform: 'mall', stores: 1, circuitsOpen: 0 },
      ],
    });
  });
});

describe('the OpenAPI document', () => {
  it('is served with a tag', async () => {
    const first = await api.call('GET', '/v1/openapi.json', { token });
    const again = await api.call('GET', '/v1/openapi.json', {
      token,
      headers: { 'if-none-match': first.headers.etag ?? '' },
    });

    expect(first.body.openapi).toBe('3.1.0');
    expect(again.status).toBe(304);
  });
});
