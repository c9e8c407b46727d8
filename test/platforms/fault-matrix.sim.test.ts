import { describe, expect, it, onTestFinished } from 'vitest';
import { exchangeCode } from '../../functions/platforms/nuvemshop/oauth.ts';
import { pickedItems } from '../../functions/platforms/pedidosya/order/picking.ts';
import { DEFAULTS as PEDIDOSYA } from '../../local/platforms/pedidosya/options.ts';
import type { Fault, Faults } from '../../local/platforms/simulator.ts';
import { CLIENT_METHODS, REFUSALS } from './client-methods.ts';
import { startImotriz } from './imotriz/harness.ts';
import { ENDPOINTS } from './nuvemshop/endpoints/all.ts';
import { startNuvemshop, USER_AGENT } from './nuvemshop/harness.ts';
import { startPedidosya } from './pedidosya/harness.ts';
import { REACH } from './pedidosya/reach.ts';

type Outcome = Record<string, unknown> | 'succeeds';
type FaultName = keyof typeof FAULTS;

const LATER = { kind: 'retry-later' } as const;
const LOST = { ...LATER, outcomeUnknown: true };
const FAULTS = {
  '429': { kind: 'status', status: 429 },
  '500': { kind: 'status', status: 500 },
  HTML: { kind: 'html', status: 502 },
  'time-out before': { kind: 'timeout-before' },
  'time-out after': { kind: 'timeout-after' },
  'reset before': { kind: 'reset-before' },
  'reset after': { kind: 'reset-after' },
  'reset during': { kind: 'reset-during' },
  'empty body': { kind: 'empty-body' },
  'truncated body': { kind: 'truncated-body' },
} as const satisfies Record<string, Omit<Fault, 'match'>>;
/** Faults of a connection that may have been closed while this process slept: only a repeatable call is made once more. */
const RESETS: readonly FaultName[] = ['reset before', 'reset after', 'reset during'];

const ALWAYS: Partial<Record<FaultName, Outcome>> = {
  '429': { ...LATER, throttled: true, outcomeUnknown: false },
  '500': { ...LATER, throttled: false, outcomeUnknown: true },
  HTML: { ...LATER, throttled: true },
  'time-out before': LOST,
  'time-out after': LOST,
  'empty body': { kind: 'invalid-response' },
  'truncated body': { kind: 'invalid-response' },
};

/** A method ready to be called, with a way to spoil its own endpoint and nothing else. */
interface Ready {
  run(): Promise<unknown>;
  faults: Faults;
  match: NonNullable<Fault['match']>;
  /** Makes the next call of it give up soon. */
  hurry(): void;
  calls(): number;
}

interface Method {
  start(): Promise<Ready>;
  repeatable: boolean;
  /** Where this method differs from what is always so. */
  but?: Partial<Record<FaultName, Outcome>>;
}

const ofPedidosya = async (
  match: Ready['match'],
  prepare: (started: Awaited<ReturnType<typeof startPedidosya>>) => Promise<() => Promise<unknown>>,
  options: Parameters<typeof startPedidosya>[0] = {},
): Promise<Ready> => {
  const started = await startPedidosya(options);
  const run = await prepare(started);
  const { platform, impatient } = started;
  const before = platform.calls.length;
  const hits = (path: string) => (match.path instanceof RegExp ? match.path.test(path) : match.path === path);
  const method = match.method ?? 'GET';
  return {
    run,
    match,
    faults: platform.faults,
    hurry: () => impatient(method),
    calls: () =>
      platform.calls.slice(before).filter((call) => call.method === method && hits(call.path)).length,
  };
};

const ofImotriz = async (
  reach: (started: Awaited<ReturnType<typeof startImotriz>>, id: string) => Promise<unknown>,
): Promise<Ready> => {
  const started = await startImotriz();
  const id = started.world.place();
  const { platform, impatient } = started;
  return {
    run: () => reach(started, id),
    faults: platform.faults,
    match: { method: 'GET' },
    hurry: () => impatient('GET'),
    calls: () => platform.calls.length,
  };
};

/** The methods that no table of the platforms' own fault tests has, because each is a case of its own. */
const METHODS: Record<string, Method> = {
  'nuvemshop oauth.exchangeCode': {
    repeatable: false,
    start: async () => {
      const { sim, world, transport, clock, hurry } = await startNuvemshop();
      onTestFinished(() => sim.stop());
      const { appId: clientId, clientSecret } = world.credentials();
      const app = {
        transport,
        clock,
        authUrl: `${sim.url}/apps`,
        userAgent: USER_AGENT,
        clientId,
        clientSecret,
      };
      const code = world.agree();
      return {
        run: () => exchangeCode(app, code),
        faults: sim.faults,
        match: { method: 'POST', path: '/apps/authorize/token' },
        hurry: () => hurry(() => true),
        calls: () => sim.calls.length,
      };
    },
  },
  'pedidosya oauth.token': {
    repeatable: true,
    start: () =>
      ofPedidosya(
        { method: 'POST', path: '/v2/oauth/token' },
        async ({ api, world }) => {
          const { order_id: id } = world.place({ storeId: 'nbet' });
          return () => api.orders.get(id);
        },
        {
          client: {
            credential: async () => ({
              clientId: PEDIDOSYA.oauthClient.id,
              clientSecret: PEDIDOSYA.oauthClient.secret,
            }),
          },
        },
      ),
  },
  'pedidosya orders.update': {
    repeatable: false,
    // The order itself says whether it was changed, so an answer that is lost or spoiled is looked up.
    but: {
      'time-out after': 'succeeds',
      'reset after': 'succeeds',
      'reset during': 'succeeds',
      'empty body': 'succeeds',
      'truncated body': 'succeeds',
    },
    start: () =>
      ofPedidosya({ method: 'PUT', path: /\/orders\/[^/]+$/ }, async ({ api, world }) => {
        const order = world.place({ storeId: 'nbet' });
        const picked = pickedItems(order, []);
        if (!picked.ok) throw new Error(picked.problem);
        return () => api.orders.update(order.order_id, { status: 'READY_FOR_PICKUP', items: picked.items });
      }),
  },
  'pedidosya download': {
    repeatable: true,
    // A file has no envelope that could be missing: its rows are compared with what was sent.
    but: { 'empty body': 'succeeds', 'truncated body': 'succeeds' },
    start: () =>
      ofPedidosya({ method: 'GET', path: /^\/files\// }, async ({ api, platform, clock }) => {
        const { jobId = '' } = await api.catalogue.requestExport('nbet');
        await clock.sleep(60_000);
        return () => api.download(`${platform.url}/files/export-${jobId}.csv`);
      }),
  },
  'imotriz newOrders': {
    repeatable: false,
    // The read has happened: whatever came is handed over to be kept.
    but: { 'empty body': 'succeeds', 'truncated body': 'succeeds' },
    start: () => ofImotriz(({ api }) => api.newOrders()),
  },
  'imotriz orderIds': { repeatable: true, start: () => ofImotriz(({ api }) => api.orderIds()) },
  'imotriz order': { repeatable: true, start: () => ofImotriz(({ api }, id) => api.order(id)) },
};

describe.each(Object.entries(METHODS))('%s', (_, { start, repeatable, but = {} }) => {
  it.each(Object.keys(FAULTS) as FaultName[])('means the right thing by %s', async (name) => {
    // Prepare
    const { run, faults, match, hurry, calls } = await start();
    if (name.startsWith('time-out')) hurry();
    faults.add({ ...FAULTS[name], match, times: 1 });

    // Act
    const outcome = await run().then(
      () => 'succeeds',
      (error: unknown) => error,
    );

    // Assess
    const again = RESETS.includes(name) && repeatable;
    const expected = but[name] ?? ALWAYS[name] ?? (again ? 'succeeds' : LOST);
    if (expected === 'succeeds') expect(outcome).toBe('succeeds');
    else expect(outcome).toMatchObject(expected);
    expect(calls()).toBe(again ? 2 : 1);
  });
});

describe('the matrix of faults', () => {
  /** Methods that are made of another one's calls. */
  const MADE_OF: Record<string, string> = {
    'pedidosya orders.page': 'pedidosya orders.list',
    'pedidosya catalog.requestExport': 'pedidosya catalog.export',
    'pedidosya jobs.get': 'pedidosya catalog.job',
    'pedidosya jobs.follow': 'pedidosya catalog.job',
  };
  const refusals = REFUSALS.map((name) => `nuvemshop ${name}`);
  const covered = new Set([
    ...Object.keys(METHODS),
    ...ENDPOINTS.map(({ name }) => `nuvemshop ${name}`),
    ...Object.keys(REACH).map((name) => `pedidosya ${name}`),
  ]);

  it.each(CLIENT_METHODS.filter((method) => !refusals.includes(method)))('has %s', (method) => {
    expect(covered).toContain(MADE_OF[method] ?? method);
  });
});
