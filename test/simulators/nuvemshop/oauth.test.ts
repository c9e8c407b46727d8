import { describe, expect, it } from 'vitest';
import { openShop, type Shop } from './open-shop.ts';

const redirectUrl = 'https://app.example/oauth/callback?merchant=demo';

async function authorize({ sim }: Shop, query: string): Promise<URL> {
  const response = await fetch(`${sim.url}/apps/4321/authorize?${query}`, { redirect: 'manual' });
  expect(response.status).toBe(302);
  return new URL(response.headers.get('location') ?? '');
}

async function exchange({ sim, world }: Shop, code: string, changes: object = {}) {
  const body = {
    client_id: world.platform.app.id,
    client_secret: world.platform.app.clientSecret,
    grant_type: 'authorization_code',
    code,
    ...changes,
  };
  const response = await fetch(`${sim.url}/apps/authorize/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as unknown };
}

describe('installation', () => {
  it('sends the merchant back with code and state, and exchanges the code for a token', async () => {
    // Arrange
    const shop = await openShop({ app: { redirectUrl }, stores: [{ accessToken: null }] });

    // Act
    const target = await authorize(shop, 'state=abc');
    const reply = await exchange(shop, target.searchParams.get('code') ?? '');

    // Assert
    expect(target.href.startsWith('https://app.example/oauth/callback?merchant=demo&code=')).toBe(true);
    expect(target.searchParams.get('state')).toBe('abc');
    expect(reply).toMatchObject({
      status: 200,
      json: { access_token: shop.store.accessToken, token_type: 'bearer', user_id: String(shop.store.id) },
    });
    expect((await shop.get('/store')).status).toBe(200);
  });

  it('kills the old token with the new one', async () => {
    const shop = await openShop();
    const old = shop.store.accessToken;
    await exchange(shop, shop.world.agree());
    expect((await shop.get('/store', { headers: { authentication: `bearer ${old}` } })).status).toBe(401);
    expect((await shop.get('/store')).status).toBe(200);
  });

  it('takes a code once, and for five minutes', async () => {
    const shop = await openShop();
    const used = shop.world.agree();
    await exchange(shop, used);
    const late = shop.world.agree();
    await shop.clock.advance(5 * 60_000 + 1);
    expect((await exchange(shop, used)).json).toMatchObject({ error: 'invalid_grant' });
    expect((await exchange(shop, late)).json).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringContaining('expired'),
    });
  });

  it.each([
    [{ client_secret: 'wrong' }, 'invalid_client'],
    [{ grant_type: 'refresh_token' }, 'unsupported_grant_type'],
    [{ code: undefined }, 'invalid_request'],
  ])('refuses %o as %s', async (changes, error) => {
    const shop = await openShop();
    expect((await exchange(shop, shop.world.agree(), changes)).json).toMatchObject({ error });
  });

  it('does not know other apps, and other shops only by their id', async () => {
    const shop = await openShop({ stores: [{}, {}] });
    expect((await fetch(`${shop.sim.url}/apps/1/authorize`, { redirect: 'manual' })).status).toBe(404);
    expect(
      (await fetch(`${shop.sim.url}/apps/4321/authorize?store_id=9`, { redirect: 'manual' })).status,
    ).toBe(404);
    const second = shop.world.storeIds()[1] ?? '';
    const target = await authorize(shop, `store_id=${second}`);
    expect((await exchange(shop, target.searchParams.get('code') ?? '')).json).toMatchObject({
      user_id: second,
    });
  });

  it('forgets subscriptions and token when the app is uninstalled', async () => {
    const shop = await openShop();
    shop.world.subscribe({ url: 'https://app.example/hook' });
    shop.world.uninstall();
    expect(shop.store.webhooks.size).toBe(0);
    expect((await shop.get('/store', { headers: { authentication: 'bearer undefined' } })).status).toBe(401);
    expect(() => shop.world.credentials()).toThrow(/not installed/);
  });
});
