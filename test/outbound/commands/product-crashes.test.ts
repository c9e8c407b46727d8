import { describe, expect, it } from 'vitest';
import { images, type ProductWorld, productShop } from './product-world.ts';

const { open } = productShop();
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const IMAGES = 9;
const SIZES = numbers(30).map((size) => `T${size}`);

/** A product with 30 variants, nine images and three new categories. */
const large = (world: ProductWorld, more: object = {}) => ({
  name: 'Remera',
  options: ['Talle'],
  currency: 'ARS',
  variants: SIZES.map((size) => ({ sku: world.sku(size), values: [size], price: '10.00' })),
  images: images(IMAGES),
  categories: [{ path: [world.sku('a'), world.sku('b'), world.sku('c')] }],
  ...more,
});

function expectWhole(world: ProductWorld, at: string) {
  const [product, ...others] = world.shown();
  expect(others, at).toEqual([]);
  expect(product?.variants.map(({ sku }) => sku).sort(), at).toEqual(SIZES.map(world.sku).sort());
  expect(product?.images, at).toHaveLength(IMAGES);
  const made = [...world.store().categories.values()].filter(({ name }) =>
    name.es?.startsWith(world.sku('')),
  );
  expect(
    made.map(({ name }) => name.es),
    at,
  ).toEqual(['a', 'b', 'c'].map(world.sku));
  expect(product?.categoryIds, at).toEqual([made.at(-1)?.id]);
}

describe('a product with 30 variants, nine images and three new categories, cut off at any await', () => {
  it('is there once, with each variant and each image once', async () => {
    const whole = open();
    await whole.put(large(whole));
    await whole.run();
    expectWhole(whole, 'whole');
    expect(whole.points()).toBeGreaterThan(30);

    for (const point of numbers(whole.points())) {
      const world = open();
      await world.put(large(world));
      await world.run(point);
      const [done] = await world.finish();

      expect(done?.state, `cut at ${point}`).toBe('done');
      expectWhole(world, `cut at ${point}`);
      expect(await world.put(large(world)), `cut at ${point}`).toEqual({ outcome: 'unchanged' });
    }
  }, 120_000);
});

describe('a product that gets more images, a variant and another name, cut off at any await', () => {
  it('gets each of them once', async () => {
    const more = (world: ProductWorld) => ({
      name: 'Remera nueva',
      options: ['Talle'],
      variants: [
        { sku: world.sku('S'), values: ['S'] },
        { sku: world.sku('M'), values: ['M'] },
      ],
      images: numbers(3).map((n) => ({ src: `https://example.com/${n}.jpg` })),
    });
    const begun = async () => {
      const world = open();
      const { variants, images, ...rest } = more(world);
      await world.put({
        ...rest,
        name: 'Remera',
        variants: variants.slice(0, 1),
        images: images.slice(0, 1),
      });
      await world.run();
      await world.put(more(world));
      return world;
    };
    const whole = await begun();
    const start = whole.points();
    await whole.run();

    for (const point of numbers(whole.points() - start)) {
      const world = await begun();
      await world.run(point);
      const done = await world.finish();

      expect(done.at(-1)?.state, `cut at ${point}`).toBe('done');
      const [product, ...others] = world.shown();
      expect(others).toEqual([]);
      expect(product, `cut at ${point}`).toMatchObject({ name: { es: 'Remera nueva' } });
      expect(product?.variants).toHaveLength(2);
      expect(product?.images, `cut at ${point}`).toHaveLength(3);
    }
  }, 120_000);
});

describe.each(['lost', 'never'] as const)('a call that is %s', (how) => {
  it('of a product that is made ends with one product', async () => {
    const world = open();
    await world.put(large(world));
    world.lose(how);

    await world.run();
    const [done] = await world.finish();

    expect(done?.state).toBe('done');
    expectWhole(world, how);
  });

  it('of an image that is added ends with one image', async () => {
    const world = open();
    await world.put({});
    await world.run();
    await world.put({ images: [{ src: 'https://example.com/1.jpg' }] });
    world.lose(how);

    await world.run();
    await world.finish();

    expect(world.shown()[0]?.images).toHaveLength(1);
  });

  it('of a price ends with the earlier price where that is wanted again', async () => {
    const world = open();
    const priced = (price: string) => ({ variants: [{ sku: world.sku('1'), price }], currency: 'ARS' });
    await world.put(priced('10.00'));
    await world.run();
    await world.put(priced('12.00'));
    world.lose(how);
    await world.run();
    await world.finish();

    await world.put(priced('10.00'));
    await world.run();

    expect(world.shown()[0]?.variants[0]?.priceCents).toBe(1000);
  });

  it('of a variant that is added ends with one variant', async () => {
    const world = open();
    const sized = (...sizes: string[]) => ({
      options: ['Talle'],
      variants: sizes.map((size) => ({ sku: world.sku(size), values: [size] })),
    });
    await world.put(sized('S'));
    await world.run();
    await world.put(sized('S', 'M'));
    world.lose(how);

    await world.run();
    await world.finish();

    expect(world.shown()[0]?.variants).toHaveLength(2);
  });
});
