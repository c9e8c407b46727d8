import { describe, expect, it, onTestFinished } from 'vitest';
import { type ImotrizSettings, imotrizSettings } from '../../../functions/contract/settings.ts';
import { createTransport, type PlatformRequest, type Transport } from '../../../functions/http/transport.ts';
import {
  createImotrizClient,
  type ImotrizClientOptions,
} from '../../../functions/platforms/imotriz/client.ts';
import { COUNTRIES } from '../../../functions/platforms/imotriz/countries.ts';
import {
  normaliseImotrizOrder,
  normalisePageRecord,
} from '../../../functions/platforms/imotriz/normalise.ts';
import { DEFAULTS, type ImotrizSimulatorOptions } from '../../../local/platforms/imotriz/options.ts';
import { createImotrizSimulator } from '../../../local/platforms/imotriz/simulator.ts';
import type { Fault } from '../../../local/platforms/simulator.ts';
import { createPatience, createSharedTime } from '../virtual-time.ts';

const DAY_MS = 86_400_000;
const { orderIds, order, newOrders } = DEFAULTS.paths;

interface Wishes {
  simulator?: Omit<ImotrizSimulatorOptions, 'clock'>;
  settings?: Partial<ImotrizSettings>;
  client?: Partial<ImotrizClientOptions>;
}

async function startImotriz({ simulator, settings, client }: Wishes = {}) {
  const { sim, clock } = createSharedTime();
  const platform = createImotrizSimulator({ clock: sim, ...simulator });
  await platform.start();
  onTestFinished(() => platform.stop());
  const requests: PlatformRequest[] = [];
  const patience = createPatience();
  const send = createTransport({ clock, onCall: () => {} });
  const transport: Transport = (request) => {
    requests.push(request);
    return send({ ...request, timeoutMs: patience.timeoutMs(request.method) });
  };
  const parsed = imotrizSettings.parse({
    country: simulator?.country ?? 'co',
    storeId: 'co-main',
    paths: { orderIds, order },
  });
  const used = { ...parsed, baseUrl: platform.url, ...settings };
  const api = createImotrizClient({
    settings: used,
    token: () => Promise.resolve(DEFAULTS.token),
    transport,
    clock,
    ...client,
  });
  return {
    platform,
    world: platform.world,
    api,
    sim,
    requests,
    settings: used,
    impatient: patience.impatient,
  };
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it succeeded');
}

describe('new orders', () => {
  it('are asked for with the raw token, without Bearer (H)', async () => {
    const { api, requests } = await startImotriz();

    await api.newOrders();

    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: expect.stringMatching(/\/api\/cart\/transaction\/newOrders$/),
      headers: { Authorization: DEFAULTS.token, 'Content-Type': 'application/json' },
      idempotent: false,
    });
  });

  it.each(['co', 'mx', 'ec', 'cr'] as const)(
    'of %s come 30 at most (H), each once, and become orders whatever way the amounts are written',
    async (country) => {
      // Prepare
      const { api, world, settings } = await startImotriz({ simulator: { country } });
      const placed = Array.from({ length: 100 }, () => world.place());

      // Act
      const pages = [];
      for (let pending = 1; pending > 0; ) {
        const page = (await api.newOrders()).page();
        if (!page.ok) throw new Error(page.problem);
        pages.push(page.records);
        pending = page.metadata.pending;
      }
      const read = pages.flat().map((record) => normalisePageRecord(record, settings));

      // Assess
      expect(pages.map(({ length }) => length)).toEqual([30, 30, 30, 10]);
      expect(read.map((one) => one.ok && one.order.platformOrderId)).toEqual(placed);
      expect(read.flatMap((one) => (one.ok ? one.order.warnings : [one.problem]))).toEqual([]);
      expect(new Set(read.map((one) => one.ok && one.order.currency))).toEqual(
        new Set([COUNTRIES[country].currency]),
      );
    },
  );

  it('keep their odd ones apart: each is an order or waits for a person', async () => {
    const { api, world, settings } = await startImotriz();
    for (const oddity of [
      'no-id',
      'null-id',
      'no-products',
      'null-buyer',
      'wrong-total',
      'strange-types',
      'unknown-fields',
      'not-an-object',
    ] as const) {
      world.place({ oddity });
    }

    const page = (await api.newOrders()).page();
    const read = page.ok ? page.records.map((record) => normalisePageRecord(record, settings)) : [];

    expect(read.map((one) => (one.ok ? 'order' : one.reason))).toEqual([
      'missing-id',
      'missing-id',
      'order',
      'order',
      'order',
      'order',
      'order',
      'missing-id',
    ]);
    const ids = read.map((one) => (one.ok ? one.order.platformOrderId : one.platformOrderId));
    expect(new Set(ids).size).toBe(8);
  });

  it.each([
    ['html', 'not-json'],
    ['data-missing', 'broken-envelope'],
    ['data-object', 'broken-envelope'],
    ['metadata-missing', 'broken-envelope'],
    ['negative-pending', 'broken-envelope'],
  ] as const)(
    'in a broken envelope (%s) are handed over as bytes, since the read has happened',
    async (how, reason) => {
      const { api, world, platform } = await startImotriz();
      world.place();
      world.breakPages(how);

      const answer = await api.newOrders();

      expect(answer.status).toBe(200);
      expect(answer.bytes.byteLength).toBeGreaterThan(0);
      expect(answer.page()).toMatchObject({ ok: false, reason });
      expect(platform.calls).toHaveLength(1);
    },
  );

  it.each(['metadata-strings', 'more-than-30'] as const)('are read although %s', async (how) => {
    const { api, world } = await startImotriz();
    for (let n = 0; n < 40; n += 1) world.place();
    world.breakPages(how);
    expect((await api.newOrders()).page()).toMatchObject({ ok: true });
  });

  it.each(['timeout-after', 'timeout-before', 'reset-after', 'reset-before', 'reset-during'] as const)(
    'are never asked for again by themselves: %s may have lost a page (H: reading is destructive)',
    async (kind) => {
      const { api, world, platform, impatient } = await startImotriz();
      world.place();
      if (kind.startsWith('timeout')) impatient('GET');
      platform.faults.add({ kind, times: 1 });

      expect(await errorOf(api.newOrders())).toMatchObject({
        platform: 'imotriz',
        operation: 'orders.new',
        kind: 'retry-later',
        mayHaveHappened: true,
      });
      expect(platform.calls).toHaveLength(1);
    },
  );

  it.each(['empty-body', 'truncated-body'] as const)(
    'in an %s are handed over as they came',
    async (kind) => {
      const { api, world, platform, impatient } = await startImotriz();
      world.place();
      if (kind.startsWith('timeout')) impatient('GET');
      platform.faults.add({ kind, times: 1 });
      expect((await api.newOrders()).page()).toMatchObject({ ok: false, reason: 'not-json' });
    },
  );
});

describe('the errors of the guide (H)', () => {
  it('401: stops the platform and says where the token is made', async () => {
    const { api, platform } = await startImotriz({ client: { token: () => Promise.resolve('old') } });
    expect(await errorOf(api.newOrders())).toMatchObject({
      kind: 'stop-platform',
      status: 401,
      remedy: expect.stringContaining('Administrar Tienda > Configuración > Integración API'),
    });
    expect(platform.calls).toHaveLength(1);
  });

  it('401: asks once more with a token read afresh, since a new token kills the old one', async () => {
    const { api, world, platform } = await startImotriz({
      client: { token: (options) => Promise.resolve(options?.fresh ? DEFAULTS.token : 'old') },
    });
    world.place();

    expect((await api.newOrders()).page()).toMatchObject({ ok: true, metadata: { returned: 1 } });
    expect(platform.calls.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('403: stops the platform and names the place to set the start date', async () => {
    const { api } = await startImotriz({ simulator: { syncFrom: null } });
    expect(await errorOf(api.newOrders())).toMatchObject({
      kind: 'stop-platform',
      status: 403,
      remedy: expect.stringMatching(/Configuración > Integración API.*"Sincronizar pedidos desde:".*30 days/),
    });
  });

  it('404: an order outside the window is not found', async () => {
    const { api } = await startImotriz();
    expect(await errorOf(api.order('1'))).toMatchObject({
      kind: 'not-found',
      remedy: expect.stringContaining('window'),
    });
  });

  it.each<[string, Omit<Fault, 'match'>, object]>([
    ['500', { kind: 'status', status: 500 }, { kind: 'retry-later', mayHaveHappened: true }],
    ['503', { kind: 'status', status: 503 }, { kind: 'retry-later', mayHaveHappened: true }],
    ['429', { kind: 'status', status: 429 }, { kind: 'retry-later', throttled: true }],
    [
      'an HTML 403',
      { kind: 'html', status: 403 },
      { kind: 'retry-later', throttled: true, retryAfterMs: 60_000 },
    ],
    [
      'an HTML 502',
      { kind: 'html', status: 502 },
      { kind: 'retry-later', throttled: true, mayHaveHappened: true },
    ],
    [
      '404 for the path',
      { kind: 'status', status: 404 },
      { kind: 'not-found', remedy: expect.stringContaining('path') },
    ],
  ])('%s', async (_, fault, expected) => {
    const feedback: unknown[] = [];
    const { api, platform } = await startImotriz({
      client: { onFeedback: (said) => void feedback.push(said) },
    });
    platform.faults.add({ ...fault, times: 1 });

    expect(await errorOf(api.newOrders())).toMatchObject(expected);
    expect(feedback).toHaveLength(1);
  });

  it('never tell the token', async () => {
    const { api } = await startImotriz({ client: { token: () => Promise.resolve('not-to-be-shown') } });
    const error = await errorOf(api.newOrders());
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('not-to-be-shown');
  });
});

describe('ids and single orders, whose paths are not published', () => {
  it('are refused while the paths are not configured, saying how to turn them on, without a call', async () => {
    const { api, platform } = await startImotriz({ settings: { paths: { newOrders } } });

    expect(api.available).toEqual({ orderIds: false, order: false });
    expect(await errorOf(api.orderIds())).toMatchObject({
      kind: 'refused',
      remedy: expect.stringContaining('imotriz.paths.orderIds'),
    });
    expect(await errorOf(api.order('1'))).toMatchObject({
      kind: 'refused',
      remedy: expect.stringContaining('{id}'),
    });
    expect(platform.calls).toHaveLength(0);
  });

  it('give every id of the last 8 days (H), synchronised or not, and each order by it', async () => {
    // Prepare
    const { api, world, sim, settings } = await startImotriz();
    world.place();
    await sim.advance(9 * DAY_MS);
    const recent = Array.from({ length: 70 }, () => world.place());
    await api.newOrders();

    // Act
    const { ids, unreadable } = await api.orderIds();
    const { json, bytes } = await api.order(recent[0]!);

    // Assess
    expect({ ids, unreadable }).toEqual({ ids: recent, unreadable: 0 });
    expect(JSON.parse(Buffer.from(bytes).toString())).toEqual({ data: json });
    expect(normaliseImotrizOrder(json, settings)).toMatchObject({
      ok: true,
      order: { platformOrderId: recent[0], warnings: [] },
    });
  });

  it.each<[string, unknown, object]>([
    ['a bare list', [1, '2', 2], { ids: ['1', '2'], unreadable: 0 }],
    ['objects', { data: [{ id: 1 }, { order_id: 'B' }, {}] }, { ids: ['1', 'B'], unreadable: 1 }],
    ['nothing', { data: [] }, { ids: [], unreadable: 0 }],
  ])('read the ids from %s', async (_, body, expected) => {
    const { api } = await startImotriz({ client: { transport: answering(body) } });
    expect(await api.orderIds()).toEqual(expected);
  });

  it.each([[{ ids: 1 }], [null], ['x'], [{ data: {} }]])('do not understand %j', async (body) => {
    const { api } = await startImotriz({ client: { transport: answering(body) } });
    expect(await errorOf(api.orderIds())).toMatchObject({ kind: 'not-understood' });
  });

  it.each<[unknown]>([
    [{ order: { id: 1 } }],
    [{ data: { order: { id: 1 } } }],
    [{ data: [{ order: { id: 1 } }] }],
  ])('find the record in %j', async (body) => {
    const { api } = await startImotriz({ client: { transport: answering(body) } });
    expect((await api.order('1')).json).toEqual({ order: { id: 1 } });
  });

  it('escape the id in the path', async () => {
    const { api, requests } = await startImotriz();
    await errorOf(api.order('a/b?c$&'));
    expect(requests[0]?.url).toMatch(/\/simulated\/orders\/a%2Fb%3Fc%24%26$/);
  });

  describe.each(['orderIds', 'order'] as const)('%s', (method) => {
    it.each<[string, Omit<Fault, 'match'>, object]>([
      ['429', { kind: 'status', status: 429 }, { kind: 'retry-later', throttled: true }],
      ['500', { kind: 'status', status: 500 }, { kind: 'retry-later' }],
      ['HTML', { kind: 'html', status: 200 }, { kind: 'retry-later' }],
      ['a time-out before', { kind: 'timeout-before' }, { kind: 'retry-later' }],
      ['a time-out after', { kind: 'timeout-after' }, { kind: 'retry-later' }],
      ['an empty body', { kind: 'empty-body' }, { kind: 'not-understood' }],
      ['a truncated body', { kind: 'truncated-body' }, { kind: 'not-understood' }],
    ])('means the right thing by %s', async (_, fault, expected) => {
      const { api, world, platform, impatient } = await startImotriz();
      const id = world.place();
      if (fault.kind.startsWith('timeout')) impatient('GET');
      platform.faults.add({ ...fault, times: 1 });
      const call = method === 'order' ? api.order(id) : api.orderIds();
      expect(await errorOf(call)).toMatchObject(expected);
    });

    it('is asked again after a reset, since it changes nothing', async () => {
      const { api, world, platform } = await startImotriz();
      const id = world.place();
      platform.faults.add({ kind: 'reset-before', times: 1 });
      await (method === 'order' ? api.order(id) : api.orderIds());
      expect(platform.calls).toHaveLength(2);
    });
  });
});

it.each([
  ['co', 'https://www.imotriz.com'],
  ['mx', 'https://www.imotriz.com.mx'],
  ['ec', 'https://www.imotriz.com.ec'],
  ['cr', 'https://www.imotriz.co.cr'],
] as const)('the host of %s is %s (H)', async (country, host) => {
  const requests: PlatformRequest[] = [];
  const api = createImotrizClient({
    settings: imotrizSettings.parse({ country, storeId: 's' }),
    token: () => Promise.resolve('t'),
    transport: (request) => {
      requests.push(request);
      return answering({})(request);
    },
    clock: createSharedTime().clock,
  });
  await api.newOrders();
  expect(requests[0]?.url).toBe(`${host}/api/cart/transaction/newOrders`);
});

function answering(body: unknown): Transport {
  const bytes = Buffer.from(JSON.stringify(body));
  return () =>
    Promise.resolve({
      status: 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: bytes,
    });
}
