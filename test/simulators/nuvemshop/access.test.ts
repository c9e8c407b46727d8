import { describe, expect, it } from 'vitest';
import { openShop } from './open-shop.ts';

describe('the door of the API', () => {
  it('answers every version on the same routes, and lists them to who asks for another', async () => {
    const { get } = await openShop();
    for (const version of ['2025-03', 'v1', 'unstable'])
      expect((await get('/store', { version })).status).toBe(200);
    const unknown = await get('/store', { version: 'v2' });
    expect(unknown.status).toBe(404);
    expect(JSON.stringify(unknown.json)).toContain('2025-03, v1, unstable');
  });

  it('wants the token in Authentication, and says 401 otherwise', async () => {
    const { get, store } = await openShop();
    const token = store.accessToken ?? '';
    const missing = await get('/store', { headers: { authentication: null } });
    const standard = await get('/store', {
      headers: { authentication: null, authorization: `Bearer ${token}` },
    });
    const wrong = await get('/store', { headers: { authentication: 'bearer wrong' } });
    const elsewhere = await get('/store', { store: '1' });
    expect(missing).toMatchObject({ status: 401, json: { description: 'Required access token is missing' } });
    expect(standard.status).toBe(401);
    expect(wrong).toMatchObject({
      status: 401,
      json: { code: 401, message: 'Unauthorized', description: 'Invalid access token' },
    });
    expect(elsewhere.status).toBe(401);
  });

  it('takes Authorization when it is told to', async () => {
    const { get, store } = await openShop({ acceptAuthorizationHeader: true });
    const headers = { authentication: null, authorization: `Bearer ${store.accessToken}` };
    expect((await get('/store', { headers })).status).toBe(200);
  });

  it.each(['', 'node', 'MyApp', 'MyApp ()'])(
    'refuses the User-Agent "%s", which names no contact',
    async (agent) => {
      const { get } = await openShop();
      expect((await get('/store', { headers: { 'user-agent': agent } })).status).toBe(400);
    },
  );

  it('looks at the token before the User-Agent', async () => {
    const { get } = await openShop();
    const headers = { authentication: 'bearer wrong', 'user-agent': 'node' };
    expect((await get('/store', { headers })).status).toBe(401);
  });

  it('wants JSON in every write', async () => {
    const { call, world } = await openShop();
    const path = `/orders/${world.place()}`;
    const form = await call('PUT', path, { body: {}, headers: { 'content-type': 'text/plain' } });
    const broken = await call('PUT', path, { raw: '{"owner_note":' });
    expect(form).toMatchObject({
      status: 415,
      json: { description: 'Content-Type should be application/json' },
    });
    expect(broken).toMatchObject({ status: 400, json: { error: 'Problems parsing JSON' } });
  });

  it('refuses everything with 402 while the shop or the app is unpaid', async () => {
    const { get, world } = await openShop();
    world.suspend('store-unpaid');
    expect((await get('/store')).status).toBe(402);
    world.resume();
    expect((await get('/store')).status).toBe(200);
  });

  it('refuses with 403 what the scopes do not cover', async () => {
    const { get, call } = await openShop({ app: { scopes: ['read_orders'] } });
    expect((await get('/products')).json).toMatchObject({
      code: 403,
      description: 'Missing a required scope: read_products',
    });
    expect((await call('POST', '/orders', { body: {} })).status).toBe(403);
    expect((await get('/orders')).status).toBe(404);
  });

  it('tells an unknown path from a method that a path lacks', async () => {
    const { get, call, world } = await openShop();
    expect(await get('/nothing')).toMatchObject({ status: 404, json: { description: null } });
    const orderId = world.place();
    expect((await call('DELETE', `/orders/${orderId}`)).status).toBe(405);
    expect(world.truth()).toHaveLength(1);
  });
});
