import { describe, expect, it } from 'vitest';
import type { PlatformRequest } from '../../../functions/http/transport.ts';
import { prepaid } from '../../../functions/platforms/admission.ts';
import { COUNTRIES } from '../../../functions/platforms/imotriz/countries.ts';
import { normalisePageRecord } from '../../../functions/platforms/imotriz/normalise.ts';
import { readPage } from '../../../functions/platforms/imotriz/page.ts';
import { DEFAULTS } from '../../../local/platforms/imotriz/options.ts';
import type { Fault } from '../../../local/platforms/simulator.ts';
import { answering, errorOf, imotrizClient, settingsOf, startImotriz } from './harness.ts';

describe('new orders', () => {
  it('are asked for with the raw token, without Bearer (documented)', async () => {
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
    'of %s come 30 at most (documented), each once, and become orders whatever way the amounts are written',
    async (country) => {
      // Arrange
      const { api, world, settings } = await startImotriz({ simulator: { country } });
      const placed = Array.from({ length: 100 }, () => world.place());

      // Act
      const pages = [];
      for (let pending = 1; pending > 0; ) {
        const page = readPage(await api.newOrders());
        if (!page.ok) throw new Error(page.problem);
        pages.push(page.records);
        pending = page.metadata.pending ?? 0;
      }
      const read = pages.flat().map((record) => normalisePageRecord(record, settings));

      // Assert
      expect(pages.map(({ length }) => length)).toEqual([30, 30, 30, 10]);
      expect(read.map((one) => one.ok && one.order.platformOrderId)).toEqual(placed);
      // An amount such as 12.000 is read by the country's habit, and says so.
      const odd = read.flatMap((one) => (one.ok ? one.order.warnings : [one.problem]));
      expect(odd.filter((warning) => !warning.includes('a thousandfold'))).toEqual([]);
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

    const page = readPage(await api.newOrders());
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
  ] as const)(
    'in a broken envelope (%s) are handed over as bytes, since the read has happened',
    async (how, reason) => {
      const { api, world, platform } = await startImotriz();
      world.place();
      world.breakPages(how);

      const bytes = await api.newOrders();

      expect(bytes.byteLength).toBeGreaterThan(0);
      expect(readPage(bytes)).toMatchObject({ ok: false, reason });
      expect(platform.calls.map(({ status }) => status)).toEqual([200]);
    },
  );

  it.each([
    ['metadata-strings', 30],
    ['more-than-30', 40],
    ['data-object', 30],
    ['metadata-missing', 30],
    ['negative-pending', 30],
  ] as const)('are read although %s', async (how, records) => {
    const { api, world } = await startImotriz();
    for (let n = 0; n < 40; n += 1) world.place();
    world.breakPages(how);
    const page = readPage(await api.newOrders());
    expect(page.ok && page.records).toHaveLength(records);
  });

  it.each(['timeout-after', 'timeout-before', 'reset-after', 'reset-before', 'reset-during'] as const)(
    'are never asked for again by themselves: %s may have lost a page (documented: reading is destructive)',
    async (kind) => {
      const { api, world, platform, impatient } = await startImotriz();
      world.place();
      if (kind.startsWith('timeout')) impatient('GET');
      platform.faults.add({ kind, times: 1 });

      expect(await errorOf(api.newOrders())).toMatchObject({
        platform: 'imotriz',
        operation: 'orders.new',
        kind: 'retry-later',
        outcomeUnknown: true,
      });
      expect(platform.calls).toHaveLength(1);
    },
  );

  it.each([
    ['empty-body', { ok: true, records: [] }],
    ['truncated-body', { ok: false, reason: 'not-json' }],
  ] as const)('in an %s are handed over as they came', async (kind, page) => {
    const { api, world, platform } = await startImotriz();
    world.place();
    platform.faults.add({ kind, times: 1 });
    expect(readPage(await api.newOrders())).toMatchObject(page);
  });
});

const renewed = ({ fresh }: { fresh: boolean }) => Promise.resolve(fresh ? DEFAULTS.token : 'an-old-token');

describe('the errors of the guide (documented)', () => {
  it('401: stops the platform and says where the token is made', async () => {
    const { api, platform } = await startImotriz({
      client: { token: () => Promise.resolve('an-old-token') },
    });
    expect(await errorOf(api.newOrders())).toMatchObject({
      kind: 'auth-failed',
      status: 401,
      remedy: expect.stringContaining('Administrar Tienda > Configuración > Integración API'),
    });
    expect(platform.calls).toHaveLength(1);
  });

  it('401: asks once more with a token read afresh, since a new token kills the old one', async () => {
    const { api, world, platform } = await startImotriz({
      client: { token: renewed },
    });
    world.place();

    expect(readPage(await api.newOrders())).toMatchObject({ ok: true, metadata: { returned: 1 } });
    expect(platform.calls.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('401: takes a slot for the repeated call too, and makes none without', async () => {
    const admitted: string[] = [];
    const [asking, none] = await Promise.all([
      startImotriz({
        client: { token: renewed, admit: async (operation) => void admitted.push(operation) },
      }),
      startImotriz({
        client: {
          token: renewed,
          admit: prepaid('imotriz', { take: async () => ({ granted: 0 }), observe: async () => {} }),
        },
      }),
    ]);

    await asking.api.newOrders();
    const error = await errorOf(none.api.newOrders());

    expect(admitted).toEqual(['orders.new', 'orders.new']);
    expect(error).toMatchObject({ operation: 'orders.new', kind: 'retry-later', throttled: true });
    expect(none.platform.calls.map(({ status }) => status)).toEqual([401]);
  });

  it('403: stops the platform and names the place to set the start date', async () => {
    const { api } = await startImotriz({ simulator: { syncFrom: null } });
    expect(await errorOf(api.newOrders())).toMatchObject({
      kind: 'auth-failed',
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
    ['500', { kind: 'status', status: 500 }, { kind: 'retry-later', outcomeUnknown: true }],
    ['503', { kind: 'status', status: 503 }, { kind: 'retry-later', outcomeUnknown: true }],
    ['429', { kind: 'status', status: 429 }, { kind: 'retry-later', throttled: true }],
    [
      'an HTML 403',
      { kind: 'html', status: 403 },
      { kind: 'retry-later', throttled: true, retryAfterMs: 60_000 },
    ],
    [
      'an HTML 502',
      { kind: 'html', status: 502 },
      { kind: 'retry-later', throttled: true, outcomeUnknown: true },
    ],
    [
      '404 for the path',
      { kind: 'status', status: 404 },
      { kind: 'not-found', remedy: expect.stringContaining('path') },
    ],
  ])('%s', async (_, fault, expected) => {
    const feedback: unknown[] = [];
    const { api, platform } = await startImotriz({
      client: { onFeedback: (one) => void feedback.push(one) },
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

it.each([
  ['co', 'https://www.imotriz.com'],
  ['mx', 'https://www.imotriz.com.mx'],
  ['ec', 'https://www.imotriz.com.ec'],
  ['cr', 'https://www.imotriz.co.cr'],
] as const)('the host of %s is %s (documented)', async (country, host) => {
  const requests: PlatformRequest[] = [];
  const api = imotrizClient({
    settings: settingsOf({ country, storeId: 's' }),
    transport: answering({}, requests),
  });
  await api.newOrders();
  expect(requests[0]?.url).toBe(`${host}/api/cart/transaction/newOrders`);
});
