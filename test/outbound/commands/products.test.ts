import { describe, expect, it } from 'vitest';
import { localTables } from '../../support/local-tables.ts';
import {
  images,
  openProductWorld,
  openShop,
  type ProductWorld,
  productShop,
  SIZES,
  sized,
  tablesInMemory,
  there,
} from './product-world.ts';

const tables = localTables();
const { shop, open } = productShop();
/** Where conditions of writes decide. */
const openOnTables = (): ProductWorld => openProductWorld(tables, shop());

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

    expect(world.calls()).toEqual([
      'GET /products/sku/#',
      'GET /products/sku/#',
      'GET /products/sku/#',
      'POST /products',
    ]);
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
    const { id } = await shop().client.products.create({
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

  it('is linked, and not made, where a product has the last of its SKUs alone', async () => {
    const world = open();
    await shop().client.products.create({
      name: 'Hecha a mano',
      attributes: ['Talle'],
      variants: [{ sku: world.sku('XXL'), values: ['XXL'] }],
    });

    await there(world, sized(world, ['XS', 'S', 'M', 'L', 'XL', 'XXL']));

    expect(world.shown()).toMatchObject([{ name: { es: 'Remera' }, variants: { length: 6 } }]);
  });

  it('is looked for on from where the limit ended the search', async () => {
    const world = open();
    shop().sim.faults.add({ kind: 'status', status: 429, times: 1, match: { method: 'GET', path: /-T4$/ } });
    await world.put(sized(world, ['T1', 'T2', 'T3', 'T4', 'T5', 'T6']));
    await world.run();
    world.calls();

    await world.finish();

    expect(world.calls()).toEqual([...Array(3).fill('GET /products/sku/#'), 'POST /products']);
  });

  it('of many variants is looked for by some of them in a run, and made once in the end', async () => {
    const world = open();
    const sizes = Array.from({ length: 90 }, (_, index) => `T${index}`);
    await world.put(sized(world, sizes));

    await world.run();
    const first = world.calls();
    await world.finish();

    expect(first).toHaveLength(40);
    expect(world.calls().filter((call) => call === 'GET /products/sku/#')).toHaveLength(50);
    expect(world.shown()).toMatchObject([{ variants: { length: 90 } }]);
  });

  it('is in the end what was said last, once', async () => {
    const world = openOnTables();

    await Promise.all([world.put({ name: 'Primera' }), world.put({ name: 'Segunda' })]);
    await world.put({ name: 'Tercera' });
    await Promise.all([world.run(), world.run()]);
    await world.finish();

    expect(world.shown()).toMatchObject([{ name: { es: 'Tercera' } }]);
  });

  it('is not made where another one of the merchant’s system has a SKU of it', async () => {
    const world = openOnTables();
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
    const world = openOnTables();
    const other = { ...world.key, externalProductId: `${world.key.externalProductId}-2` };
    await Promise.all([world.put({}), world.put({}, other)]);

    await Promise.all([world.run(), world.run(undefined, other)]);

    expect(world.shown()).toHaveLength(1);
    const states = [world.key, other].map(async (key) => (await world.commands.ofOrder(key))[0]?.state);
    expect((await Promise.all(states)).sort()).toEqual(['done', 'refused']);
  });
});

describe('images', () => {
  it('beyond the nine of the first call follow one by one', async () => {
    const world = open();

    await world.put({ images: images(12) });
    await world.run();

    expect(world.writes().map(({ url }) => url.split('/').at(-1))).toEqual([
      'products',
      'images',
      'images',
      'images',
    ]);
    expect(world.shown()[0]?.images).toHaveLength(12);
  });

  it('are known by their bytes, whatever their name', async () => {
    const world = open();
    const bytes = Buffer.from('picture').toString('base64');
    await there(world, { images: [{ attachment: bytes, filename: 'a.png' }] });

    await world.put({
      images: [
        { attachment: bytes, filename: 'b.png' },
        { attachment: bytes, filename: 'c.png' },
      ],
    });
    await world.run();

    expect(world.writes()).toEqual([]);
    expect(world.shown()[0]?.images).toHaveLength(1);
  });
});

describe('categories', () => {
  const inPaths = (world: ProductWorld, ...names: string[]) => ({
    categories: names.map((name) => ({ path: ['Ropa', `${name} ${world.sku('')}`] })),
  });
  const namesOf = (world: ProductWorld) =>
    world.shown()[0]?.categoryIds.map((id) => world.store().categories.get(id)?.name.es);

  it('are found or made by their paths before the product is made', async () => {
    const world = open();

    await world.put(inPaths(world, 'Remeras', 'Ofertas'));
    await world.run();

    expect(namesOf(world)).toEqual([`Remeras ${world.sku('')}`, `Ofertas ${world.sku('')}`]);
    expect(await world.put(inPaths(world, 'Remeras', 'Ofertas'))).toEqual({ outcome: 'unchanged' });
  });

  it('that change are one call for the product, and are found where they are there', async () => {
    const world = open();
    await there(world, inPaths(world, 'Remeras'));

    await world.put(inPaths(world, 'Remeras', 'Ofertas'));
    await world.run();

    expect(
      world.writes().map(({ method, url }) => `${method} ${url.split('/').at(-1)?.replace(/^\d+$/, '#')}`),
    ).toEqual(['POST categories', 'PUT #']);
    expect(namesOf(world)).toHaveLength(2);
  });

  it('of which one is refused keep the product out of no other one, and the refused one is tried again', async () => {
    const world = open();
    const wanted = { categories: [...inPaths(world, 'Remeras').categories, { id: '999999997' }] };

    await world.put(wanted);
    await world.run();

    expect(await world.commands.ofOrder(world.key)).toMatchObject([
      { state: 'refused', problems: [{ pointer: '/categories/1' }] },
    ]);
    expect(namesOf(world)).toEqual([`Remeras ${world.sku('')}`]);
    world.store().categories.set(999999997, { ...[...world.store().categories.values()][0]!, id: 999999997 });
    await world.put(wanted);
    await world.run();
    expect(world.shown()[0]?.categoryIds).toContain(999999997);
  });
});

describe('custom fields', () => {
  const field = (value: string | null, more: object = {}) => ({
    name: 'Material',
    type: 'text_list',
    value,
    ...more,
  });
  const withField = (world: ProductWorld, value: string | null) => ({
    variants: [{ sku: world.sku('1'), customFields: [field(value, { name: `Material ${world.sku('')}` })] }],
  });
  const valuesOf = (world: ProductWorld) => [...(world.shown()[0]?.variants[0]?.customFields.values() ?? [])];

  it('are defined by name, and set for the variant', async () => {
    const world = open();

    await world.put(withField(world, 'Lana'));
    await world.run();

    expect(valuesOf(world)).toEqual(['Lana']);
    expect(await world.put(withField(world, 'Lana'))).toEqual({ outcome: 'unchanged' });
  });

  it('get a value more to choose from, and are taken off', async () => {
    const world = open();
    await there(world, withField(world, 'Lana'));

    await world.put(withField(world, 'Lino'));
    await world.run();
    expect(valuesOf(world)).toEqual(['Lino']);
    await world.put(withField(world, null));
    await world.run();

    expect(valuesOf(world)).toEqual([]);
    const ours = [...world.store().customFields.values()].filter(({ name }) => name.includes(world.sku('')));
    expect(ours).toMatchObject([{ values: ['Lana', 'Lino'] }]);
  });
});

describe('an app without the scope write_products', () => {
  it('has the product refused with the remedy, and its token is not doubted', async () => {
    const poor = await openShop({ app: { scopes: ['read_products', 'write_orders'] } });
    const world = openProductWorld(tablesInMemory(poor.clock.now), poor);
    await world.put();

    await world.run();

    expect(await world.commands.ofOrder(world.key)).toMatchObject([
      { state: 'refused', reason: expect.stringContaining('Give it the scope write_products') as string },
    ]);
    expect(world.shown()).toEqual([]);
    await poor.sim.stop();
  });
});
