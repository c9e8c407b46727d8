import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { channelsOf, merchantNamed } from '../../config/merchant.ts';
import type { PlatformErrorDetails } from '../../functions/http/errors.ts';
import { PlatformError } from '../../functions/http/errors.ts';
import type { Endpoint, ThroughCall } from '../../functions/platforms/pass-through.ts';
import { callPlatform } from '../../ops/commands/call.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const KEPT = 'It takes it away. Use another.';
const ENDPOINTS: readonly Endpoint[] = [
  { operation: 'items.list', method: 'GET', path: '/items/{id}', through: 'read', reachedBy: [] },
  { operation: 'items.put', method: 'PUT', path: '/items/{id}', through: 'write', reachedBy: [] },
  { operation: 'taken', method: 'GET', path: '/taken', through: 'never', reason: KEPT, reachedBy: [] },
];
const calls: ThroughCall[] = [];
const entries: unknown[] = [];
let answer: () => unknown = () => ({ status: 200, headers: {}, body: { id: 7 } });
const shop = {
  name: 'shop',
  credentials: {},
  limits: () => ({ api: { scope: 's', perSecond: 1000, burst: 1000 } }),
  connect: () => (context: { admit(operation: string): Promise<void> }) => context,
  passThrough: {
    endpoints: () => ENDPOINTS,
    async call(context: { admit(operation: string): Promise<void> }, call: ThroughCall) {
      await context.admit(call.endpoint.operation);
      calls.push(call);
      return answer();
    },
  },
};
const [demo] = channelsOf(merchantNamed('demo'));
const context = {
  channelOf: () => ({ ...demo, platform: shop, stores: [{ id: 's' }, { id: 's-2' }], settings: {} }),
  accountOf: () => ({
    dynamo: tables.client,
    controlTable: tables.table,
    clock,
    metrics: { add: () => {} },
    log: console,
  }),
  audited: async (what: string, details: object, work: (id: string) => Promise<object>) => {
    const result = await work('ops-1');
    entries.push({ what, ...details, ...result });
    return result;
  },
  control: { clock },
  merchant: merchantNamed('demo'),
} as unknown as Parameters<typeof callPlatform>[0];

let shown: string[];
beforeEach(() => {
  calls.length = 0;
  entries.length = 0;
  answer = () => ({ status: 200, headers: {}, body: { id: 7 } });
  shown = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void shown.push(String(text)));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    shown.push(String(text));
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const call = (method: string, path: string, options: object = {}) =>
  callPlatform(context, 'shop', method, path, {
    json: false,
    yes: false,
    dryRun: false,
    store: 's',
    ...options,
  });
const fails = (details: Partial<PlatformErrorDetails>) => () => {
  throw new PlatformError({ platform: 'shop', operation: 'items.put', kind: 'refused', ...details });
};

describe('call', () => {
  it('reads, shows the answer and leaves an entry in the audit trail', async () => {
    expect(await call('get', '/items/a%20b?page=2')).toBe(0);

    expect(calls).toMatchObject([{ variables: { id: 'a b' }, query: { page: '2' } }]);
    expect(shown.join('')).toContain('"id": 7');
    expect(entries).toEqual([
      { what: 'call', platform: 'shop', store: 's', call: 'GET /items/{id}', outcome: 'answered' },
    ]);
  });

  it('sends all of a query, also what stands behind another question mark', async () => {
    await call('GET', 'items/7?q=what?&page=2');

    expect(calls).toMatchObject([{ query: { q: 'what?', page: '2' } }]);
  });

  it('prints the answer as JSON', async () => {
    await call('GET', 'items/7', { json: true });

    expect(JSON.parse(shown.join(''))).toEqual({ status: 200, headers: {}, body: { id: 7 } });
  });

  it('calls what changes something only with a yes', async () => {
    await expect(call('PUT', 'items/7', { data: '{}' })).rejects.toThrow(
      'PUT /items/{id} at shop:s of merchant demo changes something. Say --yes',
    );
    expect(calls).toEqual([]);

    expect(await call('PUT', 'items/7', { data: '{"name":"x"}', yes: true })).toBe(0);
    expect(calls).toMatchObject([{ variables: { id: '7' }, body: { name: 'x' } }]);
  });

  it('refuses what is kept, says why and what to use instead', async () => {
    await expect(call('GET', 'taken', { yes: true })).rejects.toThrow(KEPT);
    expect(entries).toEqual([]);
  });

  it.each([
    ['a path that is in no row', ['GET', 'nothing', {}], 'docs/platforms.md'],
    ['no store where there are several', ['GET', 'items/7', { store: undefined }], '--store'],
    ['a name twice in the query', ['GET', 'items/7?id=1&id=2', {}], '"id" stands twice in the query'],
    ['data that is no JSON', ['PUT', 'items/7', { data: '{', yes: true }], 'no JSON'],
    [
      'a file of data that is not there',
      ['PUT', 'items/7', { data: '@nowhere.json', yes: true }],
      'The file nowhere.json cannot be read',
    ],
  ] as const)('takes no %s', async (_, [method, path, options], said) => {
    await expect(call(method, path, options)).rejects.toThrow(said);
    expect(calls).toEqual([]);
  });

  it('ends with 3 when the platform refuses, in its words', async () => {
    answer = fails({ status: 422, said: 'name is taken' });

    expect(await call('PUT', 'items/7', { data: '{}', yes: true })).toBe(3);
    expect(shown.join('')).toContain('name is taken');
  });

  it('ends with 4 when nobody knows whether it happened', async () => {
    answer = fails({ kind: 'retry-later', outcomeUnknown: true });

    expect(await call('PUT', 'items/7', { data: '{}', yes: true })).toBe(4);
    expect(entries).toMatchObject([{ outcome: 'unknown' }]);
  });
});
