import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { listStockInReview } from '../../ops/commands/stock-attention.ts';
import { compareStock } from '../../ops/commands/stock-drift.ts';
import { stockInReview } from '../../ops/data/stock.ts';
import { driftShop } from '../outbound/stock/drift-shop.ts';
import { dryRunOf, planned } from '../support/dry-run.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const hinted: string[] = [];
const trail: string[] = [];
const printed: string[] = [];
beforeEach(() => {
  for (const list of [printed, hinted, trail]) list.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());
const said = () => JSON.parse(printed.splice(0).join(''));

type Shop = ReturnType<typeof driftShop>;
const stockOf = ({ settings, stock, comparer, clock, missed }: Shop) => ({
  skus: missed.skus,
  settings,
  store: stock,
  index: { ...comparer.index, needsReview: comparer.index.all },
  clock,
  sendHints: async () => void hinted.push('sent'),
});
const compare = (
  shop: Shop,
  options: { sku?: string; repair?: boolean; check?: boolean; dryRun?: boolean; json?: boolean } = {},
) =>
  compareStock(
    {
      products: shop.products,
      productIndex: shop.missed.productIndex,
      control: { ...tables, clock: shop.clock },
      audited: async (what, _details, work) => {
        trail.push(what);
        return work('ops-1');
      },
      stock: stockOf(shop),
    },
    { repair: false, check: false, dryRun: false, json: true, ...options },
  );

const display = z.strictObject({ units: z.number().nullable() });
const driftPlan = planned({
  drifted: z.array(
    z.strictObject({
      sku: z.string(),
      channel: z.string(),
      wanted: display,
      seen: display,
      seenAt: z.iso.datetime(),
      repairs: z.number(),
      review: z.boolean(),
    }),
  ),
  ambiguous: z.array(z.strictObject({ sku: z.string(), channel: z.string() })),
  unlinked: z.array(z.strictObject({ sku: z.string(), why: z.string() })),
  repaired: z.boolean(),
  checked: z
    .strictObject({
      skus: z.number(),
      unfinished: z.boolean(),
      drifted: z.number(),
      repaired: z.number(),
      adopted: z.number(),
      left: z.number(),
      ambiguous: z.number(),
      unlinked: z.number(),
      marked: z.number(),
    })
    .optional(),
});

/** Of two SKUs the platform shows one as it was told, and one otherwise. */
async function shopWithDrift(drift: Parameters<typeof driftShop>[1] = 'report'): Promise<Shop> {
  const shop = driftShop(tables, drift);
  for (const name of ['right', 'wrong']) await shop.told(name, 4);
  await shop.night();
  await shop.shows('right', 4);
  await shop.shows('wrong', 7);
  await shop.night();
  return shop;
}

describe('stock drift', () => {
  it('names channels that show something else than they were told, and changes nothing', async () => {
    const shop = await shopWithDrift('repair');
    const before = await shop.stock.get(shop.skuOf('wrong'));

    const exit = await compare(shop);

    expect(exit).toBe(1);
    expect(said()).toMatchObject({
      drifted: [
        { sku: shop.skuOf('wrong'), channel: shop.key, wanted: { units: 4 }, seen: { units: 7 }, repairs: 0 },
      ],
      repaired: false,
    });
    expect([await shop.stock.get(shop.skuOf('wrong')), hinted, trail]).toEqual([before, [], []]);
  });

  it('does not say that all is well of a SKU that nobody knows: it is written otherwise', async () => {
    const shop = await shopWithDrift();

    const asked = compare(shop, { sku: 'MISTYPED' });

    await expect(asked).rejects.toMatchObject({
      message: expect.stringContaining('Nothing is known of "MISTYPED"') as string,
      exit: 1,
    });
  });

  it('tells them again where that is wanted, once', async () => {
    const shop = await shopWithDrift();
    await compare(shop, { repair: true });
    printed.length = 0;
    const again = await compare(shop, { repair: true });

    expect((await shop.stock.get(shop.skuOf('wrong')))?.marks[shop.key]).toBeDefined();
    expect((await shop.stock.get(shop.skuOf('right')))?.marks).toEqual({});
    expect([again, hinted, trail]).toEqual([0, ['sent'], ['stock drift']]);
  });

  it('looks at one SKU where one is named, and tells that again alone', async () => {
    const shop = await shopWithDrift();
    await shop.shows('right', 9);

    const exit = await compare(shop, { sku: shop.skuOf('wrong'), repair: true });

    expect([exit, hinted]).toEqual([1, ['sent']]);
    expect(said().drifted).toMatchObject([{ sku: shop.skuOf('wrong') }]);
    expect((await shop.stock.get(shop.skuOf('wrong')))?.marks[shop.key]).toBeDefined();
    expect((await shop.stock.get(shop.skuOf('right')))?.marks).toEqual({});
  });

  it('does what is done at night where that is wanted', async () => {
    const shop = await shopWithDrift('adopt');

    const exit = await compare(shop, { check: true });

    expect([exit, trail, hinted]).toEqual([1, ['stock check'], ['sent']]);
    expect(said().checked).toMatchObject({ drifted: 1, adopted: 1, left: 0 });
    expect((await shop.stock.get(shop.skuOf('wrong')))?.bases.main?.quantity).toBe(7000);
  });

  it.each([
    ['--repair', { repair: true }, 'All of them would be told again.', { repaired: true }],
    [
      '--check',
      { check: true },
      '0 channels would be told again, 1 numbers would be adopted, 0 would be left to a person.',
      { checked: { drifted: 1, adopted: 1, left: 0, repaired: 0 } },
    ],
  ] as const)(
    'a dry run of %s says what it would do, and writes nothing',
    async (_, options, text, result) => {
      const shop = await shopWithDrift('adopt');
      const before = await shop.stock.get(shop.skuOf('wrong'));

      const shown = await dryRunOf((dry) => compare(shop, { ...options, ...dry }));

      expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
      expect(shown.text).toContain(text);
      expect(driftPlan.parse(shown.said)).toMatchObject(result);
      expect([await shop.stock.get(shop.skuOf('wrong')), hinted, trail]).toEqual([before, [], []]);
    },
  );

  it.each([
    ['both', { repair: true, check: true }, 'Choose one'],
    ['the work of the night for one SKU', { sku: 'A', check: true }, 'Leave out the SKU'],
  ])('does not do %s', async (_, options, why) => {
    await expect(compare(driftShop(tables), options)).rejects.toThrow(why);
  });

  it('links, with all that is done at night, a product that was mirrored before stock was counted', async () => {
    const shop = driftShop(tables);
    await shop.shows('early', 5);

    await compare(shop, { check: true });

    expect(Object.keys((await shop.stock.get(shop.skuOf('early')))?.links ?? {})).toHaveLength(1);
  });

  it('says in words what to do next', async () => {
    const shop = await shopWithDrift();

    await compare(shop, { json: false });

    expect(printed.join('\n')).toMatch(
      /SHOULD SHOW.*\n.*wrong.* 4 .* 7 .*\n.*stock drift --repair tells them again/s,
    );
  });
});

describe('stock attention', () => {
  it('names SKU, channel and reason of everything that waits for a person', async () => {
    const shop = await shopWithDrift();
    await shop.stock.update(shop.skuOf('typo'), (known) => ({
      ...known,
      bases: { main: { quantity: 1000, asOf: 1 } },
    }));
    await shop.stock.update(shop.skuOf('gone'), (known) => ({
      ...known,
      rejected: { [shop.key]: { display: { units: 1 }, at: 1, reason: 'The variant is gone.' } },
    }));
    await compare(shop, { check: true });
    printed.length = 0;

    const exit = await listStockInReview({ stock: stockOf(shop) }, { json: true });

    expect(exit).toBe(1);
    const found = said().skus.map(({ sku, kind }: { sku: string; kind: string }) => `${kind} ${sku}`);
    expect(found.sort()).toEqual([
      `drift ${shop.skuOf('wrong')}`,
      `refused ${shop.skuOf('gone')}`,
      `unlinked ${shop.skuOf('typo')}`,
    ]);
  });

  it('is read in part where only so many SKUs may be read', async () => {
    const shop = driftShop(tables);
    for (const name of ['a', 'b', 'c'])
      await shop.stock.update(shop.skuOf(name), (known) => ({ ...known, unlinked: 'no-product' }));
    const read = (mostSkus: number) => stockInReview(stockOf(shop), { mostSkus });

    const [part, whole] = [await read(2), await read(3)];

    expect([part.reasons.length, part.complete]).toEqual([2, false]);
    expect([whole.reasons.length, whole.complete]).toEqual([3, true]);
  });

  it('says that nothing does', async () => {
    expect(await listStockInReview({ stock: stockOf(driftShop(tables)) }, { json: true })).toBe(0);
  });
});
