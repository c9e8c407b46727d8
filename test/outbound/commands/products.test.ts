import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Nuvemshop } from '../../platforms/nuvemshop/harness.ts';
import { localTables } from '../../support/local-tables.ts';
import { openProductWorld, openShop, type ProductWorld, tablesInMemory } from './product-world.ts';

const tables = localTables();
let shop: Nuvemshop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.sim.stop());
const open = (): ProductWorld => openProductWorld(tablesInMemory(shop.clock.now), shop);
/** Where conditions of writes decide. */
const openOnTables = (): ProductWorld => openProductWorld(tables, shop);

const SIZES = ['S', 'M', 'L'];
const sized = (world: ProductWorld, sizes = SIZES, more: object = {}) => ({
  options: ['Talle'],
  variants: sizes.map((size) => ({ sku: world.sku(size), values: [size], ...more })),
});
const images = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    src: `https://example.com/picture-${index + 1}-large.jpg`,
  }));

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

describe('what is not named any more', () => {
  it('is not deleted unless its removal is asked for', async () => {
    const world = open();
    await there(world, sized(world));

    await world.put({ ...sized(world, ['S', 'XL']) });
    await world.run();

    expect(world.writes().map(({ method }) => method)).toEqual(['POST']);
    expect(world.shown()[0]?.variants).toHaveLength(4);
  });

  it.each([
    ['half of the variants', (world: ProductWorld) => sized(world, ['S'])],
    ['no image', (world: ProductWorld) => ({ ...sized(world), images: [] })],
  ])('stays, with %s, unless its removal is asked for', async (_, less) => {
    const world = open();
    await there(world, { ...sized(world), images: images(2) });

    await world.put(less(world));
    await world.run();

    expect(world.writes()).toEqual([]);
    expect(world.shown()).toMatchObject([{ variants: { length: 3 }, images: { length: 2 } }]);
  });

  it('is deleted one by one where its removal is asked for, and its SKU is free', async () => {
    const world = open();
    await there(world, { ...sized(world), images: images(3) });
    const other = { ...world.key, externalProductId: 'other' };

    await world.put({ ...sized(world, ['S']), images: images(1), removeMissing: true });
    await world.run();

    expect(world.writes().map(({ method }) => method)).toEqual(['DELETE', 'DELETE', 'DELETE', 'DELETE']);
    expect(world.shown()).toMatchObject([{ variants: [{ sku: world.sku('S') }], images: [{ position: 1 }] }]);
    await world.put(sized(world, ['M']), other);
    await world.run(undefined, other);
    expect(await world.commands.ofOrder(other)).toMatchObject([{ state: 'done' }]);
  });

  it('is never taken away with the call that replaces the variants', async () => {
    const world = open();
    await there(world, sized(world));

    await world.put({ ...sized(world, ['S', 'XL']), removeMissing: true });
    await world.run();

    expect(world.calls()).not.toContain('PUT /products/#/variants');
    expect(world.shown()[0]?.variants.map(({ sku }) => sku)).toEqual([world.sku('S'), world.sku('XL')]);
  });
});

describe('what somebody did at the platform', () => {
  const shownRow = async (world: ProductWorld, changes: object) => {
    const { platform, storeId } = world.key;
    const [product] = world.shown();
    const platformProductId = (await world.memories.of(world.key)).memory.productId ?? '';
    const seen = { via: 'webhook', at: 0 } as const;
    await world.products.put(
      {
        platform,
        storeId,
        platformProductId,
        state: 'ok',
        changedAt: '2026-11-22T12:00:00.000Z',
        observedAt: 0,
        version: 1,
        revision: 1,
        eventCount: 1,
        origin: { first: seen, last: seen },
        correlationId: 'c',
        product: {
          platform,
          storeId,
          platformProductId,
          status: 'active',
          warnings: [],
          variants: (product?.variants ?? []).map(({ id, sku }) => ({
            platformVariantId: String(id),
            ...(sku === null ? {} : { sku }),
          })),
        },
        ...changes,
      },
      0,
    );
  };

  it('by hand stays until something else is wanted of it', async () => {
    const world = open();
    await there(world, { name: 'Remera', brand: 'Marca' });
    world.shown()[0]!.name = { es: 'A mano' };

    expect(await world.put({ name: 'Remera', brand: 'Marca' })).toEqual({ outcome: 'unchanged' });
    await world.put({ name: 'Remera', brand: 'Otra' });
    await world.run();

    expect(world.shown()).toMatchObject([{ name: { es: 'A mano' }, brand: 'Otra' }]);
  });

  it('to delete the product has it made again at the next change, and nothing is called by its old id but once', async () => {
    const world = open();
    await there(world, { ...sized(world), images: images(2) });
    world.store().products.delete(world.shown()[0]!.id);

    await world.put({ ...sized(world), images: images(2), description: 'Nueva' });
    await world.run();

    expect(world.calls()).toEqual([
      'PUT /products/#',
      'GET /products/#',
      'GET /products/sku/#',
      'GET /products/sku/#',
      'GET /products/sku/#',
      'POST /products',
    ]);
    expect(world.shown()).toMatchObject([{ variants: { length: 3 }, images: { length: 2 } }]);
  });

  it('to delete it and make it by hand has it linked to the new one', async () => {
    const world = open();
    await there(world, {});
    world.store().products.delete(world.shown()[0]!.id);
    const { id } = await shop.client.products.create({ name: 'A mano', variants: [{ sku: world.sku('1') }] });

    await world.put({ description: 'Nueva' });
    await world.run();

    expect(world.shown()).toMatchObject([{ id: Number(id), name: { es: 'Remera' } }]);
    expect((await world.memories.of(world.key)).memory.productId).toBe(id);
  });

  it('to delete it is found by the mirrored product, also where nothing else is wanted', async () => {
    const world = open();
    await there(world, {});
    await shownRow(world, { removedAt: shop.clock.now() });
    world.store().products.delete(world.shown()[0]!.id);

    expect(await world.put({})).toMatchObject({ outcome: 'accepted' });
    await world.run();

    expect(world.shown()).toHaveLength(1);
    expect(await world.put({})).toEqual({ outcome: 'unchanged' });
  });

  it('to delete a variant has it made again, and nothing is called by its id', async () => {
    const world = open();
    await there(world, sized(world));
    const product = world.shown()[0]!;
    const gone = product.variants[1]!;
    product.variants = product.variants.filter((one) => one !== gone);
    await shownRow(world, {});

    await world.put(sized(world));
    await world.run();

    const sent = world.writes();
    expect(sent.map(({ method, url }) => [method, url.endsWith('/variants')])).toEqual([['POST', true]]);
    expect(sent.every(({ url }) => !url.includes(String(gone.id)))).toBe(true);
    expect(
      world
        .shown()[0]
        ?.variants.map(({ sku }) => sku)
        .sort(),
    ).toEqual(SIZES.map(world.sku).sort());
  });

  it('to delete an image has it sent again at the next change of the images alone', async () => {
    const world = open();
    await there(world, { images: images(2) });
    const product = world.shown()[0]!;
    product.images = product.images.slice(1);

    expect(await world.put({ images: images(2) })).toEqual({ outcome: 'unchanged' });
    await world.put({ images: images(3) });
    await world.run();

    expect(world.calls()).toEqual(['GET /products/#', 'POST /products/#/images', 'POST /products/#/images']);
    expect(world.shown()[0]?.images).toHaveLength(3);
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

describe('what the platform refuses', () => {
  it('of the product itself is told with a pointer into what was sent, and the rest is done', async () => {
    const world = open();
    await there(world, sized(world));

    await world.put({
      ...sized(world, [...SIZES, 'XL']),
      name: 'Otra remera',
      categories: [{ id: '999999999' }],
      images: images(1),
    });
    await world.run();

    expect((await world.commands.ofOrder(world.key)).at(-1)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('/categories') as string,
      problems: [{ pointer: '/categories', code: 'platform-refused', detail: 'does not exist' }],
    });
    expect(world.shown()).toMatchObject([
      { name: { es: 'Otra remera' }, variants: { length: 4 }, images: { length: 1 } },
    ]);
  });

  it('of a product that is made is left out where it is made without', async () => {
    const world = open();

    await world.put({ categories: [{ id: '999999999' }], brand: 'Marca' });
    await world.run();

    expect(await world.commands.ofOrder(world.key)).toMatchObject([
      { state: 'refused', problems: [{ pointer: '/categories' }] },
    ]);
    expect(world.shown()).toMatchObject([{ brand: 'Marca' }]);
  });

  it('of one variant keeps no other one out', async () => {
    const world = open();
    await there(world, sized(world));
    const refuse = (method: string) =>
      shop.sim.faults.add({ kind: 'status', status: 422, times: 1, match: { method, path: /variants/ } });
    refuse('PATCH');
    refuse('PUT');

    await world.put(sized(world, SIZES, { barcode: '779' }));
    await world.run();

    expect(world.shown()[0]?.variants.map(({ barcode }) => barcode)).toEqual([null, '779', '779']);
    expect((await world.commands.ofOrder(world.key)).at(-1)).toMatchObject({
      state: 'refused',
      problems: [{ pointer: '/variants/0' }],
    });
  });

  it('is tried again when it is sent again', async () => {
    const world = open();
    await there(world, {});
    await world.put({ categories: [{ id: '999999998' }] });
    await world.run();
    world.calls();

    expect(await world.put({ categories: [{ id: '999999998' }] })).toMatchObject({ outcome: 'accepted' });
    await world.run();

    expect(world.calls()).toEqual(['PUT /products/#']);
  });
});

describe('many products', () => {
  it('that are sent again as they are cost no call at all', async () => {
    const world = open();
    const keys = Array.from({ length: 1000 }, (_, n) => ({ ...world.key, externalProductId: `P-${n}` }));
    const wanted = (n: number) => ({ variants: [{ sku: world.sku(`P-${n}`) }] });
    for (const [n, key] of keys.entries()) await world.remember(wanted(n), key);

    const outcomes = new Set<string>();
    for (const [n, key] of keys.entries()) {
      outcomes.add((await world.put(wanted(n), key)).outcome);
      await world.run(undefined, key);
    }

    expect([...outcomes]).toEqual(['unchanged']);
    expect(world.calls()).toEqual([]);
  }, 60_000);
});
