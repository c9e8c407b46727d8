import { afterEach, describe, expect, it } from 'vitest';
import { normaliseNuvemshopOrder } from '../../../functions/platforms/nuvemshop/normalise.ts';
import { oauth } from '../../../functions/platforms/nuvemshop/oauth.ts';
import { WANTED_EVENTS } from '../../../functions/platforms/nuvemshop/webhook-bodies.ts';
import type { Feedback } from '../../../functions/rate-limit/bucket.ts';
import { drain } from './endpoints/endpoint.ts';
import { EVENT } from './endpoints/fulfilment.ts';
import { type Nuvemshop, startNuvemshop, subjectsOf } from './harness.ts';
import { storeWith } from './open-client.ts';

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

  it('deletes what is ours and not wanted, doubled ones too, and nothing of others', async () => {
    const { client, world } = await start();
    world.subscribe({ url: URL_OF_OURS, events: ['order/created', 'order/created', 'product/updated'] });
    world.subscribe({ url: 'https://old.example/webhooks/nuvemshop', events: ['order/created'] });
    world.subscribe({ url: 'https://other.example/their-hook', events: ['order/created'] });
    const { deleted } = await client.webhooks.subscribe(URL_OF_OURS, ['order/created', 'order/paid']);
    expect(deleted).toHaveLength(3);
    const left = await drain(client.webhooks.list());
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
    world.subscribe({ url: URL_OF_OURS, events: ['order/created', 'product/updated'] });
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

describe('invoices', () => {
  const ours = { key: '5'.repeat(29), link: 'https://invoices.example/5', fulfillment_order_id: '01FHZX' };

  it('never lose what another app wrote, and are written once (documented)', async () => {
    const nuvemshop = await start();
    const { client, count } = nuvemshop;
    const { orderId } = subjectsOf(nuvemshop);
    await client.invoices.append(orderId, { key: '4', link: 'https://other.example/4' });
    await client.invoices.append(orderId, ours);
    await client.invoices.append(orderId, ours);
    expect(await client.invoices.read(orderId)).toEqual([
      { key: '4', link: 'https://other.example/4' },
      ours,
    ]);
    expect([count('POST', '/metafields'), count('PUT', '/metafields/{id}')]).toEqual([1, 1]);
  });

  it('replace our own entry of the same key, and keep foreign fields of foreign entries', async () => {
    const nuvemshop = await start();
    const { orderId, store } = subjectsOf(nuvemshop);
    const { client } = nuvemshop;
    await client.invoices.append(orderId, ours);
    const [metafield] = [...store.metafields.values()];
    const foreign = { number: 12, series: 'A' };
    metafield!.value = JSON.stringify([foreign, ...JSON.parse(metafield!.value)]);
    await client.invoices.write(orderId, [{ ...ours, link: 'https://invoices.example/corrected' }]);
    expect(await client.invoices.read(orderId)).toEqual([
      foreign,
      { ...ours, link: 'https://invoices.example/corrected' },
    ]);
  });

  it('come back when another app overwrote them in the same moment', async () => {
    const nuvemshop = await start();
    const { orderId, store } = subjectsOf(nuvemshop);
    let raced = false;
    const client = nuvemshop.connect({
      transport: async (request) => {
        const response = await nuvemshop.transport(request);
        const [metafield] = [...store.metafields.values()];
        if (request.method === 'PUT' && !raced && metafield !== undefined) {
          raced = true;
          metafield.value = '[{"key":"4","link":"https://other.example/4"}]';
        }
        return response;
      },
    });
    await client.invoices.append(orderId, { key: '4', link: 'https://other.example/4' });
    await client.invoices.append(orderId, ours);
    expect(raced).toBe(true);
    expect(await client.invoices.read(orderId)).toEqual([
      { key: '4', link: 'https://other.example/4' },
      ours,
    ]);
  });

  it('are not written over something that is no list', async () => {
    const nuvemshop = await start();
    const { orderId, store } = subjectsOf(nuvemshop);
    await nuvemshop.client.invoices.append(orderId, ours);
    const [metafield] = [...store.metafields.values()];
    metafield!.value = 'see attachment';
    await expect(nuvemshop.client.invoices.append(orderId, ours)).rejects.toMatchObject({ kind: 'refused' });
    expect(metafield!.value).toBe('see attachment');
  });
});

describe('parcels', () => {
  it('are refused what the platform would refuse, with the reason and without the call (documented)', async () => {
    const nuvemshop = await start();
    const { orderId, fulfilment } = subjectsOf(nuvemshop);
    const { client, world, count } = nuvemshop;
    fulfilment.shipping.type = 'ship';
    const patch = (change: Parameters<typeof client.fulfilmentOrders.patch>[2]) =>
      client.fulfilmentOrders.patch(orderId, fulfilment.id, change);
    await expect(patch({ status: 'READY_FOR_PICKUP' })).rejects.toThrow(/pickups only/);
    world.ship(orderId);
    await expect(patch({ recipient: { name: 'Otro' } })).rejects.toThrow(/fixed once it was sent/);
    await expect(patch({ assigned_location: { location_id: 'L' } })).rejects.toThrow(
      /fixed once it was packed/,
    );
    await expect(patch({ status: 'UNPACKED' })).rejects.toThrow(/no way back/);
    fulfilment.shipping.type = 'non-shippable';
    fulfilment.status = 'UNPACKED';
    await expect(patch({ status: 'PACKED' })).rejects.toThrow(/straight to DELIVERED/);
    expect(count('PATCH', '/orders/{id}/fulfillment-orders/{fulfillment_id}')).toBe(0);
  });

  it('are not changed twice: the buyer would be mailed twice', async () => {
    const nuvemshop = await start();
    const { orderId, fulfilment } = subjectsOf(nuvemshop);
    const change = { status: 'PACKED', tracking_info: { code: 'T', notify_customer: true } } as const;
    await nuvemshop.client.fulfilmentOrders.patch(orderId, fulfilment.id, change);
    await nuvemshop.client.fulfilmentOrders.patch(orderId, fulfilment.id, change);
    expect(nuvemshop.count('PATCH', '/orders/{id}/fulfillment-orders/{fulfillment_id}')).toBe(1);
  });

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
    expect(await client.fulfilmentOrders.get(orderId, fulfilment.id)).toMatchObject({ status: 'DELIVERED' });
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
      expect(heard).toEqual([
        { limit, remaining: limit - 1, resetMs: plan === 'basic' ? 500 : 50, throttled: false },
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
