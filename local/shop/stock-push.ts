import { setTimeout as wait } from 'node:timers/promises';
import { type Merchant, stockOf } from '../../config/merchant.ts';
import { ERP_OUTPUTS, pascal } from '../../config/output-names.ts';
import { stockSchema } from '../../config/stock.ts';
import { channelKey } from '../../functions/domain/stock/channel.ts';
import { displayOf } from '../../functions/domain/stock/display.ts';
import { productsOfStore } from '../../functions/pipeline/products-of-store.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createProductStore } from '../../functions/storage/products.ts';
import { createProductIndex } from '../../functions/storage/row-index.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import type { Shop } from './shop.ts';
import type { ShopStore } from './stores.ts';
import type { ShopTable } from './table.ts';
import { CLIENT } from './token.ts';

const UNITS = 12;
const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 60_000;

/** The merchant as configured; where nobody counts its stock, the own system of this run does. */
export const withCountedStock = (merchant: Merchant): Merchant => ({
  ...merchant,
  stock: merchant.stock ?? stockSchema.parse({ owner: CLIENT }),
});

/**
 * Says as the own system how many there are of one SKU, and answers in words what its shop came to show; undefined where no
 * store shows a number.
 */
export async function pushStock(
  shop: Shop,
  table: ShopTable,
  signal: AbortSignal,
): Promise<string | undefined> {
  const store = shop.stores.find(({ platform }) => platform.stock?.shows === 'number');
  const settings = stockOf(shop.merchant);
  if (store === undefined || settings?.owner !== CLIENT) return undefined;
  await shop.cloud.invoke(`${pascal(store.platform.name)}/Reconcile/Reconciler/Function`, { products: true });
  const sku = await firstSku(shop, table, store);
  if (sku === undefined) return undefined;
  const began = performance.now();
  if (!(await said(shop, sku))) return undefined;
  const name = { platform: store.platform.name, storeId: store.storeId };
  const channel = settings.channels.find(
    ({ platform, storeId }) => platform === name.platform && storeId === name.storeId,
  );
  if (channel === undefined) return undefined;
  const stock = createStockStore({
    client: table.client,
    table: shop.cloud.tableName('Orders/Table'),
    rules: settings,
    clock: systemClock,
  });
  const wanted = displayOf(channel, UNITS - channel.buffer);
  while (!signal.aborted && performance.now() - began < PATIENCE_MS) {
    const item = await stock.get(sku);
    const shown = item?.shown[channelKey(channel)];
    if (shown !== undefined && JSON.stringify(shown.display) === JSON.stringify(wanted))
      return `The own system has ${UNITS} of ${sku}; ${store.platform.title} shows it ${((performance.now() - began) / 1000).toFixed(1)} s later.`;
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

async function firstSku(
  { cloud }: Shop,
  { client }: ShopTable,
  store: ShopStore,
): Promise<string | undefined> {
  const table = cloud.tableName('Orders/Table');
  const source = {
    products: createProductStore(client, table),
    productIndex: createProductIndex(client, table),
  };
  const name = { platform: store.platform.name, storeId: store.storeId };
  for await (const { product } of productsOfStore(source, name)) {
    const sku = product?.variants.find((variant) => variant.sku !== undefined)?.sku;
    if (sku !== undefined) return sku;
  }
  return undefined;
}

async function said({ cloud, token }: Shop, sku: string): Promise<boolean> {
  const answer = await fetch(`${cloud.outputs[ERP_OUTPUTS.api]}/v1/stock`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ items: [{ sku, quantity: UNITS, asOf: new Date().toISOString() }] }),
  });
  return answer.ok;
}
