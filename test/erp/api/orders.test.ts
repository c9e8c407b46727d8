import { beforeAll, describe, expect, it } from 'vitest';
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import { rowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { sampleOrder } from '../../support/sample-order.ts';
import { apiBench } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const reader = api.token(['orders:read']);
const personal = api.token(['orders:read', 'orders:personal'], 'billing');

const minute = (n: number) => new Date(Date.parse('2026-11-22T10:00:00.000Z') + n * 60_000).toISOString();
const at = (n: number, change: Partial<OrderRow> = {}): OrderRow =>
  rowOf(`o-${n}`, { changedAt: minute(n), ...change });
const inStatus = (status: 'dispatched' | 'cancelled') => {
  const { personal: _, ...order } = sampleOrder({ status });
  return { order };
};

beforeAll(async () => {
  for (const row of [
    at(1),
    at(2, { platform: 'mall', storeId: 'm' }),
    at(3, { storeId: 's-2' }),
    at(4, inStatus('dispatched')),
    at(5, { platform: 'mall', storeId: 'm', ...inStatus('cancelled') }),
    at(6),
    at(7, { storeId: 'not-configured' }),
    at(8, { state: 'needs-review', review: { reason: 'not-json', problem: 'the body is not JSON', at: 0 } }),
  ])
    await api.orders.put(row, 0);
});

const list = (query = '', token = reader) => api.call('GET', `/v1/orders${query}`, { token });
const idsOf = ({ body }: { body: { items: { id: string }[] } }) => body.items.map(({ id }) => id);

async function walk(query: string): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await list(`${query}${cursor === undefined ? '' : `&cursor=${cursor}`}`);
    pages.push(idsOf(page));
    cursor = page.body.next;
  } while (cursor !== undefined && pages.length < 20);
  return pages;
}

describe('the list of orders', () => {
  it('is of all configured stores, the order that changed longest ago first', async () => {
    expect(idsOf(await list())).toEqual([
      'shop:s:o-1',
      'mall:m:o-2',
      'shop:s-2:o-3',
      'shop:s:o-4',
      'mall:m:o-5',
      'shop:s:o-6',
      'shop:s:o-8',
    ]);
  });

  it.each([1, 2, 3, 4])('is the same in pages of %i', async (size) => {
    const pages = await walk(`?limit=${size}`);

    expect(pages.flat()).toEqual(idsOf(await list()));
    expect(Math.max(...pages.map(({ length }) => length))).toBe(size);
  });

  it('can be of one platform', async () => {
    expect(idsOf(await list('?platform=mall'))).toEqual(['mall:m:o-2', 'mall:m:o-5']);
  });

  it('can be of some statuses; then a page may be empty and have a next one', async () => {
    const pages = await walk('?status=dispatched,cancelled&limit=1');

    expect(pages.flat()).toEqual(['shop:s:o-4', 'mall:m:o-5']);
    expect(pages[0]).toEqual([]);
  });

  it('can be of what changed after a time, that moment left out', async () => {
    expect(idsOf(await list(`?changed_after=${minute(5)}`))).toEqual(['shop:s:o-6', 'shop:s:o-8']);
    expect((await walk(`?changed_after=${minute(3)}&limit=1`)).flat()).toEqual([
      'shop:s:o-4',
      'mall:m:o-5',
      'shop:s:o-6',
      'shop:s:o-8',
    ]);
    expect((await list('?changed_after=9999-12-31T23:59:59Z')).body).toEqual({ items: [] });
  });

  it('shows an order that changes meanwhile once more, and passes over none', async () => {
    const first = await list('?limit=3');
    const moved = at(6, { changedAt: minute(20), revision: 2 });
    await api.orders.put(moved, 1);

    const rest = await list(`?limit=100&cursor=${first.body.next}`);
    await api.orders.put(at(6, { revision: 3 }), 2);

    expect(idsOf(rest)).toEqual(['shop:s:o-4', 'mall:m:o-5', 'shop:s:o-8', 'shop:s:o-6']);
  });

  it('says why an order needs review', async () => {
    const { body } = await list(`?changed_after=${minute(7)}`);

    expect(body.items).toMatchObject([
      { state: 'needs-review', review: { reason: 'not-json', problem: 'the body is not JSON' } },
    ]);
  });
});

describe('the person of an order', () => {
  it('is shown to a client with the scope, and each time counted and written down', async () => {
    const before = api.metrics.total('PersonalDataRead');

    const { body } = await list('?limit=2', personal);

    expect(body.items[0].personal).toEqual({ name: 'Invented Person' });
    expect(api.metrics.total('PersonalDataRead') - before).toBe(2);
    expect(api.lines.filter(({ message }) => message === 'personal data read').at(-1)?.fields).toEqual({
      client: 'billing',
      orders: ['shop:s:o-1', 'mall:m:o-2'],
    });
  });

  it('is not shown without it, and nothing is counted', async () => {
    const before = api.metrics.total('PersonalDataRead');

    const listed = await list();
    const one = await api.call('GET', '/v1/orders/shop:s:o-1', { token: reader });

    expect(listed.text + one.text).not.toContain('Invented Person');
    expect(listed.text + one.text).not.toContain('"personal"');
    expect(api.metrics.total('PersonalDataRead')).toBe(before);
  });

  it('stands in no line of the log', () => {
    expect(JSON.stringify(api.lines)).not.toContain('Invented Person');
  });

  it('that was erased is told as erased', async () => {
    const { personal: _, ...row } = at(30, { erased: { at: 0, because: 'operator', request: 'r' } });
    await api.orders.put(row, 0);

    const { body } = await api.call('GET', '/v1/orders/shop:s:o-30', { token: personal });

    expect(body).toMatchObject({ erasedAt: '1970-01-01T00:00:00.000Z' });
    expect(body).not.toHaveProperty('personal');
  });
});

describe('one order', () => {
  const get = (path: string, given = {}) =>
    api.call('GET', `/v1/orders/${path}`, { token: reader, ...given });

  it('is found by its name, whatever characters it has', async () => {
    const odd = rowOf('a/b c%#:ñ', { storeId: 's-2' });
    await api.orders.put(odd, 0);

    const { status, body } = await get(encodeURIComponent('shop:s-2:a/b c%#:ñ'));

    expect([status, body.id]).toEqual([200, 'shop:s-2:a/b c%#:ñ']);
    expect(body).toMatchObject({ platform: 'shop', storeId: 's-2', version: 1, order: { currency: 'UYU' } });
  });

  it('is not sent again while it is as its tag says', async () => {
    const first = await get('shop:s:o-1');
    const same = await get('shop:s:o-1', {
      headers: { 'if-none-match': `W/"other", ${first.headers.etag}` },
    });
    await api.orders.put(at(1, { version: 2, revision: 2 }), 1);
    const changed = await get('shop:s:o-1', { headers: { 'if-none-match': first.headers.etag } });

    expect([same.status, same.text, same.headers.etag]).toEqual([304, '', first.headers.etag]);
    expect([changed.status, changed.body.version]).toEqual([200, 2]);
  });

  it('has another tag for a client who sees more of it', async () => {
    const [some, all] = [await get('shop:s:o-4'), await get('shop:s:o-4', { token: personal })];

    expect(some.headers.etag).not.toBe(all.headers.etag);
  });

  it('comes with its events among the newest of the feed', async () => {
    await api.feed.append({
      events: (epoch) =>
        ['o-4', 'o-6', 'o-4'].map((id, index) => ({
          id: `shop:s:order:${id}:${epoch}:${index}`,
          type: 'order.updated',
          at: minute(0),
          key: `shop:s:${id}`,
          version: index + 1,
        })),
    });

    const { body } = await get('shop:s:o-4?include=events');

    expect(body.events.map(({ seq }: { seq: number }) => seq)).toEqual([1, 3]);
  });

  it('comes with what the platform sent to a client with the scope, which is counted', async () => {
    const row = at(40);
    const raw = await api.raws.put(row, Buffer.from('{"buyer":"Invented Person"}'));
    await api.orders.put({ ...row, raw }, 0);
    const before = api.metrics.total('PersonalDataRead');

    const refused = await get('shop:s:o-40?include=raw');
    const { body } = await get('shop:s:o-40?include=raw', { token: personal });

    expect([refused.status, refused.body.code]).toEqual([403, 'scope-missing']);
    expect(body.raw).toEqual({ sha256: raw.sha256, bytes: 27, text: '{"buyer":"Invented Person"}' });
    expect(api.metrics.total('PersonalDataRead') - before).toBe(1);
  });

  it('comes without what the platform sent once that is gone', async () => {
    const gone = { sha256: 'ab'.repeat(32), bytes: 5, chunkCount: 1 };
    await api.orders.put(at(41, { raw: gone }), 0);

    const { status, body } = await get('shop:s:o-41?include=raw', { token: personal });

    expect(status).toBe(200);
    expect(body).not.toHaveProperty('raw');
  });
});
