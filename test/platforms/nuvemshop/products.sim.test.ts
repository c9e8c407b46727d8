import { afterEach, describe, expect, it } from 'vitest';
import { products } from '../../../functions/platforms/nuvemshop/product-resource.ts';
import type { NuvemshopStoreSettings } from '../../../functions/platforms/nuvemshop/settings.ts';
import { type Nuvemshop, startNuvemshop } from './harness.ts';

let shop: Nuvemshop;
afterEach(() => shop.sim.stop());

const storeOf = ({ storeId }: Nuvemshop) => ({ id: storeId, settings: {} as NuvemshopStoreSettings });
const simulated = ({ world, storeId }: Nuvemshop) => world.platform.stores.get(Number(storeId))!;
const productsIn = (one: Nuvemshop) => [...simulated(one).products.values()];
async function listed({ client, clock, ...rest }: Nuvemshop) {
  const found: string[] = [];
  const range = { from: 0, to: clock.now() + 1000 };
  const scan = { query: {} } as Parameters<typeof products.list>[1];
  const store = storeOf({ client, clock, ...rest } as Nuvemshop);
  for await (const page of products.list(client, scan, range, store))
    for (const { reading } of page.items)
      found.push(reading.ok ? reading.said.platformProductId : reading.problem);
  return found;
}

describe('products of Nuvemshop', () => {
  it('are fetched with stock by location and prices in the currency of the store', async () => {
    shop = await startNuvemshop({ stores: [{ locations: 2, country: 'AR' }] });
    const [one] = productsIn(shop);

    const { reading } = await products.get(shop.client, String(one!.id), storeOf(shop));

    const [first] = one!.variants;
    expect(reading).toMatchObject({
      ok: true,
      said: {
        platformProductId: String(one!.id),
        title: { es: one!.name.es },
        variants: [
          {
            sku: first!.sku,
            price: { amount: first!.priceCents, currency: 'ARS' },
            locations: first!.levels.map(({ locationId, stock }) => ({
              locationId,
              stock: { kind: 'counted', quantity: stock },
            })),
          },
        ],
      },
    });
  });

  it('are found by a SKU with a slash, or not at all, without its cutting the path', async () => {
    shop = await startNuvemshop();
    const [like, meant] = productsIn(shop);
    like!.variants[0]!.sku = 'A/B-2';
    meant!.variants[0]!.sku = 'A/B';

    expect(await shop.client.products.getBySku('A/B')).toMatchObject({ id: String(meant!.id) });
    await expect(shop.client.products.getBySku('A/C')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('read alike from a list and one by one', async () => {
    shop = await startNuvemshop();
    const [one] = productsIn(shop);
    const fetched = await products.get(shop.client, String(one!.id), storeOf(shop));
    const scan = { query: {} } as Parameters<typeof products.list>[1];

    const range = { from: 0, to: shop.clock.now() + 1000 };
    const readings = [];
    for await (const page of products.list(shop.client, scan, range, storeOf(shop)))
      readings.push(...page.items.map(({ reading }) => reading));

    expect(readings).toContainEqual(fetched.reading);
  });

  it('are all listed', async () => {
    shop = await startNuvemshop();

    expect((await listed(shop)).sort()).toEqual(
      productsIn(shop)
        .map(({ id }) => String(id))
        .sort(),
    );
  });

  it('are none in an empty store', async () => {
    shop = await startNuvemshop();
    simulated(shop).products.clear();

    expect(await listed(shop)).toEqual([]);
  });

  it('ask for the currency once', async () => {
    shop = await startNuvemshop();
    const ids = productsIn(shop).map(({ id }) => String(id));

    for (const id of ids) await products.get(shop.client, id, storeOf(shop));

    expect(shop.count('GET', '/store')).toBe(1);
  });

  it('say what is missing when the app may not read them', async () => {
    shop = await startNuvemshop();
    simulated(shop).scopes = new Set(['write_orders']);

    await expect(listed(shop)).rejects.toMatchObject({
      kind: 'refused',
      status: 403,
      remedy: expect.stringContaining('read_products'),
    });
  });

  it('are not found once they are deleted', async () => {
    shop = await startNuvemshop();
    const [one] = productsIn(shop);
    await shop.remove(`/products/${one!.id}`);

    await expect(products.get(shop.client, String(one!.id), storeOf(shop))).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  it('are not listed for a store that does not want them', () => {
    expect(products.scans({ id: '1', settings: { catalogue: false } as NuvemshopStoreSettings })).toEqual([]);
  });
});
