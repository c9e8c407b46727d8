import { afterEach, describe, expect, it } from 'vitest';
import { normaliseNuvemshopOrder } from '../../../functions/platforms/nuvemshop/normalise.ts';
import { oauth } from '../../../functions/platforms/nuvemshop/oauth.ts';
import { wantedEvents } from '../../../functions/platforms/nuvemshop/webhook-bodies.ts';
import type { Feedback } from '../../../functions/rate-limit/bucket.ts';
import { drain } from './endpoints/endpoint.ts';
import { EVENT } from './endpoints/fulfilment.ts';
import { type Nuvemshop, startNuvemshop, subjectsOf } from './harness.ts';
import { storeWith } from './open-client.ts';

const WANTED_EVENTS = wantedEvents({ mirrorsProducts: true, mirrorsCustomers: false });

let started: Nuvemshop[] = [];
const start = async (...options: Parameters<typeof startNuvemshop>) => {
  const nuvemshop = await startNuvemshop(...options);
  started.push(nuvemshop);
  return nuvemshop;
};
afterEach(async () => {
  await Promise.all(started.map(({ sim }) => sim.stop()));
  started = [];
});

const URL_OF_OURS = 'https://acopio.example/webhooks/nuvemshop';

describe('subscribing to webhooks', () => {
  it('makes the subscriptions those that are wanted, and is safe to repeat', async () => {
    const { client, count } = await start();
    const first = await client.webhooks.subscribe(URL_OF_OURS, WANTED_EVENTS);
    const second = await client.webhooks.subscribe(URL_OF_OURS, WANTED_EVENTS);
    expect(first.created).toHaveLength(WANTED_EVENTS.length);
    expect(second).toMatchObject({ created: [], deleted: [], kept: { length: WANTED_EVENTS.length } });
    expect(count('POST', '/webhooks')).toBe(WANTED_EVENTS.length);
  });

  it('makes all others where the platform refuses one, and says which', async () => {
    const { sim, client, world } = await start();
    world.subscribe({ url: URL_OF_OURS, events: ['category/updated'] });
    sim.faults.add({ match: { method: 'POST', path: /webhooks/ }, kind: 'status', status: 422, times: 1 });

    const subscribing = client.webhooks.subscribe(URL_OF_OURS, WANTED_EVENTS);

    await expect(subscribing).rejects.toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining(`It refused ${WANTED_EVENTS[0]}.`) as string,
    });
    const { missing, surplus } = await client.webhooks.compare(URL_OF_OURS, WANTED_EVENTS);
    expect([missing, surplus]).toEqual([[WANTED_EVENTS[0]], []]);
  });

  it('deletes what is ours and not wanted, doubled ones too, and nothing of others', async () => {
    const { client, world, storeId } = await start();
    world.subscribe({ url: URL_OF_OURS, events: ['order/created', 'order/created', 'product/updated'] });
    world.subscribe({ url: 'https://old.example/webhooks/nuvemshop', events: ['order/created'] });
    world.subscribe({ url: 'https://other.example/their-hook', events: ['order/created'] });
    const { deleted } = await client.webhooks.subscribe(URL_OF_OURS, ['order/created', 'order/paid']);
    expect(deleted).toHaveLength(3);
    const left = [...world.platform.stores.get(Number(storeId))!.webhooks.values()];
    expect(left.map(({ event, url }) => `${event} ${new URL(url).host}`).sort()).toEqual([
      'order/created acopio.example',
      'order/created other.example',
      'order/paid acopio.example',
    ]);
  });
});

describe('installing', () => {
  it('exchanges the code of the authorize link for the token and the store (documented)', async () => {
    const { sim, world, transport, clock } = await start({ stores: [{}, { accessToken: null }] });
    const { appId, clientSecret } = world.credentials();
    const stores = [storeWith({ authUrl: `${sim.url}/apps` })];
    const app = { clientId: appId, clientSecret };
    // The merchant's own session says which store it is; the simulation has none.
    const link = `${oauth.authorizeUrl(stores, app, 'state-1')}&store_id=5665779`;
    const answer = await fetch(link, { redirect: 'manual' });
    const target = new URL(answer.headers.get('location') ?? '');
    expect(target.searchParams.get('state')).toBe('state-1');

    const call = { transport, clock, stores, app };
    const code = target.searchParams.get('code') ?? '';
    const installation = await oauth.exchange(call, code);
    expect(installation).toMatchObject({
      storeId: '5665779',
      accessToken: world.credentials('5665779').accessToken,
    });
    expect(installation.scopes).toContain('write_orders');

    const again = await oauth.exchange(call, code).catch((error: unknown) => error);
    expect(again).toMatchObject({ kind: 'refused', remedy: expect.stringContaining('link again') as string });
    for (const secret of [code, clientSecret]) expect(String(again)).not.toContain(secret);
  });

  it('subscribes every event that is wanted, and counts what it changed', async () => {
    const { client, world } = await start();
    world.subscribe({ url: URL_OF_OURS, events: ['order/created', 'category/updated'] });
    const wanted = WANTED_EVENTS.length;

    const first = await oauth.subscribe(client, URL_OF_OURS);
    const second = await oauth.subscribe(client, URL_OF_OURS);

    expect(first).toEqual({ created: wanted - 1, deleted: 1, kept: 1 });
    expect(second).toEqual({ created: 0, deleted: 0, kept: wanted });
  });

  it('goes on with the new token after a reinstallation made the old one void (documented)', async () => {
    const { sim, world, connect } = await start();
    let held = world.credentials().accessToken;
    const client = connect({
      settings: { baseUrl: `${sim.url}/v1` },
      token: async ({ fresh }) => {
        if (fresh) held = world.credentials().accessToken;
        return held;
      },
    });
    world.install();
    expect(await client.store.get()).toMatchObject({ id: '5665778' });
    expect(sim.calls.map(({ status }) => status)).toEqual([401, 200]);
  });
});

describe('parcels', () => {
  it('take an identical tracking event for a success: 400 "must not be identical" (documented)', async () => {
    const nuvemshop = await start();
    const { orderId, fulfilment } = subjectsOf(nuvemshop);
    const { client, world } = nuvemshop;
    world.ship(orderId);
    const first = await client.trackingEvents.create(orderId, fulfilment.id, EVENT);
    expect(await client.trackingEvents.create(orderId, fulfilment.id, EVENT)).toEqual(first);
    expect(await client.trackingEvents.list(orderId, fulfilment.id)).toHaveLength(1);
  });

  it('need to be dispatched before their first tracking event (documented), and are delivered by one', async () => {
    const nuvemshop = await start();
    const { orderId, fulfilment } = subjectsOf(nuvemshop);
    const { client, world } = nuvemshop;
    await expect(client.trackingEvents.create(orderId, fulfilment.id, EVENT)).rejects.toMatchObject({
      kind: 'refused',
      status: 400,
    });
    world.ship(orderId);
    await client.trackingEvents.create(orderId, fulfilment.id, { ...EVENT, status: 'delivered' });
    expect(await client.fulfilmentOrders.list(orderId)).toMatchObject([{ status: 'DELIVERED' }]);
  });
});

describe('orders', () => {
  it.each(['2025-03', 'v1'])('of version %s become what the platform holds', async (version) => {
    const { sim, world, storeId, connect } = await start({ seed: 4 });
    const client = connect({
      settings: { storeId, baseUrl: `${sim.url}/${version}` },
    });
    const ids = Array.from({ length: 12 }, () => world.place());
    for (const id of ids) for (let step = 0; step < 3; step += 1) world.step(id);
    for (const id of ids) {
      const { json, bytes } = await client.orders.get(id);
      const result = normaliseNuvemshopOrder(json, { storeId });
      expect(result).toMatchObject({ ok: true, order: { platformOrderId: id } });
      expect(result.ok && result.order.warnings).toEqual([]);
      expect(JSON.parse(Buffer.from(bytes).toString())).toBeTruthy();
    }
  });

  it('are all listed when there are more than a query gives (documented)', async () => {
    const { client, world, time, clock } = await start({ orderListCap: 10_000, stores: [{ plan: 'next' }] });
    const from = new Date(clock.now() - 1000);
    for (let order = 0; order < 450; order += 1) {
      world.place();
      await time.advance(1000);
    }
    const listed = await drain(
      client.orders.listWithin({ by: 'created_at', from, to: new Date(clock.now()) }),
    );
    expect(new Set(listed.map(({ id }) => id)).size).toBe(450);
  });
});

describe('the rate limit', () => {
  it('is learnt from the headers, on both plans (documented)', async () => {
    for (const [plan, limit] of [
      ['basic', 40],
      ['next', 400],
    ] as const) {
      const heard: Feedback[] = [];
      const { client } = await start(
        { stores: [{ plan }] },
        { onFeedback: (feedback) => heard.push(feedback) },
      );
      await client.store.get();
      const resetMs = plan === 'basic' ? 500 : 50;
      expect(heard).toEqual([
        { limit, remaining: limit - 1, resetMs, throttled: false, ageMs: expect.any(Number) },
      ]);
    }
  });

  it('answers the 41st call at once with 429, whose wait is the reset (documented)', async () => {
    const { client } = await start();
    for (let call = 0; call < 40; call += 1) await client.store.get();
    await expect(client.store.get()).rejects.toMatchObject({
      status: 429,
      throttled: true,
      retryAfterMs: 20_000,
      outcomeUnknown: false,
    });
  });
});
