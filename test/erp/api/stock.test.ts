import { describe, expect, it } from 'vitest';
import { createZeroWatch } from '../../../functions/storage/stock-zeroed.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench, STOCK } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token(['stock']);
const AS_OF = '2026-11-22T09:00:00-03:00';

const put = (items: readonly unknown[], more: object = {}, as = token) =>
  api.call('PUT', '/v1/stock', { token: as, body: { items, ...more } });
const get = (sku: string) => api.call('GET', `/v1/stock?sku=${encodeURIComponent(sku)}`, { token });
const numbers = (prefix: string, count: number, quantity: number, asOf = AS_OF) =>
  Array.from({ length: count }, (_, n) => ({ sku: `${prefix}-${n}`, quantity, asOf }));

describe('a number of the merchant’s system', () => {
  it('is kept with its time, and told with what each channel may show', async () => {
    const { status, body } = await put([{ sku: 'A#1 ñ', quantity: 4.375, asOf: AS_OF }]);

    expect([status, body.items]).toEqual([200, [{ sku: 'A#1 ñ', place: 'main', result: 'set' }]]);
    const known = (await get('A#1 ñ')).body;
    expect(known).toMatchObject({
      bases: [{ place: 'main', quantity: 4.375, asOf: '2026-11-22T12:00:00.000Z' }],
      claimed: [],
    });
    expect(known.channels).toHaveLength(STOCK.channels.length);
    expect(known.channels[0]).toEqual({
      platform: 'shop',
      storeId: 's',
      sells: ['main'],
      buffer: 1,
      product: 'unlinked',
      promise: 4.375,
      target: 3,
    });
  });

  it('of a place that no channel sells from is kept, with a warning', async () => {
    const { body } = await put([
      { sku: 'away', place: 'attic', quantity: 3, asOf: AS_OF },
      { sku: 'away', quantity: 4, asOf: AS_OF },
    ]);

    const warning = {
      code: 'place-not-sold-from',
      detail: expect.stringContaining('stock.channels') as string,
    };
    expect(body.items).toEqual([
      { sku: 'away', place: 'attic', result: 'set', warnings: [warning] },
      { sku: 'away', place: 'main', result: 'set' },
    ]);
    expect((await get('away')).body.bases).toHaveLength(2);
  });

  it('with more than three decimals is kept rounded down, with a warning', async () => {
    const { body } = await put([{ sku: 'fine', quantity: 1.23456, asOf: AS_OF }]);

    const detail = expect.stringContaining('three decimals') as string;
    expect(body.items).toMatchObject([{ result: 'set', warnings: [{ code: 'rounded-down', detail }] }]);
    expect((await get('fine')).body.bases).toMatchObject([{ quantity: 1.234 }]);
  });

  it('is no finer for what a computer makes of three decimals', async () => {
    const { body } = await put([{ sku: 'sum', quantity: 0.1 + 0.2, asOf: AS_OF }]);

    expect(body.items).toEqual([{ sku: 'sum', place: 'main', result: 'set' }]);
  });

  it('sent again changes nothing, and one that is older is stale and no error', async () => {
    await put([{ sku: 'again', quantity: 5, asOf: AS_OF }]);

    const repeated = await put([
      { sku: 'again', quantity: 5, asOf: AS_OF },
      { sku: 'again', quantity: 9, asOf: '2026-11-22T11:59:59Z' },
    ]);

    expect(repeated.body.items.map(({ result }: { result: string }) => result)).toEqual([
      'unchanged',
      'stale',
    ]);
    expect((await api.stock.get('again'))?.revision).toBe(1);
  });

  it('is of the SKU without the spaces around it, as platforms are read', async () => {
    const { body } = await put([{ sku: ' padded   ', quantity: 5, asOf: AS_OF }]);

    expect(body.items).toEqual([{ sku: 'padded', place: 'main', result: 'set' }]);
    expect((await get(' padded   ')).body.bases).toMatchObject([{ quantity: 5 }]);
  });

  it('that is wrong keeps no other one out, and is pointed to', async () => {
    const { status, body } = await put([
      { sku: 'good', quantity: 1, asOf: AS_OF },
      { sku: 'bad', quantity: '1', asOf: AS_OF },
      { sku: 'ahead', quantity: 1, asOf: '2027-11-22T12:00:00Z' },
      'nonsense',
    ]);

    expect(status).toBe(200);
    expect(body.items.map(({ sku, result }: { sku: string; result: string }) => [sku, result])).toEqual([
      ['good', 'set'],
      ['bad', 'error'],
      ['ahead', 'error'],
      [undefined, 'error'],
    ]);
    expect(body.items[1].error.errors[0].pointer).toBe('/body/items/1/quantity');
    expect((await get('bad')).body.code).toBe('sku-unknown');
  });

  it('that is null is unlimited, and an empty list is refused: absent is not zero', async () => {
    await put([{ sku: 'endless', quantity: null, asOf: AS_OF }]);

    expect((await get('endless')).body.channels[0]).toMatchObject({ promise: null, target: null });
    expect((await put([])).status).toBe(422);
  });

  it('that a list leaves out stays as it is, also in half a list', async () => {
    await put(numbers('half', 10, 5));

    const { body } = await put(numbers('half', 5, 7, '2026-11-22T09:01:00-03:00'));

    expect(body.items).toHaveLength(5);
    const known = await Promise.all(Array.from({ length: 10 }, (_, n) => get(`half-${n}`)));
    expect(known.map(({ body: { bases } }) => bases[0].quantity)).toEqual([7, 7, 7, 7, 7, 5, 5, 5, 5, 5]);
  });

  it('counts only from the client that the configuration names', async () => {
    const { status, body } = await put(numbers('foreign', 1, 1), {}, api.token(['stock'], 'warehouse'));

    expect([status, body.code]).toEqual([403, 'stock-not-owner']);
  });

  it('is refused where a platform counts: its number would be undone', async () => {
    const mastered = apiBench(tables, {
      ...STOCK,
      channels: STOCK.channels.map((one) => ({ ...one, isMaster: true as const })),
    });
    const items = numbers('mastered', 1, 1);

    const { status, body } = await mastered.call('PUT', '/v1/stock', {
      token: mastered.token(['stock']),
      body: { items },
    });

    expect([status, body.code]).toEqual([409, 'stock-of-platform']);
  });

  it('is refused where nobody counts stock', async () => {
    const plain = apiBench(tables, false);

    const { status, body } = await plain.call('PUT', '/v1/stock', {
      token: plain.token(['stock']),
      body: { items: numbers('x', 1, 1) },
    });

    expect([status, body.code]).toEqual([409, 'stock-off']);
  });

  it('of one SKU at two places, sent at once by two calls, loses none', async () => {
    const sent = ['north', 'south', 'east', 'west'].map((place) =>
      put([{ sku: 'busy', place, quantity: 2, asOf: AS_OF }]),
    );
    await Promise.all(sent);

    expect((await get('busy')).body.bases).toHaveLength(4);
  });
});

describe('many numbers that go to zero', () => {
  const LATER = '2026-11-22T12:01:00Z';
  const LATEST = '2026-11-22T12:02:00Z';

  it('are held over all calls of 15 minutes, and let go once somebody confirms them', async () => {
    await put(numbers('zero', 40, 3));
    const first = await put(numbers('zero', 15, 0, LATER));
    const second = await put(numbers('zero', 40, 0, LATER));
    const untouched = await api.stock.get('zero-30');
    const confirmed = await put(numbers('zero', 40, 0, LATER), { massZero: 'confirmed' });

    expect([first.status, second.status, second.body.code]).toEqual([200, 409, 'mass-zero']);
    expect(untouched?.bases.main?.quantity).toBe(3000);
    expect([confirmed.status, (await api.stock.get('zero-30'))?.bases.main?.quantity]).toEqual([200, 0]);
  });

  it.each([
    ['below it', -4],
    ['to less than can be counted', 0.0004],
  ])('or %s, are held as well: nobody can buy any of them', async (_, quantity) => {
    api.clock.move(20 * 60_000);
    await put(numbers(`below${quantity}`, 30, 3));

    const { status, body } = await put(numbers(`below${quantity}`, 30, quantity, LATER));

    expect([status, body.code]).toEqual([409, 'mass-zero']);
  });

  it('that are older than what is known go nowhere, and are not held', async () => {
    api.clock.move(20 * 60_000);
    await put(numbers('old', 30, 3, LATER));

    const { status, body } = await put(numbers('old', 30, 0));

    expect([status, body.items[0].result]).toEqual([200, 'stale']);
  });

  it('that a newer number of the same call makes good are not held', async () => {
    api.clock.move(20 * 60_000);
    await put(numbers('both', 30, 3));

    const { status } = await put([...numbers('both', 30, 0, LATER), ...numbers('both', 30, 4, LATEST)]);

    expect(status).toBe(200);
  });

  it('are counted when each comes in a call of its own, as many at once as the route takes', async () => {
    api.clock.move(20 * 60_000);
    const watch = createZeroWatch({ ...tables, clock: api.clock });

    const admitted = await Promise.all(
      Array.from({ length: 24 }, (_, n) => watch.admit([`alone-${n}`], async () => 0)),
    );

    expect(admitted.filter((one) => !one)).toHaveLength(4);
  });

  it('are let go for a while by an operator', async () => {
    api.clock.move(20 * 60_000);
    await put(numbers('gone', 60, 3));
    const held = await put(numbers('gone', 60, 0, LATER));
    await createZeroWatch({ ...tables, clock: api.clock }).release(api.clock.now() + 60_000);

    const released = await put(numbers('gone', 60, 0, LATER));

    expect([held.status, released.status]).toEqual([409, 200]);
  });

  it('hold back nothing that goes to zero after them, once somebody confirmed them', async () => {
    api.clock.move(20 * 60_000);
    await put([...numbers('meant', 100, 3), ...numbers('last', 1, 1)]);
    await put(numbers('meant', 100, 0, LATER));
    await put(numbers('meant', 100, 0, LATER), { massZero: 'confirmed' });

    const { status } = await put(numbers('last', 1, 0, LATER));

    expect(status).toBe(200);
  });

  it('are still counted where others than they were confirmed', async () => {
    api.clock.move(20 * 60_000);
    await put([...numbers('broken', 150, 3), ...numbers('end', 1, 1)]);
    await put(numbers('broken', 149, 0, LATER));
    await put(numbers('end', 1, 0, LATER), { massZero: 'confirmed' });

    const { status, body } = await put(numbers('broken', 150, 0, LATER));

    expect([status, body.code]).toEqual([409, 'mass-zero']);
  });
});
