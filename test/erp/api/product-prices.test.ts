import { describe, expect, it } from 'vitest';
import { erpProductInput } from '../../../functions/domain/product-input.ts';
import { changedPrices } from '../../../functions/erp/api/routes/product-prices.ts';
import { stockOfStore } from '../../../functions/erp/api/routes/product-stock.ts';
import { createProductPrices } from '../../../functions/storage/product-prices.ts';
import { createProductStore } from '../../../functions/storage/products.ts';
import { tablesInMemory } from '../../outbound/commands/product-world.ts';
import { tellerShop } from '../../outbound/stock/teller-shop.ts';

/** A store that takes fifty prices in a call, and products of the merchant's system. */
function open() {
  const tables = tablesInMemory(() => 0);
  const shop = tellerShop(tables, 50);
  const productPrices = { ...createProductPrices(tables) };
  const context = {
    clock: shop.clock,
    products: createProductStore(tables.client, tables.table),
    productPrices,
    stock: {
      settings: shop.teller.settings,
      store: shop.stock,
      zeros: { admit: () => Promise.reject(new Error('no stock')) },
      sendHints: async () => {},
    },
  } as unknown as Parameters<typeof changedPrices>[0];
  /** What happens between a look at prices and their writing. */
  const meanwhile: (() => Promise<unknown>)[] = [];
  const price = async (id: string, said: object, more: object = {}, client = 'erp') => {
    const body = erpProductInput().parse({
      name: 'Remera',
      currency: 'ARS',
      variants: [{ sku: shop.skuOf(id), ...said }],
      ...more,
    });
    const key = { ...shop.teller.name, externalProductId: id };
    const changed = await changedPrices(context, { key, body, client: { name: client } as never });
    shop.clock.move(1);
    await meanwhile.shift()?.();
    return changed?.handOn();
  };
  return { ...shop, price, meanwhile, productPrices };
}

describe('prices of a product whose platform is told prices', () => {
  it('of a thousand products cost no more than 25 calls', async () => {
    const { count, price, tell, charged } = open();
    const ids = Array.from({ length: 1000 }, (_, n) => `p${n}`);
    for (const id of ids) await count(id, 5);
    for (const id of ids) await price(id, { price: '10.00' });
    while ((await tell()) !== undefined);
    charged.splice(0);

    for (const id of ids) await price(id, { price: '12.00' });
    while ((await tell()) !== undefined);

    expect(charged.flat()).toHaveLength(1000);
    expect(charged.length).toBeLessThanOrEqual(25);
  }, 60_000);

  it('that are the same again are not looked at', async () => {
    const { price } = open();
    await price('a', { price: '10.00' });

    expect(await price('a', { price: '10.00' })).toBeUndefined();
  });

  it('are the newest, also where those before were said by a clock that is ahead', async () => {
    const { price, stock, skuOf, clock } = open();
    await price('a', { price: '10.00' });
    clock.move(-3_600_000);

    expect(await price('a', { price: '11.00' })).toBe(1);
    expect((await stock.get(skuOf('a')))?.pricing?.wanted.shop?.prices).toEqual({
      currency: 'ARS',
      price: 1100,
    });
  });

  it('are wrong with a pointer, and nothing is written', async () => {
    const { price, stock, skuOf } = open();
    await price('a', { price: '10.00' });

    await expect(price('a', { price: '999.00', promotionalPrice: '1,50' })).rejects.toMatchObject({
      details: { errors: [{ pointer: '/body/variants/0/promotionalPrice', code: 'not-decimal' }] },
    });
    await expect(price('a', { price: '999.00' })).rejects.toMatchObject({
      details: { errors: [{ pointer: '/body/variants/0/price', code: 'factor' }] },
    });
    expect((await stock.get(skuOf('a')))?.pricing?.wanted.shop?.prices.price).toBe(1000);
    expect(await price('a', { price: '999.00' }, { confirm: 'factor' })).toBe(1);
  });

  it("that somebody else's price made ones to be confirmed are not counted, and are named when they come again", async () => {
    const { price, meanwhile } = open();
    await price('a', { price: '100.00' });
    meanwhile.push(() => price('a', { price: '5.00' }, { confirm: 'factor' }));

    const written = await price('a', { price: '120.00' });

    expect(written).toBe(0);
    await expect(price('a', { price: '120.00' })).rejects.toMatchObject({
      details: { errors: [{ code: 'factor' }] },
    });
  });

  it('that come again after others, of which the request was cut off, are handed on again', async () => {
    const { price, productPrices, stock, skuOf } = open();
    await price('a', { price: '10.00' });
    const { set } = productPrices;
    const cutOff = new Error('the function ended here');
    productPrices.set = async (key, hash) => {
      if ((await stock.get(skuOf('a')))?.pricing?.wanted.shop?.prices.price === 1200) throw cutOff;
      await set(key, hash);
    };
    await expect(price('a', { price: '12.00' })).rejects.toBe(cutOff);
    productPrices.set = set;

    await price('a', { price: '10.00' });

    expect((await stock.get(skuOf('a')))?.pricing?.wanted.shop?.prices.price).toBe(1000);
  });

  it('are said by the owner of the stock alone', async () => {
    await expect(open().price('a', { price: '10.00' }, {}, 'pim')).rejects.toMatchObject({
      code: 'stock-not-owner',
    });
  });
});

describe('what the configuration says of a store', () => {
  const store = { platform: 'shop', storeId: 's' };
  const channel = { ...store, sells: ['main'], buffer: 0, shows: 'number', charges: ['price'] } as const;
  const of = (channels: object[], stores = [store]) =>
    stockOfStore({ stores, stock: { settings: { channels } } } as never, store);

  it('names the locations where a new variant begins with nothing', () => {
    expect(
      of([
        { ...channel, locationId: 'A' },
        { ...channel, locationId: 'B' },
      ]),
    ).toEqual({
      isTold: true,
      locations: ['A', 'B'],
      tellsPrices: true,
    });
  });

  it('leaves the first stock to the product where the platform counts, or nobody does', () => {
    expect(of([{ ...channel, isMaster: true }]).isTold).toBe(false);
    expect(of([])).toEqual({ isTold: false, locations: [], tellsPrices: false });
  });

  it('has prices go with the product where the platform has several stores, whose prices may differ', () => {
    expect(of([channel], [store, { ...store, storeId: 's-2' }]).tellsPrices).toBe(false);
  });
});
