import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nuvemshop } from '../../../functions/platforms/nuvemshop/platform.ts';
import { signNuvemshop } from '../../../functions/platforms/nuvemshop/webhook-proof.ts';
import { storeWith } from './open-client.ts';
import { sampleOrder } from './sample-order.ts';

const STORES = [
  storeWith({ storeId: '111' }),
  storeWith({ storeId: '222', customers: true }),
  storeWith({ storeId: '444', catalogue: false }),
];
const bytesOf = (json: unknown) => Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
const read = (topic: string, json: unknown) => nuvemshop.read({ topic, bytes: bytesOf(json) }, STORES);
const event = (name: string, more: object = {}) => read('event', { store_id: 222, event: name, ...more });

const PERSON = { id: 9, email: 'persona@example.com', phone: '+54 11 5555', identification: '30111222' };
const PRIVACY = [
  ['store/redact', 'erase-store', { orderIds: [] }, {}],
  [
    'customers/redact',
    'erase-customer',
    { customerId: '9', orderIds: ['7'] },
    { customer: PERSON, orders_to_redact: [7] },
  ],
  [
    'customers/data_request',
    'export-customer',
    { customerId: '9', orderIds: ['7'], dataRequestId: '5' },
    { customer: PERSON, orders_requested: [7], data_request: { id: 5 } },
  ],
] as const;
const noticeOf = (storeId: number, more: object) => ({ store_id: storeId, ...more });

describe('an event', () => {
  it.each([111, '222'])('of an order of store %j says that the order changed', (storeId) => {
    const reading = read('event', { store_id: storeId, event: 'order/paid', id: 42 });

    expect(reading).toEqual({ items: [{ kind: 'changed', storeId: String(storeId), orderId: '42' }] });
  });

  it.each([
    ['app/suspended', 'a notice says otherwise', 'notice', 'app/resumed follows'],
    ['app/uninstalled', 'there is a new token', 'token', 'NuvemshopInstallUrl'],
  ])('%s stops all calls until %s', (cause, _, closedBy, hint) => {
    const remedy: unknown = expect.stringContaining(hint);

    expect(event(cause).items).toEqual([{ kind: 'suspended', storeId: '222', cause, closedBy, remedy }]);
  });

  it('says that the app is welcome again', () => {
    expect(event('app/resumed').items).toEqual([{ kind: 'resumed', storeId: '222' }]);
  });

  it('of a product says that the product changed', () => {
    expect(event('product/deleted', { id: 9 })).toEqual({
      items: [{ kind: 'changed', storeId: '222', resource: 'product', orderId: '9' }],
    });
  });

  it('of a product needs no work where products are not mirrored', () => {
    const body = { store_id: 444, event: 'product/updated', id: 9 };

    expect(read('event', body)).toEqual({ items: [{ kind: 'ignored' }] });
  });

  it('of a customer says that the customer changed', () => {
    expect(event('customer/deleted', { id: 9, event_launch_ts: 1_760_000_000 })).toEqual({
      items: [{ kind: 'changed', storeId: '222', resource: 'customer', orderId: '9' }],
    });
  });

  it('of a customer needs no work where customers are not mirrored', () => {
    const body = { store_id: 111, event: 'customer/updated', id: 9 };

    expect(read('event', body)).toEqual({ items: [{ kind: 'ignored' }] });
  });

  it.each(['category/updated', 'moon/risen'])('%s needs no work', (name) => {
    expect(event(name, { id: 1 })).toEqual({ items: [{ kind: 'ignored' }] });
  });

  it.each([
    ['of a store that is not configured', { store_id: 333, event: 'order/paid', id: 1 }, 'foreign-store'],
    ['of such a store, about the app', { store_id: 333, event: 'app/suspended' }, 'foreign-store'],
    ['without its order', { store_id: 222, event: 'order/paid' }, 'schema-mismatch'],
    ['that is no JSON', '{"store_id":', 'not-json'],
  ])('%s is shown whole, under the first store', (_, json, reason) => {
    const reading = read('event', json);

    expect(reading).toMatchObject({ items: [{ kind: 'unreadable', storeId: '111', reason }] });
    expect(reading.items[0]).not.toHaveProperty('bytes');
  });
});

describe('a privacy notice (documented)', () => {
  it.each(PRIVACY)('%s asks for what its address says', (topic, meant, ids, more) => {
    const reading = read(topic, noticeOf(222, more));

    const request = { storeId: '222', ...ids };
    expect(reading).toEqual({ items: [{ kind: 'privacy', storeId: '222', topic: meant, request }] });
  });

  it.each(PRIVACY.flatMap(([topic]) => PRIVACY.map(([other, , , more]) => [topic, other, more] as const)))(
    'to the address of %s, with the body of %s, is carried out only where the two belong together',
    (topic, other, more) => {
      const reading = read(topic, noticeOf(222, more));

      const kind = topic === other ? 'privacy' : 'unreadable';
      expect(reading.items).toMatchObject([{ kind }]);
    },
  );

  it.each([
    ['an order event', { store_id: 222, event: 'order/paid', id: 42 }],
    ['an event of the app', { store_id: 222, event: 'app/uninstalled', id: 7 }],
    ['an event without an id', { store_id: 222, event: 'domain/updated' }],
    ['a documented notice with a key more', { store_id: 222, when: 'now' }],
  ])('is not what was meant by %s that was sent to an address of privacy notices', (_, json) => {
    for (const [topic] of PRIVACY) {
      const [item] = read(topic, json).items;

      expect(item).toMatchObject({ kind: 'unreadable', reason: 'privacy-request' });
    }
  });

  it('with keys that are not documented names none of them, because they may say anything', () => {
    const [item] = read('store/redact', { store_id: 222, 'persona@example.com': 1 }).items;

    expect(item).toMatchObject({ kind: 'unreadable', reason: 'privacy-request' });
    expect(JSON.stringify(item)).not.toContain('persona');
  });

  it.each(PRIVACY)('%s of another store is shown without the person', (topic, _, ids, more) => {
    const { items } = read(topic, noticeOf(333, more));

    expect(items).toMatchObject([{ kind: 'unreadable', storeId: '111', reason: 'foreign-store' }]);
    const [item] = items;
    const kept = item?.kind === 'unreadable' ? Buffer.from(item.bytes ?? []).toString() : '';
    const { orderIds } = ids;
    expect(JSON.parse(kept)).toMatchObject({ topic, storeId: '333', orderIds });
    expect(kept).not.toMatch(/persona|5555|30111222/);
  });

  it.each(PRIVACY)('%s that cannot be read is kept whole, because somebody has to', (topic) => {
    for (const json of [{ customer: PERSON }, '<html>']) {
      const reading = read(topic, json);

      expect(reading.items).toMatchObject([
        { kind: 'unreadable', storeId: '111', reason: 'privacy-request' },
      ]);
      const [item] = reading.items;
      expect(item).not.toHaveProperty('bytes');
      expect(item?.kind === 'unreadable' && item.problem).toMatch(new RegExp(`^${topic}: `));
    }
  });
});

it('reading never throws, whatever the bytes', () => {
  const topics = fc.constantFrom('event', ...PRIVACY.map(([topic]) => topic), 'unheard-of');
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.json().map(bytesOf));
  fc.assert(
    fc.property(topics, bytes, (topic, some) => {
      expect(nuvemshop.read({ topic, bytes: some }, STORES).items).toHaveLength(1);
    }),
  );
});

describe('the webhooks', () => {
  const { webhook } = nuvemshop;

  it('come to one address for events and one for each privacy notice, whatever the stores', () => {
    expect(webhook?.routes(STORES).map(({ path, topic, output }) => [path, topic, output])).toEqual([
      ['/webhooks/nuvemshop', 'event', 'NuvemshopWebhookUrl'],
      ['/webhooks/nuvemshop/store-redact', 'store/redact', 'NuvemshopStoreRedactUrl'],
      ['/webhooks/nuvemshop/customers-redact', 'customers/redact', 'NuvemshopCustomersRedactUrl'],
      [
        '/webhooks/nuvemshop/customers-data-request',
        'customers/data_request',
        'NuvemshopCustomersDataRequestUrl',
      ],
    ]);
  });

  it('are verified with the secrets of the app, the previous one too', () => {
    const body = bytesOf({ any: 'thing' });
    const [clientSecret, previousClientSecret] = ['the-new-one-of-today', 'the-old-one-of-before'];
    const secrets = webhook?.secrets({ clientId: '1', clientSecret, previousClientSecret });
    const filled = (secrets ?? []).filter((secret) => secret !== undefined);
    const verified = (secret: string) =>
      webhook?.verify(
        { headers: { 'x-linkedstore-hmac-sha256': signNuvemshop(body, secret) }, body },
        filled,
      );

    expect([verified(clientSecret), verified(previousClientSecret), verified('other')]).toEqual([
      { valid: true },
      { valid: true },
      { valid: false, reason: 'wrong' },
    ]);
  });
});

describe('bytes that were kept beside a row', () => {
  const readStored = (json: unknown) =>
    nuvemshop.resources.order.readStored(bytesOf(json), storeWith({ storeId: '5665778' }));

  it('are an order with the very bytes of it', () => {
    const order = sampleOrder({ store_id: '5665778' });

    expect(readStored(order)).toMatchObject({
      kind: 'orders',
      orders: [{ reading: { ok: true, order: { storeId: '5665778' } }, bytes: bytesOf(order) }],
    });
  });

  it.each([
    ['an event of an order', { store_id: 5665778, event: 'order/paid', id: 7 }, { orderId: '7' }],
    ['a request to fetch it', { kind: 'refresh', v: 1, orderId: '8' }, { orderId: '8' }],
    ['an event of something else', { store_id: 5665778, event: 'product/updated', id: 7 }, {}],
  ])('only tell of a change: %s', (_, json, of) => {
    expect(readStored(json)).toEqual({ kind: 'changed', ...of });
  });

  it.each([['not json'], [{ no: 'order' }]])('say why they are nothing: %j', (json) => {
    expect(readStored(json)).toMatchObject({ kind: 'orders', orders: [{ reading: { ok: false } }] });
  });
});

it.each([
  ['1639882221', true],
  ['98765432109876543210', true],
  ['unreadable-0123', false],
  ['', false],
  ['1.5', false],
])('an order could have the id %j: %s', (id, could) => {
  expect(nuvemshop.resources.order.isOrderId(id)).toBe(could);
});
