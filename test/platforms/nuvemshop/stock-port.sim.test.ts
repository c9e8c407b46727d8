import { afterEach, describe, expect, it } from 'vitest';
import type { NuvemshopStoreSettings } from '../../../functions/platforms/nuvemshop/settings.ts';
import { stock } from '../../../functions/platforms/nuvemshop/stock.ts';
import type { Charging, Telling, Told } from '../../../functions/platforms/stock.ts';
import { type Nuvemshop, startNuvemshop } from './harness.ts';

let shop: Nuvemshop;
afterEach(() => shop.sim.stop());

const variantsIn = ({ world, storeId }: Nuvemshop) =>
  [...world.platform.stores.get(Number(storeId))!.products.values()].flatMap((product) =>
    product.variants.map((variant) => ({ product, variant })),
  );
type Found = ReturnType<typeof variantsIn>[number];
const telling = ({ product, variant }: Found, change: Partial<Telling> = {}): Telling => ({
  sku: variant.sku ?? 'none',
  link: { productId: String(product.id), variantId: String(variant.id) },
  display: { units: 7 },
  ...change,
});
async function tell({ client, storeId }: Nuvemshop, tellings: readonly Telling[]): Promise<Told[]> {
  const told: Told[] = [];
  const store = { id: storeId, settings: {} as NuvemshopStoreSettings };
  for await (const some of stock.tell(client, store, tellings, stock.perCall))
    for (const [index, one] of some) told[index] = one;
  return told;
}
const calls = () => shop.count('PATCH', '/products/stock-price');

describe('stock of Nuvemshop', () => {
  it('goes in one call for many variants', async () => {
    shop = await startNuvemshop();
    const found = variantsIn(shop).slice(0, 5);

    const told = await tell(
      shop,
      found.map((one) => telling(one)),
    );

    expect(told).toEqual(found.map(() => ({ outcome: 'taken' })));
    expect(found.map(({ variant }) => variant.levels.map((level) => level.stock))).toEqual(
      found.map(() => [7]),
    );
    expect(calls()).toBe(1);
  });

  it('goes to each location by itself where a store has several, and never without one', async () => {
    shop = await startNuvemshop({ stores: [{ locations: 2 }] });
    const [one, other] = variantsIn(shop);
    const locations = one!.variant.levels.map(({ locationId }) => locationId);
    const link = { ...telling(one!).link, locations };

    const told = await tell(shop, [
      telling(one!, { link, locationId: locations[0]!, display: { units: 3 } }),
      telling(one!, { link, locationId: locations[1]!, display: { units: 4 } }),
      telling(other!, { link: { ...telling(other!).link, locations } }),
      telling(other!, { link: { ...telling(other!).link, locations }, locationId: 'ELSEWHERE' }),
    ]);

    expect(told.map(({ outcome }) => outcome)).toEqual(['taken', 'taken', 'refused', 'refused']);
    expect(one!.variant.levels.map((level) => level.stock)).toEqual([3, 4]);
    expect(calls()).toBe(1);
  });

  it('of an app without the scope is refused with the remedy, in one call: orders go on', async () => {
    shop = await startNuvemshop({ app: { scopes: ['read_products', 'write_orders'] } });
    const found = variantsIn(shop).slice(0, 5);

    const told = await tell(
      shop,
      found.map((one) => telling(one)),
    );

    expect(told).toEqual(
      found.map(() => ({ outcome: 'refused', reason: expect.stringContaining('write_products') as string })),
    );
    expect(calls()).toBe(1);
  });

  it('that is unlimited is set to that', async () => {
    shop = await startNuvemshop();
    const [one] = variantsIn(shop);

    await tell(shop, [telling(one!, { display: { units: null } })]);

    expect(one!.variant.levels.map((level) => level.stock)).toEqual([null]);
  });

  it('that is unlimited, of a variant that is gone, is refused with a reason, and keeps no other one out', async () => {
    shop = await startNuvemshop();
    const [one, other] = variantsIn(shop);
    const gone = { ...telling(one!).link, variantId: '999999' };

    const told = await tell(shop, [
      telling(one!, { link: gone, display: { units: null } }),
      telling(other!, { display: { units: null } }),
    ]);

    expect(told).toEqual([
      { outcome: 'refused', reason: 'HTTP 404', said: 'Product Variant not found' },
      { outcome: 'taken' },
    ]);
    expect(other!.variant.levels.map((level) => level.stock)).toEqual([null]);
  });

  it('of a variant that is gone is refused with a reason, and keeps no other one out', async () => {
    shop = await startNuvemshop();
    const [one, other] = variantsIn(shop);
    const gone = { ...telling(one!).link, variantId: '999999' };

    const told = await tell(shop, [telling(one!, { link: gone }), telling(other!)]);

    expect(told.map(({ outcome }) => outcome)).toEqual(['refused', 'taken']);
  });
});

describe('stock that Nuvemshop counts', () => {
  const store = () => ({ id: shop.storeId, settings: {} as NuvemshopStoreSettings });
  const { counting } = stock;

  it('is changed by so many, stops at nothing, and says when it changed', async () => {
    shop = await startNuvemshop();
    const [one] = variantsIn(shop);
    await tell(shop, [telling(one!, { display: { units: 5 } })]);
    const of = telling(one!);

    const before = await counting!.count(shop.client, store(), of);
    await counting!.change(shop.client, store(), of, -2);
    const after = await counting!.count(shop.client, store(), of);
    await counting!.change(shop.client, store(), of, -9);

    expect([before.units, after.units]).toEqual([5, 3]);
    expect(after.changedAt).toBeGreaterThanOrEqual(before.changedAt ?? Number.NaN);
    expect((await counting!.count(shop.client, store(), of)).units).toBe(0);
  });

  it('is counted at the location that is meant, and at none where nobody says which', async () => {
    shop = await startNuvemshop({ stores: [{ locations: 2 }] });
    const [one] = variantsIn(shop);
    const locations = one!.variant.levels.map(({ locationId }) => locationId);
    const of = { ...telling(one!), link: { ...telling(one!).link, locations } };
    const before = one!.variant.levels.map((level) => level.stock);

    await counting!.change(shop.client, store(), { ...of, locationId: locations[1]! }, 4);

    expect(one!.variant.levels.map((level) => level.stock)).toEqual([before[0], (before[1] ?? 0) + 4]);
    await expect(counting!.change(shop.client, store(), of, 1)).rejects.toMatchObject({ kind: 'refused' });
  });
});

describe('prices of Nuvemshop', () => {
  const charging = (found: Found, prices: Partial<Charging['prices']>): Charging => ({
    ...telling(found),
    prices: { currency: 'ARS', ...prices },
  });
  async function charge({ client, storeId }: Nuvemshop, chargings: readonly Charging[]): Promise<Told[]> {
    const told: Told[] = [];
    const store = { id: storeId, settings: {} as NuvemshopStoreSettings };
    for await (const some of stock.charge(client, store, chargings, stock.perCall))
      for (const [index, one] of some) told[index] = one;
    return told;
  }

  it('go in one call for many variants, and touch nothing else of them', async () => {
    shop = await startNuvemshop();
    const found = variantsIn(shop).slice(0, 5);
    const before = found.map(({ variant }) => variant.levels.map((level) => level.stock));

    const told = await charge(
      shop,
      found.map((one) => charging(one, { price: 123_450 })),
    );

    expect(told).toEqual(found.map(() => ({ outcome: 'taken' })));
    expect(found.map(({ variant }) => variant.priceCents)).toEqual(found.map(() => 123_450));
    expect(found.map(({ variant }) => variant.levels.map((level) => level.stock))).toEqual(before);
    expect(calls()).toBe(1);
  });

  it('with a promotion or a cost go with the variants of their product, whose ids stay', async () => {
    shop = await startNuvemshop();
    const [one] = variantsIn(shop);
    const ids = one!.product.variants.map(({ id }) => id);

    const told = await charge(shop, [charging(one!, { price: 10_000, promotionalPrice: 8000, cost: 500 })]);
    await charge(shop, [charging(one!, { price: 10_000, promotionalPrice: null, cost: 500 })]);

    expect(told).toEqual([{ outcome: 'taken' }]);
    expect([one!.variant.priceCents, one!.variant.promotionalCents, one!.variant.costCents]).toEqual([
      10_000,
      null,
      500,
    ]);
    expect(one!.product.variants.map(({ id }) => id)).toEqual(ids);
    expect(calls()).toBe(0);
  });

  it('of a variant that is gone are refused with a reason, and keep no other one out', async () => {
    shop = await startNuvemshop();
    const [one, other] = variantsIn(shop);
    const gone = {
      ...charging(one!, { price: 1, cost: 1 }),
      link: { ...telling(one!).link, variantId: '999999' },
    };

    const told = await charge(shop, [gone, charging(other!, { price: 500, cost: 1 })]);

    expect(told.map(({ outcome }) => outcome)).toEqual(['refused', 'taken']);
  });
});
