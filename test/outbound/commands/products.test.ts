import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Nuvemshop } from '../../platforms/nuvemshop/harness.ts';
import { localTables } from '../../support/local-tables.ts';
import { openProductWorld, openShop, type ProductWorld } from './product-world.ts';

const tables = localTables();
let shop: Nuvemshop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.sim.stop());
const open = (): ProductWorld => openProductWorld(tables, shop);

const SIZES = ['S', 'M', 'L'];
const sized = (world: ProductWorld, sizes = SIZES, more: object = {}) => ({
  options: ['Talle'],
  variants: sizes.map((size) => ({ sku: world.sku(size), values: [size], ...more })),
});
const images = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ src: `https://example.com/picture-${index + 1}-large.jpg` }));

/** Puts a product there, and forgets the calls that it took. */
async function there(world: ProductWorld, said: object = {}) {
  await world.put(said);
  await world.run();
  world.calls();
}

describe('a product of the merchant’s system', () => {
  it('is made with one call once nothing has its SKUs, and begins with nothing to sell', async () => {
    const world = open();
    await world.put({
      ...sized(world, SIZES, { price: '10.50', weight: '0.250' }),
      currency: 'ARS',
      description: { es: '<p>Algodón</p>' },
      brand: 'Marca',
      images: images(3),
    });

    await world.run();

    expect(world.calls()).toEqual(['GET /products/sku/#', 'GET /products/sku/#', 'GET /products/sku/#', 'POST /products'].map((one) => one));
    expect(world.shown()).toMatchObject([
      {
        brand: 'Marca',
        description: { es: '<p>Algodón</p>' },
        images: [{ position: 1 }, { position: 2 }, { position: 3 }],
        variants: SIZES.map((size) => ({
          sku: world.sku(size),
          priceCents: 1050,
          weight: '0.250',
          levels: [{ stock: 0 }],
        })),
      },
    ]);
    expect(await world.commands.ofOrder(world.key)).toMatchObject([{ state: 'done', seen: true }]);
  });

  it('that is sent again as it is costs no call and no command', async () => {
    const world = open();
    await there(world, { ...sized(world), images: images(2), tags: ['a', 'b'] });

    const again = await world.put({ ...sized(world), images: images(2), tags: ['a', 'b'] });
    await world.run();

    expect(again).toEqual({ outcome: 'unchanged' });
    expect(world.calls()).toEqual([]);
    expect(await world.commands.ofOrder(world.key)).toHaveLength(1);
  });

  it('with another description costs one call', async () => {
    const world = open();
    await there(world, { ...sized(world), images: images(2) });

    await world.put({ ...sized(world), images: images(2), description: 'Nueva' });
    await world.run();

    expect(world.calls()).toEqual(['PUT /products/#']);
    expect(Object.values(world.shown()[0]!.description)).toContain('Nueva');
  });

  it('with another name sends no image', async () => {
    const world = open();
    await there(world, { images: images(4) });

    await world.put({ name: 'Otra remera', images: images(4) });
    await world.run();

    const sent = world.calls();
    expect(sent).toEqual(['PUT /products/#']);
    expect(world.shown()[0]!.images).toHaveLength(4);
  });

  it('with one other price leaves the other variants and all ids as they are', async () => {
    const world = open();
    const sizes = Array.from({ length: 30 }, (_, index) => `T${index}`);
    const priced = (first: string) => ({
      ...sized(world, sizes, { price: '10.00' }),
      variants: sizes.map((size, index) => ({
        sku: world.sku(size),
        values: [size],
        price: index === 0 ? first : '10.00',
      })),
      currency: 'ARS',
    });
    await there(world, priced('10.00'));
    const before = structuredClone(world.shown()[0]!.variants);

    await world.put(priced('12.00'));
    await world.run();

    expect(world.calls()).toEqual(['GET /products/#', 'PUT /products/#/variants/#']);
    const after = world.shown()[0]!.variants;
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after[0]!.priceCents).toBe(1200);
    expect(after.slice(1)).toEqual(before.slice(1));
  });

  it('is linked, and not made, where a product has its SKUs already', async () => {
    const world = open();
    const { id } = await shop.client.products.create({
      name: 'Hecha a mano',
      variants: [{ sku: world.sku('1'), inventory_levels: [{ stock: 7 }] }],
    });

    await world.put({ brand: 'Marca' });
    await world.run();

    expect(world.calls()).toEqual(['GET /products/sku/#', 'PUT /products/#']);
    expect(world.shown()).toMatchObject([
      { id: Number(id), name: { es: 'Remera' }, variants: [{ levels: [{ stock: 7 }] }] },
    ]);
  });

  it('is in the end what was said last, once', async () => {
    const world = open();

    await Promise.all([world.put({ name: 'Primera' }), world.put({ name: 'Segunda' })]);
    await world.put({ name: 'Tercera' });
    await Promise.all([world.run(), world.run()]);
    await world.finish();

    expect(world.shown()).toMatchObject([{ name: { es: 'Tercera' } }]);
  });

  it('is not made where another one of the merchant’s system has a SKU of it', async () => {
    const world = open();
    const other = { ...world.key, externalProductId: 'other' };
    await there(world, sized(world));

    await world.put({ ...sized(world, ['XL', 'S']) }, other);
    await world.run(undefined, other);

    expect(await world.commands.ofOrder(other)).toMatchObject([
      {
        state: 'refused',
        problems: [{ pointer: '/variants/1/sku', code: 'sku-taken' }],
      },
    ]);
    expect(world.shown()).toHaveLength(1);
  });

  it('is made once where two of the merchant’s system with one SKU come at once', async () => {
    const world = open();
    const other = { ...world.key, externalProductId: `${world.key.externalProductId}-2` };
    await Promise.all([world.put({}), world.put({}, other)]);

    await Promise.all([world.run(), world.run(undefined, other)]);

    expect(world.shown()).toHaveLength(1);
    const states = [world.key, other].map(async (key) => (await world.commands.ofOrder(key))[0]?.state);
    expect((await Promise.all(states)).sort()).toEqual(['done', 'refused']);
  });
});
