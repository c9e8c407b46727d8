import { beforeAll, describe, expect, it } from 'vitest';
import { customerRowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const [plain, personal] = [api.token(['customers']), api.token(['customers', 'customers:personal'])];
const get = (url: string, token = plain, headers: Record<string, string> = {}) =>
  api.call('GET', url, { token, headers });
const at = (minute: number) =>
  new Date(Date.parse('2026-11-22T12:00:00.000Z') + minute * 60_000).toISOString();
const PERSON = /Invented Person|invented@example/;
const ONE = `/v1/customers/${encodeURIComponent('shop:s:customer:1')}`;
const read = () => api.metrics.total('PersonalDataRead');

beforeAll(async () => {
  const { customers } = api;
  await customers.put(customerRowOf('1', { changedAt: at(1) }), 0);
  await customers.put(customerRowOf('2', { changedAt: at(2), storeId: 's-2' }), 0);
  const { personal: _, ...erased } = customerRowOf('3', { changedAt: at(3), version: 2 });
  await customers.put({ ...erased, erased: { at: Date.parse(at(3)), because: 'operator', request: 'r' } }, 0);
  const { eventCount: __, ...unheard } = customerRowOf('never', { changedAt: at(4), removedAt: 1 });
  await customers.put(unheard, 0);
});

describe('the list of customers', () => {
  it('has those of all stores, and nothing of a person', async () => {
    const { status, body } = await get('/v1/customers');

    expect(status).toBe(200);
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([
      'shop:s:customer:1',
      'shop:s-2:customer:2',
      'shop:s:customer:3',
    ]);
    expect(body.items[0]).toMatchObject({ version: 1, customer: { acceptsMarketing: false } });
    expect(JSON.stringify(body)).not.toMatch(PERSON);
  });

  it('says who they are with the scope for it, and counts each', async () => {
    const before = read();

    const { body } = await get('/v1/customers', personal);

    expect(body.items[0].personal).toEqual({ name: 'Invented Person', email: 'invented@example.com' });
    expect(body.items[2]).toMatchObject({ erasedAt: at(3) });
    expect(body.items[2]).not.toHaveProperty('personal');
    expect(read() - before).toBe(2);
  });

  it('comes page by page', async () => {
    const first = await get('/v1/customers?limit=1');
    const second = await get(`/v1/customers?limit=1&cursor=${encodeURIComponent(first.body.next)}`);

    expect([first, second].map(({ body }) => body.items[0].platformCustomerId)).toEqual(['1', '2']);
  });

  it('needs a scope of its own', async () => {
    const { status, body } = await get(
      '/v1/customers',
      api.token(['orders:read', 'orders:personal', 'catalogue']),
    );

    expect([status, body.code]).toEqual([403, 'scope-missing']);
  });
});

describe('one customer', () => {
  it('is answered without its person, and with it for whoever may see that', async () => {
    const before = read();

    expect((await get(ONE)).body).not.toHaveProperty('personal');
    expect(read()).toBe(before);
    expect((await get(ONE, personal)).body).toMatchObject({ personal: { name: 'Invented Person' } });
    expect(read() - before).toBe(1);
  });

  it('is not sent again to whoever has it', async () => {
    const { headers } = await get(ONE);

    expect((await get(ONE, plain, { 'if-none-match': headers.etag! })).status).toBe(304);
  });

  it.each(['shop:s:customer:99', 'shop:s:customer:never'])('is not known as %s', async (id) => {
    const { status, body } = await get(`/v1/customers/${encodeURIComponent(id)}`);

    expect([status, body.code]).toEqual([404, 'customer-unknown']);
  });
});
