import { describe, expect, it } from 'vitest';
import type { PedidosyaCredential } from '../../../functions/platforms/pedidosya/client/access-token.ts';
import { createMemoryTokenCache } from '../../../functions/platforms/pedidosya/client/memory-token-cache.ts';
import { DEFAULTS } from '../../../local/platforms/pedidosya/options.ts';
import { errorOf, startPedidosya } from './harness.ts';

const pair = { clientId: DEFAULTS.oauthClient.id, clientSecret: DEFAULTS.oauthClient.secret };
const granting = () => Promise.resolve(pair);
const isToken = ({ path }: { path: string }) => path === '/v2/oauth/token';

describe('tokens of client credentials (documented: form-encoded, Bearer afterwards, life from expires_in)', () => {
  it('are asked for once, by however many calls at once, and kept', async () => {
    const { api, platform, world, requests } = await startPedidosya({ client: { credential: granting } });
    const { order_id } = world.place();

    await Promise.all(Array.from({ length: 10 }, () => api.orders.get(order_id)));
    await api.orders.get(order_id);

    expect(platform.calls.filter(isToken)).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&client_id=simulated-client&client_secret=simulated-client-secret',
    });
  });

  it('outlive the client in the injected cache', async () => {
    const tokenCache = createMemoryTokenCache();
    const { api, platform, world } = await startPedidosya({ client: { credential: granting, tokenCache } });
    const { order_id } = world.place();

    await api.orders.get(order_id);

    expect(await tokenCache.get()).toMatchObject({ accessToken: expect.any(String) });
    expect(platform.calls.filter(isToken)).toHaveLength(1);
  });

  it('are renewed five minutes before they expire, not earlier', async () => {
    const { api, platform, world, sim } = await startPedidosya({ client: { credential: granting } });
    const { order_id } = world.place();

    await api.orders.get(order_id);
    await sim.advance((7200 - 301) * 1000);
    await api.orders.get(order_id);
    expect(platform.calls.filter(isToken)).toHaveLength(1);
    await sim.advance(2000);
    await api.orders.get(order_id);

    expect(platform.calls.filter(isToken)).toHaveLength(2);
  });

  it('that live a minute are renewed halfway, not at every call', async () => {
    const { api, platform, world, sim } = await startPedidosya({
      client: { credential: granting },
      simulator: { tokenLifeSeconds: 60 },
    });
    const { order_id } = world.place();

    await api.orders.get(order_id);
    await api.orders.get(order_id);
    expect(platform.calls.filter(isToken)).toHaveLength(1);
    await sim.advance(31_000);
    await api.orders.get(order_id);

    expect(platform.calls.filter(isToken)).toHaveLength(2);
  });

  it('that are refused are renewed once, and the call made once more', async () => {
    const tokenCache = createMemoryTokenCache();
    await tokenCache.put({ accessToken: 'revoked', expiresAt: Number.MAX_SAFE_INTEGER });
    const { api, platform, world } = await startPedidosya({ client: { credential: granting, tokenCache } });
    const placed = world.place();

    expect((await api.orders.get(placed.order_id)).json).toEqual(placed);

    expect(platform.calls.map(({ status }) => status)).toEqual([401, 200, 200]);
  });

  it('are shared by calls that are refused at once', async () => {
    const tokenCache = createMemoryTokenCache();
    await tokenCache.put({ accessToken: 'revoked', expiresAt: Number.MAX_SAFE_INTEGER });
    const { api, platform, world } = await startPedidosya({ client: { credential: granting, tokenCache } });
    const { order_id } = world.place();

    await Promise.all(Array.from({ length: 5 }, () => api.orders.get(order_id)));

    expect(platform.calls.filter(isToken)).toHaveLength(1);
  });

  it('that another function renewed in the meantime are used, not asked for again', async () => {
    const shared = createMemoryTokenCache();
    const { api, platform, world } = await startPedidosya({
      client: {
        credential: granting,
        tokenCache: { ...shared, get: () => Promise.resolve(reads.shift() ?? shared.get()) },
      },
    });
    const expiresAt = Number.MAX_SAFE_INTEGER;
    const reads = [{ accessToken: 'revoked', expiresAt }];
    await shared.put({ accessToken: DEFAULTS.staticToken, expiresAt });
    const placed = world.place();

    expect((await api.orders.get(placed.order_id)).json).toEqual(placed);

    expect(platform.calls.filter(isToken)).toHaveLength(0);
  });

  it('stop the platform when the pair is wrong, with the place to renew it and without the secret', async () => {
    const wrong = { clientId: 'x', clientSecret: 'not-to-be-shown' };
    const { api } = await startPedidosya({ client: { credential: () => Promise.resolve(wrong) } });

    const error = await errorOf(api.orders.get('o'));

    expect(error).toMatchObject({
      kind: 'auth-failed',
      operation: 'oauth.token',
      remedy: expect.stringContaining('Shops Integrations'),
    });
    expect(String(error)).not.toContain('not-to-be-shown');
  });

  it('wait when the token endpoint is throttled or down', async () => {
    const { api, platform } = await startPedidosya({ client: { credential: granting } });
    platform.faults.add({ match: { path: '/v2/oauth/token' }, kind: 'status', status: 429, times: 1 });
    platform.faults.add({ match: { path: '/v2/oauth/token' }, kind: 'status', status: 503, times: 1 });

    expect(await errorOf(api.orders.get('o'))).toMatchObject({ kind: 'retry-later', throttled: true });
    expect(await errorOf(api.orders.get('o'))).toMatchObject({ kind: 'retry-later', throttled: false });
  });

  it.each(['empty-body', 'truncated-body'] as const)('are not understood from an %s', async (kind) => {
    const { api, platform } = await startPedidosya({ client: { credential: granting } });
    platform.faults.add({ match: { path: '/v2/oauth/token' }, kind, times: 1 });
    expect(await errorOf(api.orders.get('o'))).toMatchObject({
      kind: 'invalid-response',
      operation: 'oauth.token',
    });
  });
});

describe('static tokens (documented: never expire, whole chain)', () => {
  it('are read afresh once when refused, and used when they differ', async () => {
    const asked: (boolean | undefined)[] = [];
    const credential = (options?: { fresh: boolean }): Promise<PedidosyaCredential> => {
      asked.push(options?.fresh);
      return Promise.resolve({ token: options?.fresh ? DEFAULTS.staticToken : 'replaced' });
    };
    const { api, world } = await startPedidosya({ client: { credential } });
    const placed = world.place();

    expect((await api.orders.get(placed.order_id)).json).toEqual(placed);
    expect(asked).toEqual([undefined, true]);
  });

  it('stop the platform when they are refused and no other is there, after one call', async () => {
    const { api, platform } = await startPedidosya({
      client: { credential: () => Promise.resolve({ token: 'wrong' }) },
    });

    expect(await errorOf(api.orders.get('o'))).toMatchObject({
      kind: 'auth-failed',
      status: 401,
      remedy: expect.stringContaining('Administración de tokens'),
    });
    expect(platform.calls).toHaveLength(1);
  });
});

describe('each call', () => {
  it('takes its own token of the shared limit, the renewal too, and reports what came', async () => {
    const admitted: string[] = [];
    const feedback: unknown[] = [];
    const { api, world, platform } = await startPedidosya({
      client: {
        credential: granting,
        admit: (operation) => Promise.resolve(void admitted.push(operation)),
        onFeedback: (one) => void feedback.push(one),
      },
    });
    const { order_id } = world.place();
    platform.faults.add({ match: { path: /orders/ }, kind: 'html', status: 403, times: 1 });

    await errorOf(api.orders.get(order_id));
    await api.orders.get(order_id);

    expect(admitted).toEqual(['oauth.token', 'orders.get', 'orders.get']);
    expect(feedback).toEqual([{ throttled: true, retryAfterMs: 60_000 }, { throttled: false }]);
  });

  it('over 60 a minute meets HTML (documented) and is throttled for 60 s at least', async () => {
    const { api, world } = await startPedidosya({ simulator: { callsPerMinute: 2, limitStatus: 403 } });
    const { order_id } = world.place();
    await api.orders.get(order_id);
    await api.orders.get(order_id);

    const error = await errorOf(api.orders.get(order_id));

    expect(error).toMatchObject({ kind: 'retry-later', throttled: true, status: 403 });
    expect(error).toHaveProperty('retryAfterMs', 60_000);
  });
});
