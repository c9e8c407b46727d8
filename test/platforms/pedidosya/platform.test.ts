import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incoming } from '../../../functions/platforms/intake.ts';
import { pedidosya } from '../../../functions/platforms/pedidosya/platform.ts';
import { afterwards, backwards } from '../merge-outcome.ts';
import { CHAIN, chainOf } from './harness.ts';
import { orderJson } from './order-builder.ts';

const SECOND = 'a1b2-second';
const chain = chainOf();
const { order } = pedidosya.resources;
const bytesOf = (json: unknown): Uint8Array => Buffer.from(JSON.stringify(json));

/** A chain as the configuration gives it. */
const configured = (changes: object = {}) => ({
  chainId: CHAIN,
  country: 'uy',
  stores: [{ storeId: 'nbet', pickingMode: 'partner' }],
  ...changes,
});
const storesOf = (...chains: object[]) => pedidosya.stores(pedidosya.settings().parse({ chains }));
const twoChains = () => storesOf(configured(), configured({ chainId: SECOND, country: 'ar' }));

describe('the settings', () => {
  it('make a store of each chain, whose id is the id of the chain', () => {
    const stores = twoChains();

    expect(stores.map(({ id }) => id)).toEqual([CHAIN, SECOND]);
    expect(stores.map(({ settings }) => settings.country)).toEqual(['uy', 'ar']);
  });

  it.each<[string, object]>([
    ['no chain', { chains: [] }],
    ['a chain twice', { chains: [configured(), configured()] }],
    [
      'chains whose outputs would have one name',
      { chains: [configured({ chainId: 'a-b' }), configured({ chainId: 'AB' })] },
    ],
    ['a chain id that is no part of a path', { chains: [configured({ chainId: 'a/b' })] }],
    ['a chain id that separates keys', { chains: [configured({ chainId: 'a#b' })] }],
    ['an unknown field', { chains: [configured()], chain: 1 }],
    ['an unknown field of a chain', { chains: [configured({ pickingMode: 'partner' })] }],
    ['a chain without outlets', { chains: [configured({ stores: [] })] }],
  ])('refuse %s', (_, settings) => {
    expect(pedidosya.settings().safeParse(settings).success).toBe(false);
  });

  it('count by source address, tokens apart from calls', () => {
    const [first, second] = storesOf(configured(), configured({ chainId: SECOND, egress: 'nat-2' }));

    expect(pedidosya.limits(first!)).toMatchObject({
      api: { scope: 'default', perSecond: 50 / 60, burst: 5 },
      token: { scope: 'default', perSecond: 40 / 60, burst: 4 },
    });
    expect(pedidosya.limits(second!).api.scope).toBe('nat-2');
  });
});

describe('the credentials', () => {
  it.each<[string, unknown, boolean]>([
    ['api', { token: 'a-static-token' }, true],
    ['api', { clientId: 'i', clientSecret: 'of-the-client' }, true],
    ['api', { token: '' }, false],
    ['api', { token: 'short' }, false],
    ['api', { clientId: 'i' }, false],
    ['webhook', { secret: 'sixteen-letters-' }, true],
    ['webhook', { secret: 'sixteen-letters-', previousSecret: 'before-that-one-' }, true],
    ['webhook', { secret: '' }, false],
    ['webhook', { secret: 'a' }, false],
    ['webhook', { secret: 'fifteen-letters' }, false],
    ['webhook', { secret: 'sixteen-letters-', previousSecret: 'a' }, false],
  ])('%s as %j: %s', (name, value, valid) => {
    expect(pedidosya.credentials[name]?.schema().safeParse(value).success).toBe(valid);
  });

  it('are one of each for every chain', () => {
    expect(Object.values(pedidosya.credentials).map(({ per }) => per)).toEqual(['store', 'store']);
  });
});

describe('the webhook', () => {
  const webhook = pedidosya.webhook!;

  it('of one chain has one URL', () => {
    expect(webhook.routes([chain])).toEqual([
      {
        path: `/webhooks/pedidosya/${CHAIN}`,
        topic: 'webhook',
        storeId: CHAIN,
        output: 'PedidosyaWebhookUrl',
        pasteInto: expect.stringContaining('both the order and the catalogue URL field'),
      },
    ]);
  });

  it('of two chains has a URL for each, named after the chain', () => {
    const routes = webhook.routes(twoChains());

    expect(routes.map(({ path }) => path)).toEqual([
      `/webhooks/pedidosya/${CHAIN}`,
      `/webhooks/pedidosya/${SECOND}`,
    ]);
    expect(routes.map(({ output }) => output)).toEqual([
      `PedidosyaWebhookUrl${CHAIN.replaceAll('-', '')}`,
      'PedidosyaWebhookUrla1b2second',
    ]);
    expect(routes.every(({ output }) => /^[A-Za-z\d]+$/.test(output))).toBe(true);
  });

  it('is verified with the current secret and with the previous one', () => {
    expect(webhook.credential).toBe('webhook');
    const [secret, previousSecret] = ['the-new-one-of-today', 'the-old-one-of-before'];
    expect(webhook.secrets({ secret, previousSecret })).toEqual([secret, previousSecret]);
    expect(webhook.secrets({ secret })).toEqual([secret, undefined]);
  });

  it('is verified by its Authorization header', () => {
    const request = { headers: { authorization: 'Bearer old' }, body: bytesOf({}) };

    expect(webhook.verify(request, ['new', 'old'])).toEqual({ valid: true });
    expect(webhook.verify(request, ['new'])).toEqual({ valid: false, reason: 'wrong' });
  });
});

describe('what came in', () => {
  const readAll = (bytes: Uint8Array, storeId: string | undefined = CHAIN, stores = twoChains()) =>
    pedidosya.read({ topic: 'webhook', storeId, bytes }, stores);
  const read = (bytes: Uint8Array, storeId?: string, stores?: ReturnType<typeof twoChains>): Incoming =>
    readAll(bytes, storeId, stores).items[0]!;

  it('is an order with its bytes, of the chain of the route', () => {
    const bytes = bytesOf(orderJson({ order_id: 'o-1' }));

    expect(read(bytes)).toMatchObject({
      kind: 'order',
      storeId: CHAIN,
      orderId: 'o-1',
      reading: { ok: true },
      bytes,
    });
  });

  it('is read with the settings of the chain of the route', () => {
    const bytes = bytesOf(orderJson({ order_id: 'o-1', client: undefined }));

    const found = [CHAIN, SECOND].map((storeId) => read(bytes, storeId));

    expect(found).toMatchObject([
      { storeId: CHAIN, reading: { order: { storeId: CHAIN, currency: 'UYU' } } },
      { storeId: SECOND, reading: { order: { storeId: SECOND, currency: 'ARS' } } },
    ]);
  });

  it('is an order under its own id also when it cannot be understood', () => {
    const bytes = bytesOf(orderJson({ order_id: 'o-1', items: 'all of them' }));

    expect(read(bytes)).toMatchObject({
      kind: 'order',
      orderId: 'o-1',
      reading: { ok: false, reason: 'schema-mismatch' },
      bytes,
    });
  });

  it.each([
    ['nbet', undefined, true],
    ['s8ym', 'store-002', true],
    [undefined, 'store-002', true],
    ['zzzz', undefined, false],
    ['zzzz', 'not-ours', false],
  ])('tells the outlet %s (own code %s), and whether it is configured: %s', (store_id, code, known) => {
    const client = { chain_id: CHAIN, store_id, external_partner_config_id: code };
    const stores = storesOf(
      configured({
        stores: [
          { storeId: 'nbet', pickingMode: 'partner' },
          { storeId: 's8ym', ownCode: 'store-002', pickingMode: 'partner' },
        ],
      }),
    );
    expect(readAll(bytesOf(orderJson({ client })), CHAIN, stores).items[0]).toMatchObject({
      kind: 'order',
      reading: { ok: true },
      outlet: { id: code ?? store_id, configured: known },
    });
  });

  it('tells no outlet where the order names none', () => {
    expect(read(bytesOf(orderJson({ client: null })))).not.toHaveProperty('outlet');
  });

  it('is where a catalogue job stands', () => {
    const json = {
      job_id: 'j',
      job_status: 'completed',
      platform_vendor_id: 'naez',
      downloadURL: 'https://x.example/f',
    };

    expect(read(bytesOf(json))).toEqual({
      kind: 'job',
      result: {
        jobId: 'j',
        status: 'COMPLETED',
        platformStatus: 'completed',
        ended: true,
        vendorId: 'naez',
        downloadUrl: 'https://x.example/f',
      },
    });
  });

  it.each<[string, Uint8Array, string]>([
    ['an order of another chain', bytesOf(orderJson({ client: { chain_id: 'elsewhere' } })), 'foreign-store'],
    ['neither an order nor a job', bytesOf({ hello: 1 }), 'schema-mismatch'],
    ['null', bytesOf(null), 'schema-mismatch'],
    ['no JSON', Buffer.from('{'), 'not-json'],
    ['nothing', new Uint8Array(), 'not-json'],
  ])('waits for a person when it is %s', (_, bytes, reason) => {
    expect(read(bytes)).toMatchObject({ kind: 'unreadable', storeId: CHAIN, reason });
  });

  it('keeps of an order of another chain whose it is, and nothing of its buyer', () => {
    const json = orderJson({ client: { chain_id: 'elsewhere' } });

    const item = read(bytesOf(json));

    const kept = item.kind === 'unreadable' ? Buffer.from(item.bytes ?? []).toString() : '';
    expect(JSON.parse(kept)).toEqual({ storeId: 'elsewhere', platformOrderId: json.order_id });
  });

  it.each([undefined, 'gone'])('of a chain that is not configured (%s) waits for a person', (storeId) => {
    const { items } = pedidosya.read({ topic: 'webhook', storeId, bytes: bytesOf(orderJson()) }, [chain]);

    expect(items).toMatchObject([{ kind: 'unreadable', storeId: storeId ?? '', reason: 'foreign-store' }]);
  });

  it('is one thing, and never an exception, whatever the bytes', () => {
    const anything = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc.jsonValue().map((json) => bytesOf({ order_id: 'o', status: 'RECEIVED', items: json, client: json })),
    );
    fc.assert(fc.property(anything, (bytes) => void expect(readAll(bytes).items).toHaveLength(1)));
  });
});

describe('stored bytes', () => {
  it('are read as the order they hold', () => {
    const bytes = bytesOf(orderJson({ order_id: 'o-1' }));

    expect(order.readStored(bytes, chain)).toMatchObject({
      kind: 'orders',
      orders: [{ reading: { ok: true, order: { platformOrderId: 'o-1' } }, bytes }],
    });
  });

  it.each<[string, Uint8Array, string]>([
    ['of a catalogue job', bytesOf({ job_id: 'j' }), 'catalogue job'],
    ['of nothing known', bytesOf({}), 'order_id'],
    ['that are no JSON', Buffer.from('{'), 'order_id'],
  ])('%s say why they hold no order', (_, bytes, why) => {
    expect(order.readStored(bytes, chain)).toMatchObject({
      orders: [{ reading: { ok: false, problem: expect.stringContaining(why) } }],
    });
  });
});

describe('an order that is pushed again', () => {
  it.each([
    ['delivered', 'dispatched', 'stale'],
    ['cancelled', 'ready', 'stale'],
    ['dispatched', 'ready', 'updated'],
  ] as const)('after %s with a later %s is %s', (status, later, outcome) => {
    expect(afterwards(order, status, later)).toBe(outcome);
  });

  it('never goes back in its own time, however late it is seen', () => {
    expect(backwards(order, 600)).toBe('stale');
  });
});
