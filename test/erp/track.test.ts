import { describe, expect, it } from 'vitest';
import type { OrderStatus } from '../../functions/domain/order.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import type { ProductRow } from '../../functions/domain/product-row.ts';
import type { StockSettings } from '../../functions/domain/stock/settings.ts';
import { displaysBy, withBase } from '../../functions/domain/stock/sku.ts';
import { stockFollowing } from '../../functions/erp/stock-following.ts';
import { createTracker, track } from '../../functions/erp/track.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { productPk } from '../../functions/storage/product-keys.ts';
import { createProductStore } from '../../functions/storage/products.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import { rowOf } from '../storage/samples.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { sampleOrder } from '../support/sample-order.ts';

const tables = localTables();
const clock = movedClock();
const NOW = clock.now();
const SETTINGS: StockSettings = {
  owner: 'erp',
  baseMeans: 'available',
  settle: { quietSeconds: 10, atMostSeconds: 60 },
  kits: {},
  channels: [{ platform: 'shop', storeId: 's', sells: ['main'], buffer: 0, shows: 'number' }],
};
const WEB = 'shop#s##';

const lines = keptLog();
const log = { ...lines, begin: () => {} };
const tracker = (client = tables.client, settings = SETTINGS) => {
  const env = {
    MERCHANT: 'm',
    LOG_LEVEL: 'INFO' as const,
    SECRETS: { emailKey: 'key' },
    ORDERS_TABLE: tables.table,
    STOCK_QUEUES: {},
  };
  const metrics = { ...countingMetrics(), flush: () => {} };
  return createTracker(stockFollowing(settings), { env, log, metrics, clock }, client);
};
const stock = () => createStockStore({ ...tables, rules: SETTINGS, clock });
const records = (...pks: string[]) => ({
  Records: pks.map((pk, n) => ({
    dynamodb: { Keys: { pk: { S: pk }, sk: { S: 'row' } }, SequenceNumber: `${n}` },
  })),
});

interface Sold {
  quantity?: number;
  sku?: string;
  status?: OrderStatus;
}
async function order(id: string, change: Partial<OrderRow> & Sold = {}) {
  const { quantity = 2, sku = 'A', status = 'confirmed', ...rest } = change;
  const { personal: _, ...whole } = sampleOrder({
    platform: 'shop',
    storeId: 's',
    platformOrderId: id,
    status,
    placedAt: new Date(NOW + 60_000).toISOString(),
    lines: [{ lineId: 'l', sku, name: 'a', quantity, unit: 'unit' }],
  });
  const row = rowOf(id, { order: whole, ...rest });
  await createOrderStore(tables.client, tables.table).put(row, (rest.revision ?? 1) - 1);
  return orderPk(row);
}
async function product(id: string, skus: readonly string[], change: Partial<ProductRow> = {}, units = 10) {
  const key = { platform: 'shop', storeId: 's', platformProductId: id };
  const row: ProductRow = {
    ...key,
    state: 'ok',
    changedAt: new Date(NOW).toISOString(),
    product: {
      ...key,
      status: 'active',
      warnings: [],
      variants: skus.map((sku, n) => ({
        platformVariantId: `v${n}`,
        sku,
        stock: { kind: 'counted', quantity: units },
      })),
    },
    observedAt: NOW,
    version: 1,
    revision: 1,
    origin: { first: { via: 'webhook', at: NOW }, last: { via: 'webhook', at: NOW } },
    correlationId: 'c',
    ...change,
  };
  await createProductStore(tables.client, tables.table).put(row, (change.revision ?? 1) - 1);
  return productPk(key);
}
const count = (sku: string, units: number, asOf = NOW) =>
  stock().update(
    sku,
    (known) => withBase(known, 'main', { quantity: units * 1000, asOf }, SETTINGS, clock.now()).sku,
  );

describe('the tracker', () => {
  it('claims what an order takes, once, however often its row is told of', async () => {
    const pk = await order('once', { sku: 'once' });
    await count('once', 10);

    const answers = [await track(tracker(), records(pk, pk)), await track(tracker(), records(pk))];

    expect(answers).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect(await stock().get('once')).toMatchObject({ claimed: { main: 2000 }, revision: 2 });
  });

  it('ends the claim with a number that is newer than its booking, and leaves nothing of it', async () => {
    const pk = await order('booked', { sku: 'booked' });
    await count('booked', 10);
    await track(tracker(), records(pk));
    const erp = { erpId: 'x', version: 1, at: '', stockBookedAt: new Date(NOW + 5000).toISOString() };
    await order('booked', { sku: 'booked', revision: 2, acknowledgements: { erp } });
    await track(tracker(), records(pk));

    const readBefore = await count('booked', 10, NOW + 4000);
    const readAfter = await count('booked', 8, NOW + 6000);

    expect([readBefore.claimed, readAfter.claimed]).toEqual([{ main: 2000 }, {}]);
  });

  it.each([
    ['too long for a key', 'x'.repeat(1200)],
    ['longer than anybody can send a number of', 'x'.repeat(129)],
    ['no text that a table takes', 'half \ud83d'],
  ])('says of a row whose SKU is %s that it is not followed, and goes on', async (_, sku) => {
    const id = `odd-${sku.length}`;
    const pks = [await order(id, { sku }), await product(id, [sku])];
    lines.lines.length = 0;

    const answer = await track(tracker(), records(...pks));

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(lines.lines.map(({ fields }) => fields)).toEqual([
      { order: pks[0], skus: 1 },
      { product: pks[1], skus: 1 },
    ]);
  });

  it('follows the other variants beside one whose SKU cannot be counted', async () => {
    const pk = await product('beside', ['x'.repeat(1200), 'beside']);

    await track(tracker(), records(pk));

    expect(Object.values((await stock().get('beside'))?.links ?? {})).toMatchObject([[{ variantId: 'v1' }]]);
  });

  it('follows an edit after the booking by the difference', async () => {
    const pk = await order('edited', { sku: 'edited' });
    await track(tracker(), records(pk));
    const erp = { erpId: 'x', version: 1, at: '', stockBookedAt: new Date(NOW - 5000).toISOString() };
    await count('edited', 8);
    await order('edited', { sku: 'edited', revision: 2, acknowledgements: { erp } });
    await track(tracker(), records(pk));
    const booked = await stock().get('edited');
    await order('edited', { sku: 'edited', revision: 3, version: 2, quantity: 3, acknowledgements: { erp } });
    await track(tracker(), records(pk));

    expect([booked?.claimed, (await stock().get('edited'))?.claimed]).toEqual([{}, { main: 1000 }]);
  });

  it('gives a cancellation back once, however often and by whomever it is told, and claims it once when it is open again', async () => {
    await count('back', 10);
    const taken = async () => {
      const pk = orderPk({ platform: 'shop', storeId: 's', platformOrderId: 'back' });
      // By a webhook, by the fetch that follows it, and by the comparison at night.
      for (let n = 0; n < 3; n += 1) await track(tracker(), records(pk));
      return (await stock().get('back'))?.claimed;
    };
    await order('back', { sku: 'back' });
    const open = await taken();
    await order('back', { sku: 'back', revision: 2, version: 2, status: 'cancelled' });
    const cancelled = await taken();
    await order('back', { sku: 'back', revision: 3, version: 3 });
    const again = await taken();

    expect([open, cancelled, again]).toEqual([{ main: 2000 }, {}, { main: 2000 }]);
  });

  it('shows nothing less than nothing of what 40 buyers take of ten, and says once that it is oversold', async () => {
    await count('rush', 10);
    await track(tracker(), records(await product('rush', ['rush'])));
    const pks: string[] = [];
    for (let n = 0; n < 40; n += 1) pks.push(await order(`rush-${n}`, { sku: 'rush', quantity: 1 }));

    // A batch whose writers kept meeting each other comes again, as Lambda sends it.
    let again = true;
    for (let tries = 0; again && tries < 5; tries += 1)
      again = (await track(tracker(), records(...pks))).batchItemFailures.length > 0;

    const item = await stock().get('rush');
    expect(item).toMatchObject({
      claimed: { main: 40_000 },
      oversold: true,
      eventCount: 1,
      told: 'stock.oversold',
    });
    expect(displaysBy(item!, item!.claimed, SETTINGS)[WEB]).toEqual({ units: 0 });
  });

  it('leaves what is unlimited unlimited, sold and given back', async () => {
    const base = { quantity: null, asOf: NOW };
    await stock().update('endless', (known) => withBase(known, 'main', base, SETTINGS, NOW).sku);
    await track(
      tracker(),
      records(await product('endless', ['endless']), await order('e', { sku: 'endless' })),
    );
    const sold = await stock().get('endless');
    await track(
      tracker(),
      records(await order('e', { sku: 'endless', revision: 2, version: 2, status: 'cancelled' })),
    );
    const given = await stock().get('endless');

    expect([sold, given].map((item) => displaysBy(item!, item!.claimed, SETTINGS)[WEB])).toEqual([
      { units: null },
      { units: null },
    ]);
  });

  it('links a SKU to the product that has it, and unlinks it once the product lost it or is gone', async () => {
    const pk = await product('p', ['link-a', 'link-b']);
    await track(tracker(), records(pk));
    const both = await Promise.all(['link-a', 'link-b'].map((sku) => stock().get(sku)));
    await product('p', ['link-b'], { revision: 2, version: 2 });
    await track(tracker(), records(pk));
    const lost = (await stock().get('link-a'))?.links;
    await product('p', ['link-b'], { revision: 3, version: 3, removedAt: NOW });
    await track(tracker(), records(pk));

    expect(both.map((one) => one?.links['shop#s#'])).toEqual([
      [{ productId: 'p', variantId: 'v0' }],
      [{ productId: 'p', variantId: 'v1' }],
    ]);
    expect([lost, (await stock().get('link-b'))?.links]).toEqual([{}, {}]);
  });

  it('marks a channel that shows something else, and none that was seen to show what it should', async () => {
    await count('seen', 10);
    await count('other', 10);

    await track(
      tracker(),
      records(await product('seen', ['seen']), await product('other', ['other'], {}, 7)),
    );

    expect((await stock().get('seen'))?.marks).toEqual({});
    expect((await stock().get('other'))?.marks[WEB]).toBeDefined();
  });

  it('has two products of one SKU left alone', async () => {
    await count('twin', 10);

    await track(
      tracker(),
      records(await product('t1', ['twin'], {}, 3), await product('t2', ['twin'], {}, 3)),
    );

    expect((await stock().get('twin'))?.marks).toEqual({});
  });

  it('asks for the batch again from the first row on that it could not follow', async () => {
    const [good, bad] = [await order('good', { sku: 'good' }), await order('bad', { sku: 'bad' })];
    const failing = Object.create(tables.client, {
      send: {
        value: (command: { input: object }) =>
          JSON.stringify(command.input).includes('stock#bad')
            ? Promise.reject(new Error('no answer'))
            : tables.client.send(command as never),
      },
    });

    const answer = await track(tracker(failing), records('stock#x', good, bad));

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect((await stock().get('good'))?.claimed).toEqual({ main: 2000 });
  });
});

describe('the tracker, where a platform counts', () => {
  const [shop] = SETTINGS.channels;
  const mastered: StockSettings = {
    ...SETTINGS,
    channels: [
      { ...shop!, isMaster: true },
      { ...shop!, platform: 'app' },
    ],
  };
  const followed = (...pks: string[]) => track(tracker(tables.client, mastered), records(...pks));
  const known = (sku: string) => createStockStore({ ...tables, rules: mastered, clock }).read(sku);

  it('takes the number of its product for what there is', async () => {
    await followed(await product('counted', ['counted'], { observedAt: NOW + 5 }, 12));

    expect(await known('counted')).toMatchObject({
      bases: { main: { quantity: 12_000, asOf: NOW + 5 } },
      shown: {},
    });
  });

  it('makes no claim of its own orders, and takes from its number what others sold, once', async () => {
    const own = await order('own', { sku: 'mastered' });
    const { personal: _, ...whole } = sampleOrder({
      platform: 'app',
      storeId: 's',
      platformOrderId: 'e',
      placedAt: new Date(NOW).toISOString(),
      lines: [{ lineId: 'l', sku: 'mastered', name: 'a', quantity: 3, unit: 'unit' }],
    });
    const elsewhere = rowOf('e', { platform: 'app', order: whole });
    await createOrderStore(tables.client, tables.table).put(elsewhere, 0);

    await followed(own, orderPk(elsewhere));
    await followed(own, orderPk(elsewhere));

    const { claims, moves, ownAt } = await known('mastered');
    expect(claims).toEqual({});
    expect(Object.values(moves)).toMatchObject([
      { order: 'app:s:e', wanted: 3, settled: 0, state: 'wanted' },
    ]);
    expect(Object.keys(ownAt ?? {})).toEqual(['main']);
  });
});
