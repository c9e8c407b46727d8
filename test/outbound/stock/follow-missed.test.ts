import { describe, expect, it } from 'vitest';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { followMissed } from '../../../functions/outbound/stock/follow-missed.ts';
import { localTables } from '../../support/local-tables.ts';
import { driftShop } from './drift-shop.ts';

const tables = localTables();
const DAY_MS = 86_400_000;

describe('products that nobody followed', () => {
  it('because they were mirrored before stock was counted are linked, every one', async () => {
    const shop = driftShop(tables);
    for (const name of ['a', 'b']) await shop.shows(name, 5);
    shop.clock.move(30 * DAY_MS);

    const found = await followMissed(shop.missed);

    const items = await Promise.all(['a', 'b'].map((name) => shop.stock.get(shop.skuOf(name))));
    expect(found).toEqual({ followed: 2, unfinished: false, uncountable: 0 });
    expect(items.map((item) => item?.links[catalogueKey(shop.channel)])).toMatchObject([
      [{ productId: 'a' }],
      [{ productId: 'b' }],
    ]);
  });

  it('are found once: a product that is followed is written no more', async () => {
    const shop = driftShop(tables);
    await shop.shows('a', 5);
    await followMissed(shop.missed);
    const before = await shop.stock.get(shop.skuOf('a'));

    const again = await followMissed(shop.missed);

    expect(again.followed).toBe(0);
    expect((await shop.stock.get(shop.skuOf('a')))?.revision).toBe(before?.revision);
  });

  it('since they changed, because the tracker gave the change up, are followed as they are now', async () => {
    const shop = driftShop(tables);
    const key = { ...shop.store, platformProductId: 'a' };
    await shop.shows('a', 5);
    await followMissed(shop.missed);
    const row = (await shop.products.get(key))!;
    const changedAt = new Date(shop.clock.now()).toISOString();
    const changed = { ...row, version: 2, revision: 2, changedAt, removedAt: shop.clock.now() };
    await shop.products.put(changed, 1);
    shop.clock.move(DAY_MS);

    await followMissed(shop.missed);

    expect((await shop.stock.get(shop.skuOf('a')))?.links).toEqual({});
  });

  it('that were left because the time was over are followed by the next run', async () => {
    const shop = driftShop(tables);
    await shop.shows('a', 5);

    const runs = [await followMissed(shop.missed, shop.clock.now() - 1), await followMissed(shop.missed)];

    expect(runs.map(({ followed, unfinished }) => [followed, unfinished])).toEqual([
      [0, true],
      [1, false],
    ]);
  });

  it('keep nobody waiting with a SKU that cannot be counted', async () => {
    const shop = driftShop(tables);
    await shop.shows('x'.repeat(200), 5, { id: 'a' });

    const found = await followMissed(shop.missed);

    expect(found).toEqual({ followed: 1, unfinished: false, uncountable: 1 });
  });
});
