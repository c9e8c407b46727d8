import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imotriz } from '../../../functions/platforms/imotriz/platform.ts';
import { afterwards, backwards } from '../merge-outcome.ts';
import { orderIds, order as orderPath, settingsOf, storeOf } from './harness.ts';
import { bytesOf, pageOf, recordOf } from './page-builder.ts';

const { order } = imotriz.resources;
const poll = imotriz.poll!;
const storesOf = (...stores: object[]) => imotriz.stores(imotriz.settings().parse({ stores }));
const twoCountries = () =>
  storesOf({ country: 'co', storeId: 'co-main' }, { country: 'mx', storeId: 'mx-main' });
const store = storeOf(settingsOf());

describe('the settings', () => {
  it('make a store of each entry', () => {
    expect(twoCountries().map(({ id, settings }) => [id, settings.country])).toEqual([
      ['co-main', 'co'],
      ['mx-main', 'mx'],
    ]);
  });

  it.each<[string, object]>([
    ['no store', { stores: [] }],
    [
      'a store id twice',
      {
        stores: [
          { country: 'co', storeId: 's' },
          { country: 'mx', storeId: 's' },
        ],
      },
    ],
    ['a store id that separates keys', { stores: [{ country: 'co', storeId: 'a#b' }] }],
    ['an unknown country', { stores: [{ country: 'br', storeId: 's' }] }],
    ['an unknown field', { stores: [{ country: 'co', storeId: 's' }], store: 1 }],
    ['an unknown field of a store', { stores: [{ country: 'co', storeId: 's', token: 't' }] }],
    [
      'a path of one order without its id',
      { stores: [{ country: 'co', storeId: 's', paths: { order: '/o' } }] },
    ],
  ])('refuse %s', (_, settings) => {
    expect(imotriz.settings().safeParse(settings).success).toBe(false);
  });

  it('give each store a limit of its own', () => {
    expect(twoCountries().map((one) => imotriz.limits(one))).toEqual([
      { api: { scope: 'co-main', perSecond: 20 / 60, burst: 2 } },
      { api: { scope: 'mx-main', perSecond: 20 / 60, burst: 2 } },
    ]);
  });

  it('ask for a filled token for each store', () => {
    const { api } = imotriz.credentials;

    expect(api).toMatchObject({ per: 'store', fields: ['token'] });
    const tokens = ['a-token-of-the-store', 'short', ''].map((token) => api!.schema().safeParse({ token }));
    expect(tokens.map(({ success }) => success)).toEqual([true, false, false]);
  });
});

describe('the poll', () => {
  it('goes by the settings of its store', () => {
    const [own] = storesOf({
      country: 'co',
      storeId: 's',
      poll: { everyMinutes: 7, maxPagesPerRun: 3, quietHours: 12 },
    });

    expect(poll.schedule(own!)).toEqual({ everyMinutes: 7, quietHours: 12 });
    expect(poll.maxPagesPerRun(own!)).toBe(3);
  });

  it('sums up a page by what it holds and what is left', () => {
    const page = pageOf([recordOf({ id: 1 }), recordOf({ id: 2 })], { pending_transactions: 5 });

    expect(poll.summarise(page)).toEqual({
      ok: true,
      returned: 2,
      pending: 5,
      contents: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('sums up what is no page by its problem', () => {
    expect(poll.summarise(bytesOf('<html>'))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('not JSON'),
    });
  });
});

describe('what a page says', () => {
  const read = (bytes: Uint8Array, storeId: string | undefined = 'co-main') =>
    imotriz.read({ topic: 'page', storeId, bytes }, twoCountries());

  it('is an order for each record, with the bytes of that record alone', () => {
    const records = [recordOf({ id: 1 }), recordOf({ id: 2 })];

    expect(read(pageOf(records))).toEqual({
      warnings: [],
      items: records.map((record, index) => ({
        kind: 'order',
        storeId: 'co-main',
        orderId: String(index + 1),
        reading: expect.objectContaining({ ok: true }),
        bytes: bytesOf(JSON.stringify(record)),
      })),
    });
  });

  it('is read with the settings of its store', () => {
    const page = pageOf([recordOf({ id: 1 })]);

    const items = ['co-main', 'mx-main'].map((storeId) => read(page, storeId).items[0]);

    expect(items).toMatchObject([
      { storeId: 'co-main', reading: { order: { storeId: 'co-main', currency: 'COP' } } },
      { storeId: 'mx-main', reading: { order: { storeId: 'mx-main', currency: 'MXN' } } },
    ]);
  });

  it('keeps each bad record under an id of its own, and the good ones as orders', () => {
    const deep = `{"order":{"id":4},"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;

    const { items } = read(
      pageOf([recordOf({}), recordOf({ id: 2, total: 'gratis' }), recordOf({ id: 3 }), deep]),
    );

    expect(items).toMatchObject([
      { orderId: expect.stringMatching(/^synthetic-/), reading: { ok: false, reason: 'missing-id' } },
      { orderId: '2', reading: { ok: false, reason: 'schema-mismatch' } },
      { orderId: '3', reading: { ok: true } },
      { orderId: expect.stringMatching(/^synthetic-/), bytes: bytesOf(deep) },
    ]);
    expect(new Set(items.map((item) => item.kind === 'order' && item.orderId)).size).toBe(4);
  });

  it.each([
    ['has no records', pageOf([])],
    ['has no bytes', new Uint8Array()],
    ['has nothing under data', bytesOf('{"data":{}}')],
  ])('is nothing when it %s', (_, bytes) => {
    expect(read(bytes)).toEqual({ items: [], warnings: [] });
  });

  it('passes on what was odd about the page', () => {
    const { warnings } = read(pageOf([recordOf({ id: 1 })], { returned_transactions: 2 }));

    expect(warnings).toEqual([expect.stringContaining('announces 2')]);
  });

  it.each<[string, Uint8Array, string]>([
    ['no JSON', bytesOf('<html>'), 'not-json'],
    ['no envelope', bytesOf('{"orders":{}}'), 'broken-envelope'],
  ])('waits for a person as a whole when it is %s', (_, bytes, reason) => {
    expect(read(bytes).items).toMatchObject([{ kind: 'unreadable', storeId: 'co-main', reason }]);
  });

  it('of a store that is not configured waits for a person', () => {
    expect(read(pageOf([recordOf({ id: 1 })]), 'gone').items).toMatchObject([
      { kind: 'unreadable', storeId: 'gone', reason: 'foreign-store' },
    ]);
  });

  it('is read without an exception, whatever the bytes', () => {
    const anything = fc.oneof(
      fc.uint8Array(),
      fc.array(fc.jsonValue(), { maxLength: 4 }).map((all) => pageOf(all.map((one) => JSON.stringify(one)))),
    );
    fc.assert(fc.property(anything, (bytes) => void expect(read(bytes).items).toBeInstanceOf(Array)));
  });
});

describe('stored bytes', () => {
  it.each([
    ['a page', pageOf([recordOf({ id: 1 }), recordOf({ id: 2 })]), ['1', '2']],
    ['a record alone', bytesOf(JSON.stringify(recordOf({ id: 3 }))), ['3']],
  ])('of %s are read as its orders', (_, bytes, ids) => {
    const stored = order.readStored(bytes, store);

    const readings = stored.kind === 'orders' ? stored.orders.map(({ reading }) => reading) : [];
    expect(readings.map((reading) => reading.ok && reading.order.platformOrderId)).toEqual(ids);
  });

  it('that are no JSON say so', () => {
    expect(order.readStored(bytesOf('<html>'), store)).toMatchObject({
      orders: [{ reading: { ok: false, problem: 'the bytes are not JSON' } }],
    });
  });

  it('tell a synthetic id from an id of the platform', () => {
    expect(['9001', 'synthetic-0a', ''].map((id) => order.isOrderId(id))).toEqual([true, false, false]);
  });
});

describe('the reconciliation', () => {
  const { reconciliation } = order;

  it('lists ids, in one scan of the 8 days that the platform lists', () => {
    expect(reconciliation.lists).toBe('ids');
    expect(reconciliation.scans(store)).toMatchObject([
      { name: 'ids', lookbackMs: 8 * 86_400_000, keptMs: 9 * 86_400_000 },
    ]);
  });

  it('leaves an order to the polls for as long as two of them need', () => {
    const [often] = storesOf({ country: 'co', storeId: 's', poll: { everyMinutes: 7 } });

    expect(reconciliation.lists === 'ids' && reconciliation.patienceMs(often!)).toBe(14 * 60_000);
  });

  it.each<[string, object, string[]]>([
    ['neither path', {}, ['imotriz.stores[].paths.orderIds and imotriz.stores[].paths.order not configured']],
    ['no path of the ids', { order: orderPath }, ['imotriz.stores[].paths.orderIds not configured']],
    ['no path of one order', { orderIds }, ['imotriz.stores[].paths.order not configured']],
  ])('is off with %s, and says which is missing', (_, paths, [why]) => {
    expect(reconciliation.off?.(storeOf(settingsOf({ paths })))).toContain(why);
  });

  it('is on with both paths', () => {
    expect(
      reconciliation.off?.(storeOf(settingsOf({ paths: { orderIds, order: orderPath } }))),
    ).toBeUndefined();
  });
});

describe('an order that is pushed again', () => {
  it.each([
    ['delivered', 'dispatched', 'updated'],
    ['cancelled', 'ready', 'stale'],
  ] as const)('after %s with a later %s is %s', (status, later, outcome) => {
    expect(afterwards(order, status, later)).toBe(outcome);
  });

  it('never goes back in its own time, however late it is seen', () => {
    expect(backwards(order, 600)).toBe('stale');
  });
});
