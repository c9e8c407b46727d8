import { describe, expect, it } from 'vitest';
import { images, type ProductWorld, productShop, SIZES, sized, there } from './product-world.ts';

const { shop, open } = productShop();

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
            ...(sku === null ? {} : { sku: sku.trim() }),
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

  it('by hand to a price stays where something else is wanted of the variant, and the other way round', async () => {
    const world = open();
    const said = (more: object) => ({
      currency: 'ARS',
      variants: [{ sku: world.sku('1'), price: '10', weight: '1.000', ...more }],
    });
    await there(world, said({}));
    const [variant] = world.shown()[0]!.variants;
    variant!.priceCents = 1200;
    await there(world, said({ barcode: '779' }));
    const between = { ...variant };
    variant!.weight = '2.000';

    await there(world, said({ barcode: '779', price: '11' }));

    expect(between).toMatchObject({ priceCents: 1200, barcode: '779' });
    expect(variant).toMatchObject({ priceCents: 1100, weight: '2.000' });
  });

  it('by hand to a variant that was found as it was wanted stays where its price changes', async () => {
    const world = open();
    const said = (price: string) => ({
      currency: 'ARS',
      variants: [{ sku: world.sku('1'), price, weight: '1.000' }],
    });
    await there(world, said('10'));
    const known = await world.memories.of(world.key);
    const groups = Object.entries(known.memory.reached).filter(([part]) => !part.includes('/'));
    await world.memories.save(
      world.key,
      { ...known, memory: { ...known.memory, reached: Object.fromEntries(groups) } },
      known,
    );
    const [variant] = world.shown()[0]!.variants;
    variant!.weight = '2.000';

    await there(world, said('11'));

    expect(variant).toMatchObject({ priceCents: 1100, weight: '2.000' });
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
      'GET /store',
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
    const { id } = await shop().client.products.create({
      name: 'A mano',
      variants: [{ sku: world.sku('1') }],
    });

    await world.put({ description: 'Nueva' });
    await world.run();

    expect(world.shown()).toMatchObject([{ id: Number(id), name: { es: 'Remera' } }]);
    expect((await world.memories.of(world.key)).memory.productId).toBe(id);
  });

  it('to delete it is found by the mirrored product, also where nothing else is wanted', async () => {
    const world = open();
    await there(world, {});
    await shownRow(world, { removedAt: shop().clock.now() });
    world.store().products.delete(world.shown()[0]!.id);

    expect(await world.put({})).toMatchObject({ outcome: 'accepted' });
    await world.run();

    expect(world.shown()).toHaveLength(1);
    expect(await world.put({})).toEqual({ outcome: 'unchanged' });
  });

  it('has deleted no variant whose SKU is mirrored without the spaces around it', async () => {
    const world = open();
    const said = { variants: [{ sku: `${world.sku('1')}  ` }] };
    await there(world, said);
    await shownRow(world, {});

    expect(await world.put(said)).toEqual({ outcome: 'unchanged' });
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

  it('of one field of the product keeps none of its others out', async () => {
    const world = open();
    await there(world, {});
    world.refuse('seo_title', 'video_url');

    await world.put({
      name: 'Otra remera',
      seoTitle: 'Remera',
      brand: 'Marca',
      videoUrl: 'https://example.com/v',
    });
    await world.finish();

    expect(world.shown()).toMatchObject([{ name: { es: 'Otra remera' }, brand: 'Marca' }]);
    expect((await world.commands.ofOrder(world.key)).at(-1)).toMatchObject({
      state: 'refused',
      problems: [{ pointer: '/seoTitle' }, { pointer: '/videoUrl' }],
    });
  });

  it.each([
    ['nothing of a product', 'base', '/base'],
    ['what was not sent', 'brand', '/brand'],
    ['a group that was not sent', 'categories', '/categories'],
  ])(
    'that names %s is one of all that was sent, and keeps none of the others out',
    async (_, name, pointer) => {
      const world = open();
      await there(world, {});
      world.blame(name);

      await world.put({ description: 'Nueva', variants: [{ sku: world.sku('1'), barcode: '123' }] });
      await world.finish();

      expect((await world.commands.ofOrder(world.key)).at(-1)).toMatchObject({
        state: 'refused',
        problems: [{ pointer, code: 'platform-refused', detail: 'is invalid' }],
      });
      expect(world.shown()).toMatchObject([{ variants: [{ barcode: '123' }] }]);
    },
  );

  it('that names nothing of a product has it not made', async () => {
    const world = open();
    world.blame('base');

    await world.put({ description: 'Nueva' });
    await world.finish();

    expect(await world.commands.ofOrder(world.key)).toMatchObject([
      { state: 'refused', problems: [{ pointer: '/base', detail: 'is invalid' }] },
    ]);
    expect(world.shown()).toEqual([]);
  });

  it.each([1, 2])('of one field of a variant keeps none of its others out: one of %i', async (count) => {
    const world = open();
    const of = (more: object) => ({
      currency: 'BRL',
      options: ['Talle'],
      variants: ['S', 'M'].slice(0, count).map((size) => ({ sku: world.sku(size), values: [size], ...more })),
    });
    const said = of({ price: '20.00', weight: '0.500', barcode: '123' });
    await there(world, of({ price: '10.00' }));
    world.refuse('barcode');

    await world.put(said);
    await world.finish();
    const [command] = (await world.commands.ofOrder(world.key)).slice(-1);
    const refused = world.shown()[0]?.variants.map(({ priceCents, weight }) => [priceCents, weight]);
    world.refuse();
    await there(world, said);

    expect(refused).toEqual(Array.from({ length: count }, () => [2000, '0.500']));
    expect(command).toMatchObject({
      state: 'refused',
      problems: Array.from({ length: count }, (_, at) => ({ pointer: `/variants/${at}/barcode` })),
    });
    expect(world.shown()[0]?.variants.map(({ barcode }) => barcode)).toEqual(Array(count).fill('123'));
    expect(await world.put(said)).toEqual({ outcome: 'unchanged' });
  });

  it('of one price of a variant keeps the others of its prices out, and nothing else', async () => {
    const world = open();
    const of = (more: object) => ({ currency: 'BRL', variants: [{ sku: world.sku('1'), ...more }] });
    await there(world, of({ price: '100.00', promotionalPrice: '90.00' }));
    world.refuse('promotional_price');

    await world.put(of({ price: '95.00', promotionalPrice: '80.00', barcode: '123' }));
    await world.finish();

    expect((await world.commands.ofOrder(world.key)).at(-1)).toMatchObject({
      state: 'refused',
      problems: [{ pointer: '/variants/0/promotionalPrice' }],
    });
    expect(world.shown()).toMatchObject([
      { variants: [{ priceCents: 10_000, promotionalCents: 9000, barcode: '123' }] },
    ]);
  });

  it('of one field of the product is tried again when it is sent again', async () => {
    const world = open();
    const said = { brand: 'Marca', videoUrl: 'https://example.com/v' };
    await there(world, {});
    world.refuse('video_url');
    await there(world, said);
    world.refuse();

    await there(world, said);

    expect(world.shown()).toMatchObject([{ brand: 'Marca', videoUrl: 'https://example.com/v' }]);
    expect(await world.put(said)).toEqual({ outcome: 'unchanged' });
  });

  it('of one field of a product that is made leaves it as hidden as it is wanted', async () => {
    const world = open();
    world.refuse('video_url');

    await world.put({ published: false, videoUrl: 'https://example.com/v' });
    await world.finish();

    expect(world.shown()).toMatchObject([{ published: false }]);
    expect(await world.commands.ofOrder(world.key)).toMatchObject([
      { state: 'refused', problems: [{ pointer: '/videoUrl' }] },
    ]);
  });

  it('of a product that is not made has no effect, in what is said of it', async () => {
    const world = open();
    world.refuse('video_url');
    const match = { method: 'POST', path: /products$/ };
    shop().sim.faults.add({ kind: 'status', status: 422, times: 1, match });

    await world.put({ videoUrl: 'https://example.com/v' });
    await world.finish();

    const [command] = await world.commands.ofOrder(world.key);
    expect(command?.reason).toMatch(/^The product was not made/);
    expect(command?.reason).not.toContain('effect');
  });

  it('of whether a product is shown has it not made, where it is to be hidden', async () => {
    const world = open();
    world.refuse('published');

    await world.put({ published: false });
    await world.finish();

    expect(world.shown()).toEqual([]);
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
      shop().sim.faults.add({ kind: 'status', status: 422, times: 1, match: { method, path: /variants/ } });
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
