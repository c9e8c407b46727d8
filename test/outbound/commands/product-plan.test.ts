import { describe, expect, it } from 'vitest';
import { images, type ProductWorld, productShop, type Said, SIZES, sized, there } from './product-world.ts';

const { open } = productShop();

const field = (value: string) => ({ customFields: [{ name: 'Material', type: 'text_list', value }] });
const path = (name: string) => ({ categories: [{ path: [name, `${name} chica`] }] });
const priced = (world: ProductWorld, price: string): Said => ({
  ...sized(world, SIZES, { price }),
  currency: 'ARS',
});

describe('the calls that a dry run lists are those that are made:', () => {
  it.each<
    [name: string, before: ((world: ProductWorld) => Said) | undefined, then: (world: ProductWorld) => Said]
  >([
    ['a new product with a category', undefined, (world) => ({ ...sized(world), ...path(world.sku('C')) })],
    [
      'a new one with many images and fields',
      undefined,
      (world) => ({ ...sized(world, SIZES, field('lana')), images: images(11) }),
    ],
    ['another price', (world) => priced(world, '10.00'), (world) => priced(world, '12.00')],
    [
      'another name and a variant more',
      sized,
      (world) => ({ name: 'Buzo', ...sized(world, [...SIZES, 'XL']) }),
    ],
    [
      'what is not wanted any more',
      (world) => ({ ...sized(world), images: images(2) }),
      (world) => ({ ...sized(world, ['S']), images: images(1), removeMissing: true }),
    ],
    [
      'another value of a field',
      (world) => sized(world, ['S'], field('lana')),
      (world) => sized(world, ['S'], field('seda')),
    ],
  ])('%s', async (_, before, then) => {
    const world = open();
    if (before !== undefined) await there(world, before(world));

    const { calls } = await world.planner()(then(world));
    const writtenByPlan = world.writes();
    await world.put(then(world));
    await world.finish();

    expect(writtenByPlan).toEqual([]);
    expect(calls.length).toBeGreaterThan(0);
    expect(
      calls.map(({ method, path: at }) => `${method} ${at.replaceAll(/\/([\w-]*\d[\w-]*|\{new\})/g, '/#')}`),
    ).toEqual(world.calls().filter((call) => !call.startsWith('GET')));
  });
});

describe('a dry run', () => {
  it('says what each call is for', async () => {
    const world = open();
    await there(world, { ...priced(world, '10.00'), description: 'Lana' });

    const { calls } = await world.planner()({
      ...sized(world, ['S', 'M', 'L', 'XL'], { price: '12.00' }),
      currency: 'ARS',
      description: 'Seda',
      images: images(1),
    });

    const id = world.shown()[0]!.id;
    expect(calls).toEqual([
      { method: 'PUT', path: `/products/${id}`, what: 'description' },
      { method: 'POST', path: `/products/${id}/variants`, what: `variant ${world.sku('XL')}` },
      { method: 'PATCH', path: `/products/${id}/variants`, what: 'price of 3 variants' },
      { method: 'POST', path: `/products/${id}/images`, what: 'image picture-1-large.jpg' },
    ]);
  });

  it('of several products makes each category once', async () => {
    const world = open();
    const plan = world.planner();
    const said = (sku: string): Said => ({ variants: [{ sku: world.sku(sku) }], ...path(world.sku('C')) });

    const first = await plan(said('1'));
    const second = await plan(said('2'), { ...world.key, externalProductId: 'second' });

    expect(first.calls.map(({ what }) => what)).toEqual([
      `category "${world.sku('C')}"`,
      `category "${world.sku('C')} chica"`,
      'the product with 1 variant',
    ]);
    expect(second.calls.map(({ what }) => what)).toEqual(['the product with 1 variant']);
  });

  it('of several products defines each custom field once', async () => {
    const world = open();
    const plan = world.planner();
    const name = world.sku('Material');
    const said = (sku: string): Said => ({
      variants: [{ sku: world.sku(sku), customFields: [{ name, type: 'text', value: 'lana' }] }],
    });

    const first = await plan(said('1'));
    const second = await plan(said('2'), { ...world.key, externalProductId: 'second' });

    expect(first.calls.map(({ what }) => what)).toContain(`custom field "${name}"`);
    expect(second.calls.map(({ what }) => what)).toEqual([
      'the product with 1 variant',
      '1 custom field of a variant',
    ]);
  });

  it('lists no call for a product of the platform that is linked to another one', async () => {
    const world = open();
    await there(world, sized(world));
    const found = { variants: [{ sku: world.sku('S') }] };
    // The SKU was given up, and the platform has it still.
    await world.put({ variants: [{ sku: world.sku('other') }] });
    await world.run();

    const plan = await world.planner()(found, { ...world.key, externalProductId: 'other' });

    expect(plan).toEqual({ calls: [], reason: expect.stringMatching(/linked to another product/) });
  });

  it('names the SKU that another product has, and lists no call', async () => {
    const world = open();
    await there(world, sized(world));

    const plan = await world.planner()(sized(world, ['M']), { ...world.key, externalProductId: 'other' });

    expect(plan).toMatchObject({ calls: [], problems: [{ pointer: '/variants/0/sku', code: 'sku-taken' }] });
  });

  it('lists nothing for what is so already', async () => {
    const world = open();
    await there(world, sized(world));

    expect(await world.planner()(sized(world))).toEqual({ calls: [] });
    expect(world.calls()).toEqual([]);
  });
});
