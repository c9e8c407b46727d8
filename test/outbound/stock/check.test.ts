import { describe, expect, it } from 'vitest';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { withClaim } from '../../../functions/domain/stock/sale.ts';
import { withBase, withLinks } from '../../../functions/domain/stock/sku.ts';
import { checkAll } from '../../../functions/outbound/stock/check.ts';
import { localTables } from '../../support/local-tables.ts';
import { driftShop } from './drift-shop.ts';

const tables = localTables();

describe('the comparison at night', () => {
  it('finds what somebody typed into a panel, and leaves what is right alone', async () => {
    const shop = driftShop(tables);
    for (const name of ['right', 'wrong']) await shop.told(name, 5);
    await shop.night();
    await shop.shows('right', 5);
    await shop.shows('wrong', 9);
    await shop.night();

    const { checked, comparison } = await checkAll(shop.comparer);

    expect(checked).toMatchObject({ skus: 2, drifted: 1, repaired: 0, adopted: 0, left: 1 });
    expect(comparison.drifted).toMatchObject([{ sku: shop.skuOf('wrong'), seen: { display: { units: 9 } } }]);
    expect(await shop.stock.get(shop.skuOf('wrong'))).toMatchObject({ told: 'stock.drift', eventCount: 1 });
    expect((await shop.stock.get(shop.skuOf('right')))?.eventCount).toBe(0);
  });

  it('finds the same night what a platform took with a 200 and does not show', async () => {
    const shop = driftShop(tables);
    await shop.shows('a', 9);
    await shop.told('a', 5);
    const before = await checkAll(shop.comparer);

    await shop.night();
    const { checked } = await checkAll(shop.comparer);

    expect([before.checked.drifted, checked.drifted]).toEqual([0, 1]);
  });

  it('tells it again, twice, and then says that a person has to look: no third time', async () => {
    const shop = driftShop(tables, 'repair');
    await shop.shows('a', 9);
    await shop.told('a', 5);
    const nights: string[] = [];

    for (let n = 0; n < 5; n += 1) {
      await shop.night();
      const { checked } = await checkAll(shop.comparer);
      const item = await shop.stock.get(shop.skuOf('a'));
      nights.push(`${checked.repaired} repaired, ${checked.left} left, event ${item?.eventCount}`);
      if (checked.repaired > 0) await shop.takes('a');
    }

    expect(nights).toEqual([
      '1 repaired, 0 left, event 1',
      '1 repaired, 0 left, event 1',
      '0 repaired, 1 left, event 2',
      '0 repaired, 1 left, event 2',
      '0 repaired, 1 left, event 2',
    ]);
  });

  it('leaves alone what was set right meanwhile', async () => {
    const shop = driftShop(tables, 'repair');
    await shop.told('a', 5);
    await shop.night();
    await shop.shows('a', 9);
    await shop.night();
    const { stock } = shop.comparer;
    // Between the look and the write an order comes.
    const late = {
      ...stock,
      update: async (...[sku, change]: Parameters<typeof stock.update>) => {
        await stock.update(sku, (known) => {
          const claim = {
            order: 'shop:other:1',
            line: 'l|A',
            places: ['main'],
            history: [{ version: 1, taken: 4000, gone: 0, since: shop.clock.now() }],
            bookings: [],
          };
          const sale = { platform: 'shop', storeId: 'other', placedAt: shop.clock.now(), before: undefined };
          return withClaim(known, claim, sale, shop.settings, shop.clock.now());
        });
        return stock.update(sku, change);
      },
    };

    const { checked } = await checkAll({ ...shop.comparer, stock: late });

    expect([checked.drifted, checked.repaired, checked.left]).toEqual([1, 0, 0]);
  });

  it('adopts a number that was typed, and no catalogue that lost its numbers', async () => {
    const shop = driftShop(tables, 'adopt');
    const names = Array.from({ length: 30 }, (_, n) => `z${n}`);
    for (const name of ['typed', ...names]) await shop.told(name, 5);
    await shop.night();
    await shop.shows('typed', 9);
    for (const name of names) await shop.shows(name, 0);
    await shop.night();

    const { checked } = await checkAll(shop.comparer);

    expect(checked).toMatchObject({ drifted: 31, adopted: 1, left: 30 });
    expect((await shop.stock.get(shop.skuOf('typed')))?.bases.main?.quantity).toBe(9000);
    expect((await shop.stock.get(shop.skuOf('z0')))?.bases.main?.quantity).toBe(5000);
  });

  it('has channels told of a buffer that was changed, and takes that for nobody’s hand', async () => {
    const shop = driftShop(tables, 'adopt');
    await shop.told('a', 5);
    await shop.night();
    await shop.shows('a', 5);
    await shop.night();
    const settings = { ...shop.settings, channels: [{ ...shop.channel, buffer: 2 }] };

    const { checked } = await checkAll({ ...shop.comparer, settings });

    const item = await shop.stock.get(shop.skuOf('a'));
    expect(checked).toMatchObject({ marked: 1, drifted: 0, adopted: 0 });
    expect([Object.keys(item?.marks ?? {}), item?.bases.main?.quantity]).toEqual([[shop.key], 5000]);
  });

  it('forgets channels that are configured no more', async () => {
    const shop = driftShop(tables);
    await shop.told('a', 5);
    const settings = { ...shop.settings, channels: [{ ...shop.channel, locationId: 'L1' }] };

    await checkAll({ ...shop.comparer, settings });

    expect((await shop.stock.get(shop.skuOf('a')))?.shown).toEqual({});
  });

  it('writes no SKU of which nothing is to be told', async () => {
    const shop = driftShop(tables);
    await shop.told('a', 5);
    const before = await shop.stock.get(shop.skuOf('a'));

    const { checked } = await checkAll(shop.comparer);

    expect(checked.marked).toBe(0);
    expect((await shop.stock.get(shop.skuOf('a')))?.revision).toBe(before?.revision);
  });

  it('touches neither of two variants with one SKU, and lists it', async () => {
    const shop = driftShop(tables, 'repair');
    await shop.told('a', 5);
    await shop.stock.update(shop.skuOf('a'), (known) => {
      const links = ['a', 'b'].map((productId) => ({ productId, variantId: `${productId}-1` }));
      return withLinks(known, catalogueKey(shop.channel), links, shop.settings, shop.clock.now());
    });
    await shop.night();
    for (const id of ['a', 'b']) await shop.shows('a', 9, { id });
    await shop.night();

    const { checked, comparison } = await checkAll(shop.comparer);

    expect([checked.drifted, checked.ambiguous]).toEqual([0, 1]);
    expect(comparison.ambiguous).toMatchObject([{ sku: shop.skuOf('a') }]);
    expect((await shop.stock.get(shop.skuOf('a')))?.marks).toEqual({});
  });

  it('says of SKUs without a product and without a number, once, until they have one', async () => {
    const shop = driftShop(tables);
    const { stock, settings, clock } = shop;
    await shop.told('fine', 5);
    await stock.update(
      shop.skuOf('typo'),
      (known) => withBase(known, 'main', { quantity: 1000, asOf: clock.now() }, settings, clock.now()).sku,
    );

    const found = await checkAll(shop.comparer);
    const again = await checkAll(shop.comparer);

    expect(found.comparison.unlinked).toEqual([{ sku: shop.skuOf('typo'), why: 'no-product' }]);
    expect(again.checked.unlinked).toBe(1);
    expect(await stock.get(shop.skuOf('typo'))).toMatchObject({
      unlinked: 'no-product',
      told: 'stock.unlinked',
      eventCount: 1,
    });
  });

  it('forgets that a SKU was unlinked where it is no more, whatever the reason', async () => {
    const shop = driftShop(tables);
    await shop.told('fine', 5);
    await shop.stock.update(shop.skuOf('fine'), (known) => ({ ...known, unlinked: 'not-counted' }));

    await checkAll(shop.comparer);

    expect((await shop.stock.get(shop.skuOf('fine')))?.unlinked).toBeUndefined();
  });

  it('says that it did not come to the end where its time is over', async () => {
    const shop = driftShop(tables);
    await shop.told('a', 5);

    const { checked } = await checkAll(shop.comparer, shop.clock.now() - 1);

    expect(checked.unfinished).toBe(true);
  });
});

it('SKUs that wait for a person are found by the index, and no other', async () => {
  const shop = driftShop(tables);
  for (const name of ['right', 'wrong']) await shop.told(name, 5);
  await shop.night();
  await shop.shows('right', 5);
  await shop.shows('wrong', 9);
  await shop.night();
  await checkAll(shop.comparer);

  const waiting: string[] = [];
  for await (const page of shop.index.needsReview()) waiting.push(...page);

  expect(waiting.filter((sku) => sku.startsWith(`${shop.store.storeId}-`))).toEqual([shop.skuOf('wrong')]);
});
