import { describe, expect, it } from 'vitest';
import { at, NOON, openShop } from './open-shop.ts';

const ids = (json: unknown) => (Array.isArray(json) ? json.map((order) => String(at(order, 'id'))) : json);

describe('GET /orders', () => {
  it('answers an empty list and a page past the end with 404 "Last page is N"', async () => {
    const { get, world } = await openShop();
    const empty = await get('/orders');
    for (let i = 0; i < 3; i += 1) world.place();
    const past = await get('/orders?page=3&per_page=2');
    expect(empty).toMatchObject({
      status: 404,
      json: { code: 404, message: 'Not Found', description: 'Last page is 0' },
    });
    expect(past).toMatchObject({ status: 404, json: { description: 'Last page is 2' } });
  });

  it('gives 30 a page unless told otherwise, at most 200, with total and links', async () => {
    // Arrange
    const { get, world } = await openShop();
    for (let i = 0; i < 201; i += 1) world.place();

    // Act
    const first = await get('/orders');
    const clamped = await get('/orders?per_page=500');
    const middle = await get('/orders?per_page=50&page=2&status=open');

    // Assert
    expect(first.json).toHaveLength(30);
    expect(first.headers.get('x-total-count')).toBe('201');
    expect(clamped.json).toHaveLength(200);
    const links = middle.headers.get('link') ?? '';
    for (const rel of ['next', 'last', 'first', 'prev']) expect(links).toContain(`rel="${rel}"`);
    expect(links).toMatch(/<http:\/\/127\.0\.0\.1:\d+\/2025-03\/\d+\/orders\?[^>]*page=3[^>]*>; rel="next"/);
    expect(links).toContain('status=open');
  });

  it('reaches every order once by following the links', async () => {
    const { get, world, sim } = await openShop();
    for (let i = 0; i < 25; i += 1) world.place();
    const seen: unknown[] = [];
    let path: string | undefined = '/orders?per_page=10&fields=id';
    while (path !== undefined) {
      const { json, headers } = await get(path);
      seen.push(...(ids(json) as unknown[]));
      const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      path = next?.slice(`${sim.url}/2025-03/${world.storeIds()[0]}`.length);
    }
    expect(new Set(seen).size).toBe(25);
  });

  it('errors beyond its cap, which is 10,000 by default', async () => {
    const { get, world } = await openShop({ orderListCap: 4 });
    for (let i = 0; i < 6; i += 1) world.place();
    expect((await get('/orders?per_page=2&page=2')).status).toBe(200);
    expect((await get('/orders?per_page=2&page=3')).status).toBe(422);
    const { get: getElsewhere } = await openShop();
    expect((await getElsewhere('/orders?per_page=200&page=50')).status).toBe(404);
    expect((await getElsewhere('/orders?per_page=200&page=51')).status).toBe(422);
  });

  it('filters by state, payment and shipping, each with its own words', async () => {
    // Arrange
    const { get, world } = await openShop();
    const [open, paid, sent, cancelled, archived] = [1, 2, 3, 4, 5].map(() => world.place());
    world.pay(paid!);
    world.pay(sent!);
    world.pack(sent!);
    world.ship(sent!);
    world.cancel(cancelled!);
    world.archive(archived!);
    const list = async (query: string) => ids((await get(`/orders?${query}&fields=id`)).json);

    // Act and assert
    expect(await list('status=any')).toHaveLength(5);
    expect(await list('status=cancelled')).toEqual([cancelled]);
    expect(await list('status=closed')).toEqual([archived]);
    expect(await list('payment_status=paid')).toEqual([sent, paid]);
    expect(await list('shipping_status=fulfilled')).toEqual([sent]);
    expect(await list('status=open&payment_status=pending')).toEqual([open]);
    expect((await get('/orders?shipping_status=unfulfilled')).status).toBe(404);
    expect((await get('/orders?shipping_status=shipped')).status).toBe(422);
    expect((await get('/orders?payment_status=partially_paid')).status).toBe(422);
  });

  it('filters by dates, inclusive, in the formats that clients send', async () => {
    const { get, world, clock } = await openShop();
    const early = world.place();
    await clock.advance(60_000);
    const late = world.place();
    const list = async (query: string) => ids((await get(`/orders?${query}&fields=id`)).json);
    const minute = (offset: number) => new Date(NOON + offset).toISOString();
    expect(await list(`created_at_min=${minute(60_000)}`)).toEqual([late]);
    expect(await list(`created_at_max=${minute(0)}`)).toEqual([early]);
    expect(await list('created_at_min=2026-09-01T09:01:00-03:00')).toEqual([late]);
    expect(await list('created_at_min=2026-09-01T12:01:00+0000')).toEqual([late]);
    expect(await list('created_at_min=2026-09-01')).toHaveLength(2);
    await clock.advance(60_000);
    world.changeNote(early, 'changed');
    expect(await list(`updated_at_min=${minute(120_000)}&updated_at_max=${minute(180_000)}`)).toEqual([
      early,
    ]);
    expect((await get('/orders?created_at_min=yesterday')).status).toBe(422);
  });

  it('filters by id, number, buyer, channel, app, gateway, method and total', async () => {
    // Arrange
    const { get, world, store } = await openShop();
    for (let i = 0; i < 12; i += 1) world.place();
    const orders = [...store.orders.values()];
    const one = orders[5]!;
    const expected = (test: (order: (typeof orders)[number]) => boolean) =>
      orders
        .filter(test)
        .map(({ id }) => String(id))
        .toReversed();
    const list = async (query: string) => {
      const { status, json } = await get(`/orders?${query}&fields=id`);
      return status === 404 ? [] : ids(json);
    };

    // Act and assert
    expect(await list(`since_id=${one.id}`)).toEqual(expected(({ id }) => id > one.id));
    expect(await list(`q=${one.number}`)).toEqual([String(one.id)]);
    expect(await list(`q=${encodeURIComponent(one.contact.email!)}`)).toContain(String(one.id));
    expect(await list(`customer_ids=${one.customerId},1`)).toEqual(
      expected((o) => o.customerId === one.customerId),
    );
    expect(await list('channels=meli')).toEqual(expected(({ storefront }) => storefront === 'meli'));
    expect(await list('app_id=1')).toEqual([]);
    expect(await list(`payment_provider=${one.gateway}`)).toEqual(
      expected(({ gateway }) => gateway === one.gateway),
    );
    expect(await list('payment_methods=credit_card')).toEqual(
      expected((o) => o.paymentMethod === 'credit_card'),
    );
    expect(await list('total_min=999999')).toEqual([]);
    expect(await list('total_max=999999')).toHaveLength(12);
    expect((await get('/orders?channels=fax')).status).toBe(422);
    expect((await get('/orders?total_min=much')).status).toBe(422);
  });

  it('refuses a parameter that does not exist, instead of silently not filtering', async () => {
    const { get, world } = await openShop();
    world.place();
    expect(await get('/orders?state=open')).toMatchObject({
      status: 422,
      json: { description: 'Unknown parameter: state' },
    });
    expect((await get('/orders?page=0')).status).toBe(422);
    expect((await get('/orders?aggregates=everything')).status).toBe(422);
  });

  it('inflates fulfillments only in part', async () => {
    const { get, world } = await openShop();
    world.place();
    const plain = await get('/orders');
    const inflated = await get('/orders?aggregates=fulfillment_orders');
    expect(at(plain.json, 0, 'fulfillments', 0)).toMatch(/^[0-9A-Z]{26}$/);
    expect(at(inflated.json, 0, 'fulfillments', 0, 'shipping', 'option', 'name')).toBeTypeOf('string');
    expect(at(inflated.json, 0, 'fulfillments', 0, 'shipping', 'merchant_cost')).toBeUndefined();
  });
});
