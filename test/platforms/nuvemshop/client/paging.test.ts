import { describe, expect, it } from 'vitest';
import { drain } from '../endpoints/endpoint.ts';
import { fakeApi } from '../fake-api.ts';

const HOST = 'https://api.tiendanube.com/2025-03/5665778/orders';
const order = (id: number) => ({ id, status: 'open' });

describe('lists', () => {
  it('ask for 200 a page and follow Link to the end (documented)', async () => {
    const { client, calls } = fakeApi((_, index) =>
      index < 2
        ? {
            body: [order(index)],
            headers: {
              'x-total-count': '3',
              link: `<${HOST}?page=${index + 2}&per_page=200&k=v>; rel="next", <${HOST}?page=3>; rel="last"`,
            },
          }
        : {
            body: [order(2)],
            headers: { link: `<${HOST}?page=1>; rel="first", <${HOST}?page=2>; rel="prev"` },
          },
    );
    expect((await drain(client.orders.list())).map(({ id }) => id)).toEqual(['0', '1', '2']);
    expect(calls[0]?.url).toContain('?per_page=200&page=1');
    // Whatever host the link names, the token only goes to the configured one.
    expect(calls.map(({ url }) => url.split('?')[0])).toEqual(
      Array(3).fill('https://api.nuvemshop.com.br/2025-03/5665778/orders'),
    );
    expect(calls[1]?.url).toContain('k=v');
  });

  it('take 404 "Last page is N" for an empty page (observed)', async () => {
    for (const last of [0, 4]) {
      const { client } = fakeApi(() => ({
        status: 404,
        body: { code: 404, message: 'Not Found', description: `Last page is ${last}` },
      }));
      expect(await drain(client.orders.list())).toEqual([]);
    }
  });

  it('take no other 404 for an empty page', async () => {
    const { client } = fakeApi(() => ({
      status: 404,
      body: { code: 404, message: 'Not Found', description: null },
    }));
    await expect(drain(client.orders.list())).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('go by the total where the link is missing, even when pages are shorter than asked', async () => {
    const { client, calls } = fakeApi((_, index) => ({
      body: [order(index)],
      headers: { 'x-total-count': '3' },
    }));
    expect(await drain(client.orders.list())).toHaveLength(3);
    expect(calls).toHaveLength(3);
  });

  it('go on while pages are full where nothing is said, and stop when a list does not page', async () => {
    const full = Array.from({ length: 200 }, (_, index) => order(index + 1));
    const { client, calls } = fakeApi(() => ({ body: full }));
    expect(await drain(client.orders.list())).toHaveLength(200);
    expect(calls).toHaveLength(2);
  });

  it('do not turn in circles', async () => {
    const { client } = fakeApi((_, index) => ({
      body: [order(index)],
      headers: { link: `<${HOST}?page=1&per_page=200>; rel="next"` },
    }));
    await expect(drain(client.orders.list())).rejects.toMatchObject({ kind: 'invalid-response' });
  });

  it('lose no order to the odd one beside it', async () => {
    const { client } = fakeApi(() => ({
      body: [order(1), { no: 'id' }, 7, order(2)],
      headers: { 'x-total-count': '4' },
    }));
    for await (const page of client.orders.list()) {
      expect(page.items.map(({ id }) => id)).toEqual(['1', '2']);
      expect(page.unreadable).toHaveLength(2);
      expect(page.total).toBe(4);
    }
  });

  it('send every documented filter as the reference spells it (documented)', async () => {
    const { client, calls } = fakeApi(() => ({ body: [] }));
    await drain(
      client.orders.list({
        since_id: '9',
        status: 'any',
        channels: 'store',
        payment_status: 'paid',
        shipping_status: 'unfulfilled',
        created_at_min: '2026-11-01T00:00:00Z',
        created_at_max: '2026-11-02T00:00:00Z',
        updated_at_min: '2026-11-01T00:00:00-03:00',
        updated_at_max: '2026-11-02T00:00:00Z',
        total_min: '1.50',
        total_max: 90,
        customer_ids: ['1', 2],
        q: 'Ñandú & co',
        app_id: 5,
        payment_methods: 'credit_card',
        payment_provider: 'x',
        fields: ['id', 'total'],
        aggregates: ['fulfillment_orders', 'custom_fields'],
        per_page: 50,
      }),
    );
    const sent = Object.fromEntries(new URL(calls[0]?.url ?? '').searchParams);
    expect(sent).toEqual({
      since_id: '9',
      status: 'any',
      channels: 'store',
      payment_status: 'paid',
      shipping_status: 'unfulfilled',
      created_at_min: '2026-11-01T00:00:00Z',
      created_at_max: '2026-11-02T00:00:00Z',
      updated_at_min: '2026-11-01T00:00:00-03:00',
      updated_at_max: '2026-11-02T00:00:00Z',
      total_min: '1.50',
      total_max: '90',
      customer_ids: '1,2',
      q: 'Ñandú & co',
      app_id: '5',
      payment_methods: 'credit_card',
      payment_provider: 'x',
      fields: 'id,total',
      aggregates: 'fulfillment_orders,custom_fields',
      per_page: '50',
      page: '1',
    });
  });

  it('refuse a filter the platform does not have, for it would list everything', () => {
    const { client, calls } = fakeApi(() => ({ body: [] }));
    const filters: object = { state: 'open' };
    expect(() => client.orders.list(filters)).toThrow(/not sent \(refused\).*state/s);
    expect(calls).toHaveLength(0);
  });
});

describe('orders of a stretch of time', () => {
  const seconds = (index: number) => Date.parse('2026-11-01T00:00:00Z') + index * 1000;
  /** A platform with one order a second, that lists no more than 10,000 of them. */
  const shop = (count: number, cap = 10_000) =>
    fakeApi(({ url }) => {
      const query = new URL(url).searchParams;
      const from = Date.parse(query.get('updated_at_min') ?? '');
      const to = Date.parse(query.get('updated_at_max') ?? '');
      const page = Number(query.get('page'));
      const found = Array.from({ length: count }, (_, index) => index).filter(
        (i) => seconds(i) >= from && seconds(i) <= to,
      );
      if ((page - 1) * 200 >= cap) return { status: 422, body: { code: 422, description: 'too many' } };
      if (found.length === 0) return { status: 404, body: { code: 404, description: 'Last page is 0' } };
      const slice = found.slice((page - 1) * 200, page * 200).map((index) => order(index + 1));
      return { body: slice, headers: { 'x-total-count': String(found.length) } };
    });
  const window = (count: number) =>
    ({ by: 'updated_at', from: new Date(seconds(-10)), to: new Date(seconds(count)) }) as const;

  it.each([0, 1, 200, 10_000, 10_001, 25_000])(
    'are all there: %i of them, sliced beyond 10,000 (documented)',
    async (count) => {
      const { client } = shop(count);
      const ids = new Set((await drain(client.orders.listWithin(window(count)))).map(({ id }) => id));
      expect(ids.size).toBe(count);
    },
  );

  it('are read again when the list changed while it was read: a page may have slid', async () => {
    const { client, calls } = fakeApi((_, index) => ({
      body: [order(index + 1)],
      headers: { 'x-total-count': index === 0 ? '3' : '2' },
    }));
    await drain(client.orders.listWithin(window(5)));
    expect(calls.map(({ url }) => new URL(url).searchParams.get('page'))).toEqual(['1', '2', '1', '2']);
  });

  it('are read again when the last page was gone by the time it was asked for', async () => {
    // Arrange: three full pages and an order, one of which leaves the first page after the third was read.
    const ids = Array.from({ length: 601 }, (_, index) => index + 1);
    const { client } = fakeApi(({ url }, index) => {
      if (index === 3) ids.shift();
      const page = Number(new URL(url).searchParams.get('page'));
      const slice = ids.slice((page - 1) * 200, page * 200);
      return slice.length === 0
        ? { status: 404, body: { code: 404, description: 'Last page is 3' } }
        : { body: slice.map(order), headers: { 'x-total-count': String(ids.length) } };
    });
    // Act
    const seen = new Set((await drain(client.orders.listWithin(window(5)))).map(({ id }) => id));
    // Assert
    expect(ids.map(String).filter((id) => !seen.has(id))).toEqual([]);
  });

  it('are refused when too many share one second, rather than lost', async () => {
    const { client } = fakeApi(() => ({ body: [order(1)], headers: { 'x-total-count': '10001' } }));
    await expect(drain(client.orders.listWithin(window(60)))).rejects.toMatchObject({ kind: 'refused' });
  });
});
