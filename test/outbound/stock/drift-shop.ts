import type { Product } from '../../../functions/domain/product.ts';
import type { StockChannel } from '../../../functions/domain/stock/channel.ts';
import type { DriftPolicy } from '../../../functions/domain/stock/drift.ts';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import type { StockSettings } from '../../../functions/domain/stock/settings.ts';
import { withBase, withLinks, withShown } from '../../../functions/domain/stock/sku.ts';
import type { Comparer } from '../../../functions/outbound/stock/compare.ts';
import { createCatalogueCompared } from '../../../functions/storage/last-times.ts';
import { createProductSkus } from '../../../functions/storage/product-skus.ts';
import { createProductStore } from '../../../functions/storage/products.ts';
import { createProductIndex } from '../../../functions/storage/row-index.ts';
import { createStockStore } from '../../../functions/storage/stock.ts';
import { createStockIndex } from '../../../functions/storage/stock-index.ts';
import { productRowOf } from '../../storage/samples.ts';
import { movedClock } from '../../support/fakes.ts';
import type { LocalTables } from '../../support/local-tables.ts';

const HOUR_MS = 3_600_000;
let shops = 0;

/** A shop of its own on shared tables: what it was told and what its mirrored products show. */
export function driftShop(tables: LocalTables, drift: DriftPolicy = 'report') {
  shops += 1;
  const store = { platform: 'shop', storeId: `d${shops}` };
  const clock = movedClock();
  const channel: StockChannel = { ...store, sells: ['main'], buffer: 0, shows: 'number' };
  const settings: StockSettings = {
    owner: 'erp',
    baseMeans: 'available',
    settle: { quietSeconds: 10, atMostSeconds: 60 },
    kits: {},
    drift,
    channels: [channel],
  };
  const stock = createStockStore({ ...tables, rules: settings, clock });
  const products = createProductStore(tables.client, tables.table);
  const compared = createCatalogueCompared({ ...tables, ...store });
  const all = createStockIndex(tables.client, tables.table);
  const skus = createProductSkus(tables.client, tables.table);
  const productIndex = createProductIndex(tables.client, tables.table);
  const skuOf = (name: string) => `${store.storeId}-${name}`;
  const isOwn = (sku: string) => sku.startsWith(`${store.storeId}-`);
  const comparer: Comparer = {
    index: {
      async *all() {
        for await (const page of all.all()) yield page.filter(isOwn);
      },
    },
    stock,
    products,
    comparedAt: () => compared.get(),
    settings,
    clock,
  };
  /** The platform tells what it shows of a product, now. */
  async function shows(name: string, units: number, of: { id?: string; status?: Product['status'] } = {}) {
    const { id = name, status = 'active' } = of;
    const row = productRowOf(id, store);
    const known = await products.get({ ...store, platformProductId: id });
    const revision = known?.revision ?? 0;
    const product: Product = {
      ...row.product!,
      status,
      variants: [
        { platformVariantId: `${id}-1`, sku: skuOf(name), stock: { kind: 'counted', quantity: units } },
      ],
    };
    await products.put({ ...row, product, observedAt: clock.now(), revision: revision + 1 }, revision);
    clock.move(1);
  }
  /** The merchant's system says how many there are, and the channel takes what it is told. */
  async function told(name: string, units: number) {
    await stock.update(skuOf(name), (known) => {
      const now = clock.now();
      const links = [{ productId: name, variantId: `${name}-1` }];
      const linked = withLinks(known, catalogueKey(channel), links, settings, now);
      const counted = withBase(linked, 'main', { quantity: units * 1000, asOf: now }, settings, now).sku;
      const shown = { display: { units }, from: now, to: now };
      return withShown(counted, `shop#${store.storeId}##`, shown, settings, now);
    });
  }
  /** What it is told now is taken, whatever it comes to show. */
  async function takes(name: string) {
    const item = await stock.get(skuOf(name));
    const now = clock.now();
    const base = item?.bases.main?.quantity ?? 0;
    const shown = { display: { units: (base ?? 0) / 1000 }, from: now, to: now };
    await stock.update(skuOf(name), (known) =>
      withShown(known, `shop#${store.storeId}##`, shown, settings, now),
    );
  }
  /** A night later the whole catalogue was compared. */
  async function night() {
    clock.move(23 * HOUR_MS);
    await compared.set(clock.now());
    clock.move(HOUR_MS);
  }
  return {
    store,
    channel,
    key: `shop#${store.storeId}##`,
    settings,
    clock,
    stock,
    index: all,
    products,
    comparer,
    missed: { stock, products, settings, clock, skus, productIndex },
    skuOf,
    shows,
    told,
    takes,
    night,
  };
}
