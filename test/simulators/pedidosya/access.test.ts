import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../local/platforms/pedidosya/options.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { type Call, NOON, startPedidosYa } from './harness.ts';

const VENDOR = '/v2/chains/{c}/vendors/nbet';
const client = { client_id: DEFAULTS.oauthClient.id, client_secret: DEFAULTS.oauthClient.secret };

function askToken(call: Call, form: Record<string, string>) {
  return call('POST', '/v2/oauth/token', {
    body: new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: '' },
  });
}

describe('static tokens', () => {
  it('opens the chain with a token that never expires', async () => {
    const clock = createVirtualClock(NOON);
    const { call } = await startPedidosYa({ clock });

    await clock.advance(5 * 365 * 86_400_000);

    expect((await call('GET', `${VENDOR}/status`)).status).toBe(200);
  });

  it.each(['', 'Bearer nope', DEFAULTS.staticToken, `Basic ${DEFAULTS.staticToken}`])(
    'refuses the header "%s" with 401',
    async (authorization) => {
      const { call } = await startPedidosYa();

      expect((await call('GET', `${VENDOR}/status`, { headers: { authorization } })).status).toBe(401);
    },
  );

  it('holds eleven tokens and ten clients at most', async () => {
    const { world } = await startPedidosYa();

    for (let i = 0; i < 10; i += 1) world.credentials.addStaticToken();
    for (let i = 0; i < 9; i += 1) world.credentials.addClient();

    expect(() => world.credentials.addStaticToken()).toThrow(/11/);
    expect(() => world.credentials.addClient()).toThrow(/10/);
  });

  it('refuses a token that was revoked', async () => {
    const { world, call } = await startPedidosYa();

    world.credentials.revoke(DEFAULTS.staticToken);

    expect((await call('GET', `${VENDOR}/status`)).status).toBe(401);
  });
});

describe('OAuth client credentials', () => {
  it('grants a bearer token that works until it expires', async () => {
    // Arrange
    const clock = createVirtualClock(NOON);
    const { call } = await startPedidosYa({ clock, tokenLifeSeconds: 100 });

    // Act
    const grant = await askToken(call, { grant_type: 'client_credentials', ...client });
    const headers = { authorization: `Bearer ${String(grant.json?.access_token)}` };
    const fresh = await call('GET', `${VENDOR}/status`, { headers });
    await clock.advance(100_000);
    const stale = await call('GET', `${VENDOR}/status`, { headers });

    // Assert
    expect(grant.json).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 100 });
    expect([fresh.status, stale.status]).toEqual([200, 401]);
  });

  it('does not read a JSON body', async () => {
    const { call } = await startPedidosYa();

    const answer = await call('POST', '/v2/oauth/token', {
      body: { grant_type: 'client_credentials', ...client },
    });

    expect(answer.status).toBe(400);
    expect(answer.json?.message).toBe('client_id is required');
  });

  it('refuses a wrong pair, a missing field and another grant', async () => {
    const { call } = await startPedidosYa();

    const wrong = await askToken(call, { grant_type: 'client_credentials', ...client, client_secret: 'no' });
    const missing = await askToken(call, { grant_type: 'client_credentials', client_id: client.client_id });
    const other = await askToken(call, { grant_type: 'password', ...client });

    expect([wrong.status, missing.status, other.status]).toEqual([401, 400, 400]);
    expect(wrong.json?.message).toBe('Invalid client credentials');
  });

  it('lets a granted token die early, as after a restart', async () => {
    const { world, call } = await startPedidosYa();
    const grant = await askToken(call, { grant_type: 'client_credentials', ...client });
    const headers = { authorization: `Bearer ${String(grant.json?.access_token)}` };

    world.credentials.revokeGranted();

    expect((await call('GET', `${VENDOR}/status`, { headers })).status).toBe(401);
  });
});

describe('paths', () => {
  it('refuses another chain with 403', async () => {
    const { call } = await startPedidosYa();

    const answer = await call('GET', '/v2/chains/00000000-0000-4000-8000-000000000000/vendors/nbet/status');

    expect(answer.status).toBe(403);
  });

  it('answers an unknown path with an empty 404, the list without its suffix included', async () => {
    const { call } = await startPedidosYa();

    const answers = [await call('GET', VENDOR), await call('GET', '/v1/anything')];

    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [404, ''],
      [404, ''],
    ]);
  });

  it('answers a wrong method with 405', async () => {
    const { call } = await startPedidosYa();

    expect((await call('DELETE', `${VENDOR}/catalog`)).status).toBe(405);
  });

  it('knows a store only by the code the partner gave it', async () => {
    const { call } = await startPedidosYa();

    const own = await call('GET', '/v2/chains/{c}/vendors/store-002/status');
    const platforms = await call('GET', '/v2/chains/{c}/vendors/s8ym/status');

    expect([own.status, platforms.status]).toEqual([200, 404]);
    expect(platforms.json?.code).toBe('VENDOR_NOT_FOUND');
  });
});
