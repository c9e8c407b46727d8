import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseItemName } from '../../../functions/domain/item-name.ts';
import { EVERYWHERE } from '../../../functions/domain/stock/pricing.ts';
import { withBase } from '../../../functions/domain/stock/sku.ts';
import { PROBLEMS } from '../../../functions/erp/api/problem.ts';
import { ROUTES } from '../../../functions/erp/api/routes.ts';
import { SCOPES } from '../../../functions/erp/tokens.ts';
import { customerRowOf, productRowOf, rowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench, STOCK, shopLocations } from './api-bench.ts';
import {
  type Drawn,
  KNOWN_COMMAND,
  KNOWN_LOCATION,
  KNOWN_SKU,
  PLANTED,
  requestsTo,
} from './arbitrary-requests.ts';

/** For each route. The nightly run draws 5,000. */
const REQUESTS = Number(process.env.API_REQUESTS ?? 40);
const SEED = Number(process.env.API_SEED ?? 1);

const tables = localTables();
const api = apiBench(tables);
const tokens: Record<Drawn['as'], string | undefined> = {
  all: api.token(SCOPES),
  none: api.token([]),
  revoked: api.token(SCOPES),
  nobody: undefined,
};
api.stored.pop();

beforeAll(async () => {
  for (const [id, storeId, platform] of [
    ['1', 's', 'shop'],
    ['2', 's-2', 'shop'],
    ['3', 'm', 'mall'],
  ] as const)
    await api.orders.put(rowOf(id, { storeId, platform }), 0);
  for (const [storeId, platform] of [
    ['s', 'shop'],
    ['m', 'mall'],
  ] as const)
    await api.products.put(productRowOf('4', { storeId, platform }), 0);
  await api.customers.put(customerRowOf('5'), 0);
  shopLocations.add({ id: KNOWN_LOCATION });
  const key = { platform: 'shop', storeId: 's', platformOrderId: '1' };
  for (const client of new Set(api.stored.map((one) => one.client)))
    await api.commands.accept(key, {
      client,
      id: KNOWN_COMMAND,
      command: 'note',
      input: { text: 'Hello' },
      sha256: 'sha',
      giveUpAt: api.clock.now() + 1000,
      correlationId: 'c',
    });
  const base = { quantity: 5000, asOf: api.clock.now() };
  await api.stock.update(KNOWN_SKU, (known) => withBase(known, 'main', base, STOCK, api.clock.now()).sku);
  await api.feed.append({
    events: () => [
      { id: 'e-1', type: 'order.created', at: '2026-11-22T12:00:00.000Z', key: 'shop:s:1', version: 1 },
    ],
  });
});

const seen = new Map<string, Set<number>>();
let slowestMs = 0;
/** Far above what a request takes here, and below what API Gateway waits for (ms). */
const HUNG_MS = 10_000;

/** Whatever was said to be taken is in the table. */
// biome-ignore lint/suspicious/noExplicitAny: an answer of any route.
async function expectVisible(operation: string, body: any): Promise<void> {
  if (operation === 'giveCommands')
    for (const { id, result } of body?.items ?? [])
      if (result !== 'error') expect(await api.commands.find('erp', id)).toBeDefined();
  if (operation === 'putStock')
    for (const { sku, place, result } of body?.items ?? [])
      if (result === 'set') expect((await api.stock.get(sku))?.bases[place]).toBeDefined();
  if (operation === 'putPrices')
    for (const { sku, platform = EVERYWHERE, result } of body?.items ?? [])
      if (result === 'set') expect((await api.stock.get(sku))?.pricing?.wanted[platform]).toBeDefined();
  if (operation === 'acknowledgeOrder' && body !== undefined) {
    const row = await api.orders.get(parseItemName(body.id)!);
    expect(row?.acknowledgements?.erp).toEqual(body.acknowledgement);
  }
}

async function send({ method, path, query, headers, body, as }: Drawn) {
  const search = new URLSearchParams(query).toString();
  const token = tokens[as];
  return api.call(method, search === '' ? path : `${path}?${search}`, {
    ...(token === undefined ? {} : { token }),
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

describe.each(ROUTES.map((route) => [route.operation, route] as const))(
  'requests to %s',
  (operation, route) => {
    it('of any kind are answered without a 5xx, and without a word of what was sent', async () => {
      const statuses = new Set<number>();
      seen.set(operation, statuses);

      await fc.assert(
        fc.asyncProperty(requestsTo(route), async (drawn) => {
          const began = performance.now();
          const { status, text, headers, body } = await send(drawn);
          slowestMs = Math.max(slowestMs, performance.now() - began);
          statuses.add(status);
          expect(status).toBeLessThan(500);
          if (status < 400) return expectVisible(operation, body);
          expect(text + JSON.stringify(headers)).not.toContain(PLANTED);
          if (text === '') return;
          expect(headers['content-type']).toBe('application/problem+json');
          expect(Object.keys(PROBLEMS)).toContain(body.code);
          expect(body.status).toBe(status);
        }),
        { numRuns: REQUESTS, seed: SEED },
      );
    }, 600_000);

    it('are let in as often as not, so that the work behind the frame is tried too', () => {
      expect([...(seen.get(operation) ?? [])]).toContain(route.answer.status);
    });
  },
);

describe('all of these requests', () => {
  it('were answered in time, each', () => {
    expect(slowestMs).toBeGreaterThan(0);
    expect(slowestMs).toBeLessThan(HUNG_MS);
  });

  it('leave nothing of what they carried in the log', () => {
    expect(api.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(api.lines)).not.toContain(PLANTED);
  });
});
