import { expect, it } from 'vitest';
import { pushStock, type StockPush } from '../../local/shop/stock-push.ts';
import { stockLine } from '../../local/shop/terminal.ts';
import { deployedShop } from '../support/deployment.ts';

const shop = deployedShop(96, { stock: { owner: 'local' } });

it('the own system of a run says how many there are, and each platform that can be told takes it', async () => {
  const heard: StockPush[] = [];

  const done = await pushStock(shop, { onPush: (push) => heard.push(push) });

  expect(done).toEqual({ skus: 2, told: heard });
  expect(new Set(heard.map(({ platform }) => platform))).toEqual(new Set(['nuvemshop', 'pedidosya']));
  const [push] = heard.filter(({ platform }) => platform === 'nuvemshop');
  const store = [...shop.platforms.nuvemshop!.world.platform.stores.values()][0]!;
  const variants = [...store.products.values()].flatMap((product) => product.variants);
  const { id } = variants.find(({ sku }) => sku === push!.sku)!;
  expect(shop.platforms.nuvemshop!.world.stockOf(id)).toBe(24);
  expect(stockLine(push!)).toContain(`${push!.sku.padEnd(20)}  stock 24  >  shows 24, `);
  const [outlet] = heard.filter(({ platform }) => platform === 'pedidosya');
  expect(outlet).toMatchObject({ outletId: expect.any(String), shown: 'on' });
});
