import { describe, expect, it } from 'vitest';
import { type ProductWorld, productShop, type Said, sized, there } from './product-world.ts';

const { open } = productShop();

/** A product whose SKUs are these choices. */
const choices = (world: ProductWorld, bySku: Readonly<Record<string, string>>): Said => ({
  options: ['Talle'],
  variants: Object.entries(bySku).map(([sku, size]) => ({ sku: world.sku(sku), values: [size] })),
});
const shownChoices = (world: ProductWorld) =>
  Object.fromEntries(
    world
      .shown()
      .flatMap(({ variants }) => variants.map(({ sku, values }) => [sku, Object.values(values[0] ?? {})[0]])),
  );
const lastOf = async (world: ProductWorld) => (await world.commands.ofOrder(world.key)).at(-1);

describe('a choice that another variant of the product is so far', () => {
  it('is a new variant’s once the other one was changed', async () => {
    const world = open();
    await there(world, sized(world, ['S', 'M']));

    await there(world, choices(world, { S: 'S', N: 'M', M: 'L' }));

    expect(await lastOf(world)).toMatchObject({ state: 'done' });
    expect(shownChoices(world)).toEqual({
      [world.sku('S')]: 'S',
      [world.sku('N')]: 'M',
      [world.sku('M')]: 'L',
    });
  });

  it('is a new variant’s also where the answer to its making is lost', async () => {
    const world = open();
    await there(world, sized(world, ['S', 'M']));
    await world.put(choices(world, { S: 'S', N: 'M', M: 'L' }));
    world.lose('never', 1);
    world.lose('never', 2);

    await world.finish();

    expect(await lastOf(world)).toMatchObject({ state: 'done' });
    expect(shownChoices(world)).toMatchObject({ [world.sku('N')]: 'M', [world.sku('M')]: 'L' });
  });

  it('is a changed variant’s once the other one, which nobody wants any more, was deleted', async () => {
    const world = open();
    await there(world, sized(world, ['S', 'M', 'L']));

    await there(world, { ...choices(world, { S: 'S', M: 'L' }), removeMissing: true });

    expect(await lastOf(world)).toMatchObject({ state: 'done' });
    expect(shownChoices(world)).toEqual({ [world.sku('S')]: 'S', [world.sku('M')]: 'L' });
  });

  it('is told as refused where the other one stays', async () => {
    const world = open();
    await there(world, sized(world, ['S', 'M', 'L']));

    await there(world, choices(world, { S: 'S', M: 'L' }));

    expect(await lastOf(world)).toMatchObject({ state: 'refused', problems: [{ pointer: '/variants/1' }] });
  });
});
