import { describe, expect, it } from 'vitest';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { withLinks } from '../../../functions/domain/stock/sku.ts';
import { productRowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench, STOCK } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token(['stock']);
const AS_OF = '2026-11-22T09:00:00-03:00';
const LATER = '2026-11-22T09:00:01-03:00';

const put = (items: readonly unknown[], as = token) =>
  api.call('PUT', '/v1/prices', { token: as, body: { items } });
const get = async (sku: string) => (await api.call('GET', `/v1/stock?sku=${sku}`, { token })).body;
const item = (sku: string, price: string, more: object = {}) => ({
  sku,
  currency: 'ARS',
  price,
  asOf: AS_OF,
  ...more,
});

describe('prices of the merchant’s system', () => {
  it('are kept as exact decimal text, apart for a platform that has its own', async () => {
    const { status, body } = await put([
      item('two', '1234.5', { promotionalPrice: '999.99', cost: '0' }),
      item('two', '1500', { platform: 'mall' }),
    ]);

    expect([status, body.items]).toEqual([
      200,
      [
        { sku: 'two', result: 'set' },
        { sku: 'two', platform: 'mall', result: 'set' },
      ],
    ]);
    expect((await get('two')).prices).toEqual([
      {
        currency: 'ARS',
        price: '1234.50',
        promotionalPrice: '999.99',
        cost: '0.00',
        asOf: '2026-11-22T12:00:00.000Z',
      },
      { platform: 'mall', currency: 'ARS', price: '1500.00', asOf: '2026-11-22T12:00:00.000Z' },
    ]);
  });

  it.each([
    ['for a platform that takes none', { platform: 'mall', price: '10' }],
    ['for a platform that takes others only', { platform: 'shop', cost: '10' }],
    ['for every platform, of which none takes any of them', { cost: '10' }],
  ])('%s are kept, with a warning that nobody is told', async (_, said) => {
    const channels = STOCK.channels.map((one) => (one.platform === 'mall' ? { ...one, charges: [] } : one));
    const some = apiBench(tables, { ...STOCK, channels });
    const items = [{ sku: `untold-${Object.values(said)}`, currency: 'ARS', asOf: AS_OF, ...said }];

    const { body } = await some.call('PUT', '/v1/prices', { token: some.token(['stock']), body: { items } });

    const detail = expect.stringContaining('stock.channels') as string;
    expect(body.items).toMatchObject([{ result: 'set', warnings: [{ code: 'told-nowhere', detail }] }]);
  });

  it('sent again change nothing, and older ones are stale and no error', async () => {
    await put([item('again', '100')]);

    const { body } = await put([
      item('again', '100'),
      item('again', '5000', { asOf: '2026-11-22T11:59:59Z' }),
    ]);

    expect(body.items.map(({ result }: { result: string }) => result)).toEqual(['unchanged', 'stale']);
    expect((await api.stock.get('again'))?.revision).toBe(1);
  });

  it('of 30, one wrong: 29 are kept, and the one is pointed to', async () => {
    const items = Array.from({ length: 30 }, (_, n) => item(`of-30-${n}`, n === 17 ? '1.234,50' : '10'));

    const { status, body } = await put(items);

    const results = body.items.map(({ result }: { result: string }) => result);
    expect(status).toBe(200);
    expect(results.filter((one: string) => one === 'set')).toHaveLength(29);
    expect(body.items[17].error.errors).toMatchObject([
      { pointer: '/body/items/17/price', code: 'not-decimal' },
    ]);
    expect((await get('of-30-17')).code).toBe('sku-unknown');
  });

  it('are refused where the promotion of one platform would not be below the price of everywhere', async () => {
    const promoted = { sku: 'both', platform: 'mall', currency: 'ARS', promotionalPrice: '80', asOf: AS_OF };
    await put([item('both', '100'), promoted]);

    const { body } = await put([item('both', '70', { asOf: LATER })]);

    expect(body.items).toMatchObject([{ sku: 'both', error: { errors: [{ code: 'promotion-not-lower' }] } }]);
    expect((await get('both')).prices).toMatchObject([{ price: '100.00' }, { promotionalPrice: '80.00' }]);
  });

  it.each([
    ['fall', '70', '60'],
    ['rise', '200', '150'],
  ])('that %s together are kept in whatever order they are sent', async (how, price, promotionalPrice) => {
    const of = (sku: string, more: object) => ({ sku, platform: 'mall', currency: 'ARS', ...more });
    for (const isTurned of [false, true]) {
      const sku = `${how}-${isTurned}`;
      await put([item(sku, '100'), of(sku, { promotionalPrice: '80', asOf: AS_OF })]);
      const items = [item(sku, price, { asOf: LATER }), of(sku, { promotionalPrice, asOf: LATER })];

      const { body } = await put(isTurned ? items.toReversed() : items);

      expect(body.items).toMatchObject([{ result: 'set' }, { result: 'set' }]);
    }
  });

  it('that change by more than ten times are kept only where that is confirmed', async () => {
    await put([item('factor', '100')]);

    const refused = await put([item('factor', '100000', { asOf: LATER })]);
    const before = (await get('factor')).prices[0].price;
    const confirmed = await put([item('factor', '100000', { asOf: LATER, confirm: 'factor' })]);

    expect(refused.body.items[0].error.errors[0].code).toBe('factor');
    expect(before).toBe('100.00');
    expect(confirmed.body.items[0].result).toBe('set');
  });

  it('are compared with the price of the product that has the SKU, while none were sent', async () => {
    const store = { platform: 'shop', storeId: 's' };
    const variant = {
      platformVariantId: 'v',
      sku: 'listed',
      price: { amount: 1_000_00, currency: 'ARS' },
    };
    const row = productRowOf('listed');
    await api.products.put({ ...row, product: { ...row.product!, variants: [variant] } }, 0);
    await api.stock.update('listed', (known) =>
      withLinks(
        known,
        catalogueKey(store),
        [{ productId: 'listed', variantId: 'v' }],
        STOCK,
        api.clock.now(),
      ),
    );

    const [tooLittle, foreign, fair] = [
      await put([item('listed', '10')]),
      await put([item('listed', '900', { currency: 'USD' })]),
      await put([item('listed', '900')]),
    ];

    expect(tooLittle.body.items[0].error.errors[0].code).toBe('factor');
    expect(foreign.body.items[0].error.errors[0].code).toBe('currency');
    expect(fair.body.items[0].result).toBe('set');
  });

  it('in another currency than before are compared with the product again: no platform converts', async () => {
    const [later, correction] = ['2026-11-22T09:00:02-03:00', '2026-11-22T09:00:03-03:00'];
    const abroad = await put([item('listed', '9', { currency: 'USD', asOf: later })]);
    const home = await put([item('listed', '950', { asOf: correction })]);

    expect(abroad.body.items[0].error?.errors[0].code).toBe('currency');
    expect(home.body.items[0].result).toBe('set');
  });

  it('of a platform at which the merchant has no store, or from another client, are refused', async () => {
    const elsewhere = await put([item('x', '1', { platform: 'elsewhere' })]);
    const foreign = await put([item('x', '1')], api.token(['stock'], 'warehouse'));

    expect(elsewhere.body.items[0].error.errors[0].pointer).toBe('/body/items/0/platform');
    expect([foreign.status, foreign.body.code]).toEqual([403, 'stock-not-owner']);
  });
});
