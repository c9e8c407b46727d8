import { describe, expect, it } from 'vitest';
import { webhookEvents } from '../../../local/platforms/nuvemshop/webhooks/events.ts';
import { at, openShop } from './open-shop.ts';

const url = 'https://app.example/hooks';

describe('subscriptions', () => {
  it('are created, listed by every filter, changed and deleted', async () => {
    // Arrange
    const { call, get, clock } = await openShop();
    const created = await call('POST', '/webhooks', { body: { event: 'order/created', url } });
    await clock.advance(60_000);
    await call('POST', '/webhooks', { body: { event: 'order/paid', url: `${url}/paid` } });
    const id = Number(at(created.json, 'id'));
    const events = async (query: string) => {
      const { status, json } = await get(`/webhooks?${query}`);
      return status === 404 ? [] : (json as unknown[]).map((webhook) => at(webhook, 'event'));
    };

    // Act and assert
    expect(created).toMatchObject({
      status: 201,
      json: { event: 'order/created', url, created_at: '2026-09-01T12:00:00+0000' },
    });
    expect(await events('')).toEqual(['order/created', 'order/paid']);
    expect(await events('event=order/paid')).toEqual(['order/paid']);
    expect(await events(`url=${encodeURIComponent(url)}`)).toEqual(['order/created']);
    expect(await events(`since_id=${id}`)).toEqual(['order/paid']);
    expect(await events('created_at_min=2026-09-01T12:00:30Z')).toEqual(['order/paid']);
    expect(await events('updated_at_max=2026-09-01T12:00:30Z')).toEqual(['order/created']);
    expect((await get(`/webhooks/${id}`)).json).toMatchObject({ id, url });
    expect((await call('PUT', `/webhooks/${id}`, { body: { url: `${url}/new` } })).json).toMatchObject({
      event: 'order/created',
      url: `${url}/new`,
    });
    expect((await call('DELETE', `/webhooks/${id}`)).status).toBe(200);
    expect((await get(`/webhooks/${id}`)).status).toBe(404);
  });

  it('take every documented event', async () => {
    const { call } = await openShop();
    for (const event of Object.keys(webhookEvents)) {
      expect((await call('POST', '/webhooks', { body: { event, url } })).status, event).toBe(201);
    }
  });

  it.each([
    'http://app.example/hooks',
    'https://localhost/hooks',
    'https://127.0.0.1/hooks',
    'https://www.tiendanube.com/hooks',
    'https://api.nuvemshop.com.br/hooks',
    'hooks',
  ])('refuse the address %s', async (wrong) => {
    const { call } = await openShop();
    expect(await call('POST', '/webhooks', { body: { event: 'order/created', url: wrong } })).toMatchObject({
      status: 422,
      json: { url: ['invalid url specified'] },
    });
  });

  it('refuse an unknown event by field, and one that the scopes do not cover', async () => {
    const { call } = await openShop({ app: { scopes: ['read_products'] } });
    const post = (event: string) => call('POST', '/webhooks', { body: { event, url } });
    const unknown = await post('cart/created');
    expect(unknown.status).toBe(422);
    expect(at(unknown.json, 'event', 0)).toMatch(/^Invalid event specified/);
    expect((await post('order/created')).status).toBe(403);
    expect((await post('product/updated')).status).toBe(201);
    expect((await post('app/uninstalled')).status).toBe(201);
    expect((await call('POST', '/webhooks', { body: {} })).json).toMatchObject({
      event: ["can't be blank"],
      url: ["can't be blank"],
    });
  });

  it('take a local address when the simulation allows it', async () => {
    const { call } = await openShop({ allowLocalWebhooks: true });
    const body = { event: 'order/created', url: 'http://127.0.0.1:8787/webhooks/nuvemshop' };
    expect((await call('POST', '/webhooks', { body })).status).toBe(201);
  });
});
