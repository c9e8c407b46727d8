import { describe, expect, it } from 'vitest';
import type { Transport } from '../../../functions/http/transport.ts';
import { pedidosya } from '../../../functions/platforms/pedidosya/platform.ts';
import type { PedidosyaCredential } from '../../../functions/platforms/pedidosya/secrets.ts';
import { createBucket } from '../../../functions/rate-limit/bucket.ts';
import { createMemoryStore } from '../../../functions/rate-limit/store.ts';
import { DEFAULTS } from '../../../local/platforms/pedidosya/options.ts';
import { chainOf, connectChain, errorOf, startPedidosya } from './harness.ts';

const pair = { clientId: DEFAULTS.oauthClient.id, clientSecret: DEFAULTS.oauthClient.secret };
const granting = () => Promise.resolve(pair);
const ORDERS = /\/orders\//;
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

  it('are kept for all work of a container', async () => {
    const { connect, platform, world } = await startPedidosya({ client: { credential: granting } });
    const { order_id } = world.place();

    await connect({ correlationId: 'one' }).orders.get(order_id);
    await connect({ correlationId: 'two' }).orders.get(order_id);

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
    const { api, platform, world } = await startPedidosya({ client: { credential: granting } });
    const placed = world.place();
    platform.faults.add({ match: { path: ORDERS }, kind: 'status', status: 401, times: 1 });

    expect((await api.orders.get(placed.order_id)).json).toEqual(placed);

    expect(platform.calls.map(({ status }) => status)).toEqual([200, 401, 200, 200]);
  });

  it('are shared by calls that are refused at once', async () => {
    // Arrange: the first token is not taken any more.
    const { settings, clock, platform, world, requests, transport } = await startPedidosya();
    let revoked: string | undefined;
    const revoking: Transport = (request) => {
      const { Authorization } = request.headers;
      if (Authorization === undefined || Authorization !== revoked) return transport(request);
      return Promise.resolve({ status: 401, headers: new Headers(), body: new Uint8Array() });
    };
    const api = connectChain({ settings, credential: granting, transport: revoking, clock })();
    const { order_id } = world.place();
    await api.orders.get(order_id);
    revoked = requests.at(-1)?.headers.Authorization;

    // Act
    await Promise.all(Array.from({ length: 5 }, () => api.orders.get(order_id)));

    // Assert
    expect(revoked).toMatch(/^Bearer /);
    expect(platform.calls.filter(isToken)).toHaveLength(2);
  });

  it('that another call renewed in the meantime are used, not asked for again', async () => {
    // Arrange: the answer that refuses the first call comes late.
    const late = Promise.withResolvers<void>();
    const refused = Promise.withResolvers<void>();
    const { settings, clock, platform, world, transport } = await startPedidosya();
    const slowly: Transport = async (request) => {
      const answer = await transport(request);
      if (answer.status === 401 && request.correlationId === 'slow') {
        refused.resolve();
        await late.promise;
      }
      return answer;
    };
    const client = connectChain({ settings, credential: granting, transport: slowly, clock });
    const placed = world.place();
    platform.faults.add({ match: { path: ORDERS }, kind: 'status', status: 401, times: 2 });

    // Act
    const slow = client({ correlationId: 'slow' }).orders.get(placed.order_id);
    await refused.promise;
    await client({ correlationId: 'quick' }).orders.get(placed.order_id);
    late.resolve();

    // Assert
    expect((await slow).json).toEqual(placed);
    expect(platform.calls.filter(isToken)).toHaveLength(2);
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

  it.each<[name: string, put: PedidosyaCredential]>([
    ['another pair', pair],
    ['a static token', { token: DEFAULTS.staticToken }],
  ])('are asked for once more when a person has put in %s meanwhile', async (_, put) => {
    // Arrange
    const old = { clientId: 'x', clientSecret: 'deleted-in-the-portal' };
    const credential = async ({ fresh }: { fresh: boolean }) => (fresh ? put : old);
    const { api, world } = await startPedidosya({ client: { credential } });
    const placed = world.place();

    // Act
    const { json } = await api.orders.get(placed.order_id);

    // Assert
    expect(json).toEqual(placed);
  });

  it('are asked for by the pair that was put in, also while another call still asks by the one before', async () => {
    // Arrange: the first call hears late of the new pair, when a second one has begun with the copy of the old.
    const old = { clientId: 'x', clientSecret: 'deleted-in-the-portal' };
    const [refused, told, underWay, late] = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const credential = async ({ fresh }: { fresh: boolean }) => {
      if (!fresh) return old;
      refused!.resolve();
      await told!.promise;
      return pair;
    };
    const { settings, clock, world, transport } = await startPedidosya();
    let asked = 0;
    const slowly: Transport = async (request) => {
      asked += request.operation === 'oauth.token' ? 1 : 0;
      if (asked === 2) underWay!.resolve();
      if (asked === 2) await late!.promise;
      return transport(request);
    };
    const client = connectChain({ settings, credential, transport: slowly, clock });
    const placed = world.place();
    const first = client().orders.get(placed.order_id);
    await refused!.promise;
    const second = client().orders.get(placed.order_id);
    await underWay!.promise;

    // Act
    told!.resolve();
    late!.resolve();

    // Assert
    expect((await first).json).toEqual(placed);
    expect((await second).json).toEqual(placed);
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
    expect(asked).toEqual([false, true]);
  });

  it('stop the platform when they are refused and no other is there, after one call', async () => {
    const { api, platform } = await startPedidosya({
      client: { credential: () => Promise.resolve({ token: 'a-wrong-token' }) },
    });

    expect(await errorOf(api.orders.get('o'))).toMatchObject({
      kind: 'auth-failed',
      status: 401,
      remedy: expect.stringContaining('Administración de tokens'),
    });
    expect(platform.calls).toHaveLength(1);
  });
});

describe('a pair that no token is granted for', () => {
  it('is the credential’s failure, whatever the call was for', async () => {
    const { api, platform } = await startPedidosya({ client: { credential: granting } });
    platform.faults.add({ match: { path: '/v2/oauth/token' }, kind: 'status', status: 403 });

    expect(await errorOf(api.jobs.get('j'))).toMatchObject({
      kind: 'auth-failed',
      status: 403,
      ofCredential: true,
    });
  });
});

describe('each call', () => {
  it('takes its own slot of the shared limit, the renewal one of its own, and reports what came', async () => {
    const taken: string[] = [];
    const feedback: { [limit: string]: unknown[] } = { api: [], token: [] };
    const { api, world, platform } = await startPedidosya({
      client: {
        credential: granting,
        admit: async (operation) => void taken.push(operation),
        bucketOf: (limit) => ({
          take: async (calls) => {
            taken.push(`limit ${limit}`);
            return { granted: calls };
          },
          observe: async () => {},
        }),
        onFeedback: (one, limit) => void feedback[limit]?.push(one),
      },
    });
    const { order_id } = world.place();
    platform.faults.add({ match: { path: /orders/ }, kind: 'html', status: 403, times: 1 });

    await errorOf(api.orders.get(order_id));
    await api.orders.get(order_id);

    expect(taken).toEqual(['limit token', 'orders.get', 'orders.get']);
    expect(feedback).toEqual({
      api: [
        { throttled: true, retryAfterMs: 60_000, ageMs: 0 },
        { throttled: false, ageMs: 0 },
      ],
      token: [{ throttled: false, ageMs: 0 }],
    });
  });

  it('asks for no token while the token endpoint has no slot, whoever calls', async () => {
    // Arrange
    const { limits } = pedidosya;
    const { perSecond: rate, burst } = limits(chainOf()).token!;
    const { settings, clock, transport, platform, world } = await startPedidosya();
    const bucket = createBucket({ store: createMemoryStore(), key: 'tokens', rate, burst, clock });
    const connect = connectChain({
      settings,
      credential: granting,
      clock,
      transport,
      bucketOf: () => bucket,
    });
    const { order_id } = world.place();
    await bucket.observe({ resetMs: (burst / rate) * 1000 });

    // Act
    const early = await errorOf(connect().orders.get(order_id));
    const callsMade = platform.calls.length;
    await clock.sleep(60_000);
    await connect().orders.get(order_id);

    // Assert
    expect(early).toMatchObject({ operation: 'oauth.token', kind: 'retry-later', throttled: true });
    expect(callsMade).toBe(0);
    expect(platform.calls.filter(isToken)).toHaveLength(1);
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
