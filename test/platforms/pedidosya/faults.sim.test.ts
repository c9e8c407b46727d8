import { describe, expect, it } from 'vitest';
import { ENDPOINTS, type Operation } from '../../../functions/platforms/pedidosya/endpoints.ts';
import { DEFAULTS } from '../../../local/platforms/pedidosya/options.ts';
import type { Fault } from '../../../local/platforms/simulator.ts';
import { type CallKind, type Outcome, type Spoilt, testFaults } from '../faults.ts';
import { errorOf, startPedidosya } from './harness.ts';
import { REACH, startReachable } from './reach.ts';

type Started = Awaited<ReturnType<typeof startPedidosya>>;

const spoil = (
  { platform, impatient }: Pick<Started, 'platform' | 'impatient'>,
  method: string,
  path: Spoilt['path'],
  run: Spoilt['run'],
): Spoilt => ({ run, platform, method, path, impatient });

async function startOperation(operation: keyof typeof REACH): Promise<Spoilt> {
  const started = await startReachable();
  const { method, path } = ENDPOINTS[operation];
  return spoil(started, method, pattern(path), () => REACH[operation](started.api, started.known));
}

function pattern(path: string): RegExp {
  return new RegExp(`^/v2${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

async function startUpdate(): Promise<Spoilt> {
  const started = await startPedidosya();
  const order = started.world.place({ storeId: 'nbet' });
  const items = order.items.map(({ _id, pricing: { pricing_type, quantity, unit_price, weight } }) => ({
    ...{ _id, status: 'IN_CART' as const },
    pricing: { pricing_type, quantity, unit_price, weight },
  }));
  const update = { status: 'READY_FOR_PICKUP', items } as const;
  const { method, path } = ENDPOINTS['orders.update'];
  return spoil(started, method, pattern(path), () => started.api.orders.update(order.order_id, update));
}

async function startDownload(): Promise<Spoilt> {
  const started = await startPedidosya();
  const { api, platform, clock } = started;
  const { jobId = '' } = await api.catalogue.requestExport('nbet');
  await clock.sleep(60_000);
  const address = `${platform.url}/files/export-${jobId}.csv`;
  return spoil(started, 'GET', /^\/files\//, () => api.download(address));
}

async function startToken(): Promise<Spoilt> {
  const { id: clientId, secret: clientSecret } = DEFAULTS.oauthClient;
  const started = await startPedidosya({ client: { credential: async () => ({ clientId, clientSecret }) } });
  const { order_id: id } = started.world.place({ storeId: 'nbet' });
  return spoil(started, 'POST', '/v2/oauth/token', () => started.api.orders.get(id));
}

const unreadable = (outcomeUnknown: boolean): Outcome => ({ kind: 'invalid-response', outcomeUnknown });
const READ = { 'an empty body': unreadable(false), 'a truncated body': unreadable(false) };

const KINDS: Record<string, CallKind> = {
  'a read of one thing': { start: () => startOperation('orders.get'), repeatable: true, but: READ },
  'a page of a list': { start: () => startOperation('orders.list'), repeatable: true, but: READ },
  'a write that may be repeated': {
    start: () => startOperation('catalogue.update'),
    repeatable: true,
    but: { 'an empty body': unreadable(true), 'a truncated body': unreadable(true) },
  },
  'a change of an order, which a command looks up': {
    start: startUpdate,
    repeatable: false,
    // What it answers is not read: the look after it says what is so.
    but: { 'an empty body': 'succeeds', 'a truncated body': 'succeeds' },
  },
  'a request that cannot be found again': {
    start: () => startOperation('catalogue.export'),
    repeatable: false,
    // What it answers is not documented, so an empty body will do.
    but: { 'an empty body': 'succeeds', 'a truncated body': unreadable(true) },
  },
  'a file': {
    start: startDownload,
    repeatable: true,
    // A file has no envelope that could be missing: its rows are compared with what was sent.
    but: { 'an empty body': 'succeeds', 'a truncated body': 'succeeds' },
  },
  'the grant of a token': { start: startToken, repeatable: true },
};

testFaults(KINDS);

describe('what an answer means to a call', () => {
  it.each<[name: string, fault: Omit<Fault, 'match'>, expected: object]>([
    [
      'JSON 429 with Retry-After',
      { kind: 'status', status: 429, headers: { 'retry-after': '7', 'content-type': 'application/json' } },
      { kind: 'retry-later', throttled: true, retryAfterMs: 7000 },
    ],
    [
      'HTML 429 with a longer Retry-After',
      { kind: 'html', status: 429, headers: { 'retry-after': '90' } },
      { kind: 'retry-later', throttled: true, retryAfterMs: 90_000 },
    ],
    [
      'HTML 429',
      { kind: 'html', status: 429 },
      { kind: 'retry-later', throttled: true, retryAfterMs: 60_000 },
    ],
    [
      'HTML 403',
      { kind: 'html', status: 403 },
      { kind: 'retry-later', throttled: true, retryAfterMs: 60_000 },
    ],
    ['HTML in a success', { kind: 'html', status: 200 }, { kind: 'retry-later', outcomeUnknown: true }],
    ['400', { kind: 'status', status: 400 }, { kind: 'refused' }],
    ['401', { kind: 'status', status: 401 }, { kind: 'auth-failed', status: 401 }],
    ['403', { kind: 'status', status: 403 }, { kind: 'auth-failed', status: 403 }],
    ['404', { kind: 'status', status: 404 }, { kind: 'not-found' }],
    ['501 (a pilot)', { kind: 'status', status: 501 }, { kind: 'refused' }],
    ['503', { kind: 'status', status: 503 }, { kind: 'retry-later', throttled: false }],
  ])('%s', async (_, fault, expected) => {
    const { run, platform, method, path } = await startOperation('orders.get');
    platform.faults.add({ match: { method, path }, ...fault });

    expect(await errorOf(run())).toMatchObject({
      platform: 'pedidosya',
      operation: 'orders.get',
      ...expected,
    });

    expect(platform.calls).toHaveLength(1);
  });
});

describe('a call that the token may not make', () => {
  it.each([
    ['orders.list', /take it out of the stores of the chain/],
    ['orders.get', /lacks a permission/],
  ] as const)('tells what to do about it: %s', async (operation, remedy) => {
    // Arrange
    const { run, platform, method, path } = await startOperation(operation);
    platform.faults.add({ match: { method, path }, kind: 'status', status: 403 });

    // Act
    const error = await errorOf(run());

    // Assert
    expect(error).toMatchObject({ kind: 'auth-failed', remedy: expect.stringMatching(remedy) });
  });
});

describe('every endpoint', () => {
  const reached = Object.keys(REACH) as (keyof typeof REACH)[];

  it.each(reached)('is called through the one caller, once: %s', async (operation) => {
    const { api, known, requests } = await startReachable();

    await REACH[operation](api, known);

    const { method, idempotent } = ENDPOINTS[operation];
    expect(requests).toMatchObject([
      { operation, method, idempotent, headers: { Authorization: `Bearer ${DEFAULTS.staticToken}` } },
    ]);
  });

  it('is reached here, but for the change of an order, which reads first, and the token', () => {
    const others: Operation[] = ['oauth.token', 'orders.update'];
    expect([...reached, ...others].sort()).toEqual(Object.keys(ENDPOINTS).sort());
  });
});
