import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { catalogueKey } from '../../functions/domain/stock/links.ts';
import { withBase, withLinks, withShown } from '../../functions/domain/stock/sku.ts';
import { createProductStore } from '../../functions/storage/products.ts';
import { createProductIndex } from '../../functions/storage/row-index.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import { compareStock } from '../../ops/commands/stock-drift.ts';
import { productRowOf } from '../storage/samples.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const store = { platform: 'shop', storeId: 's' };
const channel = { ...store, sells: ['main'], buffer: 0, shows: 'number' as const };
const settings = {
  owner: 'erp',
  baseMeans: 'available' as const,
  settle: { quietSeconds: 10, atMostSeconds: 60 },
  kits: {},
  channels: [channel],
};
const hinted: string[] = [];
const trail: string[] = [];
/** The tables are there once the tests run. */
const stockOf = () => createStockStore({ ...tables, rules: settings, clock });
const productsOf = () => createProductStore(tables.client, tables.table);
const compare = (repair: boolean) =>
  compareStock(
    {
      stores: [store],
      products: productsOf(),
      productIndex: createProductIndex(tables.client, tables.table),
      audited: async (what, _details, work) => {
        trail.push(what);
        return work('ops-1');
      },
      stock: { settings, store: stockOf(), clock, sendHints: async () => void hinted.push('sent') },
    },
    { repair, json: true },
  );

/** A product whose platform shows 7, and a SKU that it was told to show `told` of. */
async function product(id: string, told: number) {
  const sku = `SKU-${id}`;
  const links = [{ productId: id, variantId: `${id}-1`, locations: ['L1'] }];
  await stockOf().update(sku, (known) => {
    const base = { quantity: told * 1000, asOf: clock.now() };
    const counted = withBase(known, 'main', base, settings, clock.now()).sku;
    const linked = withLinks(counted, catalogueKey(channel), links, settings, clock.now());
    const shown = { display: { units: told }, from: clock.now(), to: clock.now() };
    return withShown(linked, 'shop#s##', shown, settings, clock.now());
  });
  clock.move(1000);
  await productsOf().put({ ...productRowOf(id), observedAt: clock.now() }, 0);
  return sku;
}

const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());

describe('stock drift', () => {
  it('names channels that show something else than they were told, and changes nothing', async () => {
    await product('right', 7);
    const wrong = await product('wrong', 4);
    const before = await stockOf().get(wrong);

    const exit = await compare(false);

    expect(exit).toBe(1);
    expect(JSON.parse(printed.join(''))).toMatchObject({
      drifted: [{ sku: wrong, channel: 'shop#s##', wanted: { units: 4 }, seen: { units: 7 } }],
      repaired: false,
    });
    expect([await stockOf().get(wrong), hinted, trail]).toEqual([before, [], []]);
  });

  it('tells them again where that is wanted, once', async () => {
    await compare(true);
    const again = await compare(true);

    expect((await stockOf().get('SKU-wrong'))?.marks['shop#s##']).toBeDefined();
    expect((await stockOf().get('SKU-right'))?.marks).toEqual({});
    expect([again, hinted, trail]).toEqual([0, ['sent'], ['stock drift']]);
  });
});
