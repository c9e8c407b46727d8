import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NuvemshopSimulatorOptions } from '../../../local/platforms/nuvemshop/options.ts';
import { retryWaits } from '../../../local/platforms/nuvemshop/webhooks/retry-schedule.ts';
import { openReceiver } from '../shared/receiver.ts';
import { openShop } from './open-shop.ts';

const MINUTE = 60_000;

async function prepare(options: NuvemshopSimulatorOptions = {}) {
  const receiver = await openReceiver();
  const shop = await openShop({ webhookHosts: { 'https://app.example': receiver.url }, ...options });
  const bodies = () =>
    receiver.received.map(({ body }) => JSON.parse(body) as { event?: string; id?: unknown });
  return {
    ...shop,
    receiver,
    bodies,
    subscribe: (events?: string[]) =>
      shop.world.subscribe({
        url: 'https://app.example/in?x=1',
        ...(events === undefined ? {} : { events }),
      }),
  };
}

describe('delivery', () => {
  it('sends ids only, signed with the client secret in lower-case hex over the very bytes', async () => {
    // Arrange
    const { world, receiver, subscribe, store } = await prepare();
    subscribe();

    // Act
    const orderId = world.place();
    await world.settled();

    // Assert
    const [hook] = receiver.received;
    expect(hook?.path).toBe('/in?x=1');
    expect(hook?.body).toBe(`{"store_id":${store.id},"event":"order/created","id":${orderId}}`);
    const expected = createHmac('sha256', world.credentials().clientSecret).update(hook!.body).digest('hex');
    expect(hook?.headers['x-linkedstore-hmac-sha256']).toBe(expected);
    expect(hook?.headers['content-type']).toBe('application/json');
  });

  it('tells only what was subscribed to, and nobody after the subscription is gone', async () => {
    const { world, bodies, subscribe, store } = await prepare();
    subscribe(['order/paid']);
    const orderId = world.place();
    world.pay(orderId);
    store.webhooks.clear();
    world.cancel(orderId);
    await world.settled();
    expect(bodies().map(({ event }) => event)).toEqual(['order/paid']);
  });

  it.each([
    ['pay', ['order/paid', 'order/updated']],
    ['pack', ['order/packed', 'order/updated']],
    ['ship', ['order/fulfilled', 'order/updated']],
    ['deliver', ['order/updated']],
    ['edit', ['order/edited', 'order/updated']],
    ['changeAddress', ['order/updated']],
    ['cancel', ['order/cancelled', 'order/updated']],
    ['archive', ['order/updated']],
  ] as const)('%s is told as %j', async (action, events) => {
    const { world, subscribe } = await prepare();
    const orderId = world.place();
    subscribe();
    world[action](orderId);
    expect(world.deliveries().map(({ label }) => label)).toEqual(events);
    await world.settled();
  });

  it('tells of unpacking, voiding and pending', async () => {
    const { world, subscribe, call, store } = await prepare();
    const orderId = world.place();
    world.pack(orderId);
    subscribe(['order/unpacked', 'order/voided', 'order/pending']);
    const { id } = store.orders.get(Number(orderId))!.fulfilmentOrders[0]!;
    await call('PATCH', `/orders/${orderId}/fulfillment-orders/${id}`, { body: { status: 'UNPACKED' } });
    world.setPayment(orderId, 'voided');
    world.setPayment(orderId, 'pending');
    expect(world.deliveries().map(({ label }) => label)).toEqual([
      'order/unpacked',
      'order/voided',
      'order/pending',
    ]);
    await world.settled();
  });

  it('writes ids of fulfillment orders and locations as strings', async () => {
    const { world, bodies, subscribe, call, store } = await prepare();
    subscribe([
      'fulfillment_order/status_updated',
      'fulfillment_order/tracking_event_created',
      'fulfillment_order/tracking_event_updated',
      'fulfillment_order/tracking_event_deleted',
      'location/updated',
    ]);
    const orderId = world.place();
    const [fulfilment] = store.orders.get(Number(orderId))!.fulfilmentOrders;
    const events = `/orders/${orderId}/fulfillment-orders/${fulfilment!.id}/tracking-events`;
    world.ship(orderId);
    const body = { status: 'in_transit', happened_at: '2026-09-01T12:00:00+00:00' };
    const { json } = await call('POST', events, { body });
    const eventId = (json as { id: string }).id;
    await call('PUT', `${events}/${eventId}`, { body: { ...body, status: 'delayed' } });
    await call('DELETE', `${events}/${eventId}`);
    const [location] = store.locations.keys();
    await call('PATCH', `/locations/${location}/chosen-as-default`);
    await world.settled();
    const common = { store_id: String(store.id), order_id: orderId, fulfillment_id: fulfilment!.id };
    expect(bodies().toSorted((a, b) => String(a.event).localeCompare(String(b.event)))).toEqual([
      { ...common, event: 'fulfillment_order/status_updated', status: 'DISPATCHED' },
      {
        ...common,
        event: 'fulfillment_order/tracking_event_created',
        tracking_event_id: eventId,
        status: 'in_transit',
      },
      {
        ...common,
        event: 'fulfillment_order/tracking_event_deleted',
        tracking_event_id: eventId,
        status: 'delayed',
      },
      {
        ...common,
        event: 'fulfillment_order/tracking_event_updated',
        tracking_event_id: eventId,
        status: 'delayed',
      },
      { store_id: String(store.id), event: 'location/updated', id: location },
    ]);
  });

  it('carries a timestamp for customers alone', async () => {
    const { world, bodies, subscribe } = await prepare();
    subscribe(['customer/created', 'product/updated']);
    world.place();
    await world.settled();
    const customer = bodies().find(({ event }) => event === 'customer/created');
    expect(customer).toHaveProperty('event_launch_ts');
    expect(bodies().find(({ event }) => event === 'product/updated')).not.toHaveProperty('event_launch_ts');
  });

  it('delivers duplicates and out of order when told to', async () => {
    const { world, bodies, subscribe, clock } = await prepare({ duplicateProbability: 1 });
    subscribe(['order/created']);
    world.place();
    await clock.advance(1000);
    await world.settled();
    expect(bodies()).toHaveLength(2);
    expect(bodies()[0]).toEqual(bodies()[1]);
    expect(world.deliveries()[1]).toMatchObject({ duplicateOf: 1 });
  });
});

describe('retries', () => {
  it('come at once, then after 5, 10 and 15 minutes, then 1.4 times as late, inside 48 hours', () => {
    const waits = retryWaits(18);
    expect(waits.slice(0, 6)).toEqual([0, 5, 10, 15, 21, 29.4].map((minutes) => minutes * MINUTE));
    expect(waits.length + 1).toBe(16);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(48 * 60 * MINUTE);
    expect(retryWaits(3)).toEqual([0, 5 * MINUTE]);
  });

  it('happen after a refusal, and stop at the first success', async () => {
    const { world, receiver, subscribe, clock } = await prepare();
    const { deliverer } = world.platform;
    receiver.answer = () => (receiver.received.length < 4 ? 500 : 204);
    subscribe(['order/created']);
    world.place();
    for (const wait of [0, 1, 5 * MINUTE, 10 * MINUTE]) {
      await clock.advance(wait);
      await deliverer.quiet();
    }
    expect(world.deliveries()[0]).toMatchObject({ state: 'delivered' });
    expect(world.deliveries()[0]?.attempts.map(({ status }) => status)).toEqual([500, 500, 500, 204]);
  });

  it('follow an answer that takes longer than 3 seconds', async () => {
    const { world, receiver, subscribe, clock } = await prepare({ webhookAttempts: 1 });
    const arrived = new Promise<void>((resolve) => {
      receiver.answer = () => {
        resolve();
        return 'silent';
      };
    });
    subscribe(['order/created']);
    world.place();
    await arrived;
    await clock.advance(2999);
    expect(world.pendingDeliveries()).toBe(1);
    await clock.advance(1);
    await world.settled();
    expect(world.deliveries()[0]?.attempts).toMatchObject([{ status: 0, failure: 'timeout' }]);
  });

  it('end after the last attempt; then the event is gone', async () => {
    const { world, receiver, subscribe } = await prepare({ webhookAttempts: 1 });
    receiver.answer = () => 500;
    subscribe(['order/created']);
    world.place();
    await world.settled();
    expect(world.deliveries()[0]).toMatchObject({ state: 'given-up' });
    expect(receiver.received).toHaveLength(1);
  });
});

describe('webhooks about the app', () => {
  it('app/uninstalled goes out, then nothing more', async () => {
    const { world, bodies, subscribe, store } = await prepare();
    subscribe(['app/uninstalled', 'order/created']);
    world.uninstall();
    world.place();
    await world.settled();
    expect(bodies()).toEqual([{ store_id: store.id, event: 'app/uninstalled', id: 4321 }]);
  });

  it('app/suspended and app/resumed frame a time in which nothing is sent', async () => {
    const { world, subscribe } = await prepare();
    subscribe(['app/suspended', 'app/resumed', 'order/created']);
    world.suspend();
    world.place();
    world.resume();
    world.place();
    await world.settled();
    expect(world.deliveries().map(({ label }) => label)).toEqual([
      'app/suspended',
      'app/resumed',
      'order/created',
    ]);
  });

  it('neither is sent when the shop merely did not pay', async () => {
    const { world, subscribe } = await prepare();
    subscribe(['app/suspended', 'app/resumed']);
    world.suspend('store-unpaid');
    world.resume();
    expect(world.deliveries()).toEqual([]);
  });
});

describe('privacy webhooks', () => {
  const privacyUrls = {
    'store/redact': 'https://app.example/store-redact',
    'customers/redact': 'https://app.example/customers-redact',
    'customers/data_request': 'https://app.example/data-request',
  };

  it('go to the addresses of the panel, signed, without an event key', async () => {
    // Arrange
    const { world, receiver, store } = await prepare({ app: { privacyUrls } });
    const orderId = world.place();
    const [customer] = store.customers.values();

    // Act
    world.sendPrivacy('customers/redact');
    world.sendPrivacy('customers/data_request');
    world.uninstall();
    world.sendPrivacy('store/redact');
    await world.settled();

    // Assert
    const byPath = Object.fromEntries(
      receiver.received.map(({ path, body }) => [path, JSON.parse(body) as unknown]),
    );
    const { id, email, phone, identification } = customer!;
    const subject = { store_id: store.id, customer: { id, email, phone, identification } };
    expect(byPath).toEqual({
      '/store-redact': { store_id: store.id },
      '/customers-redact': { ...subject, orders_to_redact: [Number(orderId)] },
      '/data-request': {
        ...subject,
        orders_requested: [Number(orderId)],
        checkouts_requested: [],
        drafts_orders_requested: [],
        data_request: { id: 456 },
      },
    });
    expect(receiver.received.every(({ headers }) => 'x-linkedstore-hmac-sha256' in headers)).toBe(true);
  });

  it('need an address', async () => {
    const { world } = await prepare();
    expect(() => world.sendPrivacy('store/redact')).toThrow(/no store\/redact address/);
  });
});
