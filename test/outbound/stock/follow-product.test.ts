import { expect, it } from 'vitest';
import { EVERYWHERE, withWanted } from '../../../functions/domain/stock/pricing.ts';
import type { StockSettings } from '../../../functions/domain/stock/settings.ts';
import { withPricing } from '../../../functions/domain/stock/sku.ts';
import { followProduct } from '../../../functions/outbound/stock/follow-product.ts';
import { createProductSkus } from '../../../functions/storage/product-skus.ts';
import { createProductStore } from '../../../functions/storage/products.ts';
import { createStockStore } from '../../../functions/storage/stock.ts';
import { productRowOf } from '../../storage/samples.ts';
import { movedClock } from '../../support/fakes.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const CHANNEL = 'shop#s##';
const settings: StockSettings = {
  owner: 'erp',
  baseMeans: 'available',
  settle: { quietSeconds: 10, atMostSeconds: 60 },
  kits: {},
  channels: [
    { platform: 'shop', storeId: 's', sells: ['main'], buffer: 0, shows: 'number', charges: ['price'] },
  ],
};

it.each([
  ['what it is sold in are told', 'ARS', [CHANNEL], []],
  ['another currency are told to nobody, and stand as refused', 'USD', [], [CHANNEL]],
])('prices from before a product was linked, in %s', async (_, currency, told, refused) => {
  const stock = createStockStore({ ...tables, rules: settings, clock });
  const products = createProductStore(tables.client, tables.table);
  const skus = createProductSkus(tables.client, tables.table);
  const row = productRowOf(`late-${currency}`);
  const sku = `SKU-late-${currency}`;
  await products.put(row, 0);
  await stock.update(sku, (known) => {
    const wanted = { prices: { currency, price: 900_000 }, asOf: clock.now() };
    return withPricing(known, withWanted(undefined, EVERYWHERE, wanted).pricing, settings, clock.now());
  });

  await followProduct({ products, skus, stock, settings, clock }, row);

  const pricing = (await stock.get(sku))?.pricing;
  expect(Object.keys(pricing?.marks ?? {})).toEqual(told);
  expect(Object.keys(pricing?.rejected ?? {})).toEqual(refused);
});
