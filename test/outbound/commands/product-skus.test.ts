import { describe, expect, it } from 'vitest';
import { type ProductWorld, productShop, SIZES, sized, there } from './product-world.ts';

const { shop, open } = productShop();

const REFUSED_CATEGORY = { categories: [{ id: '999999999' }] };
const refuse = (method: string, times = 1) =>
  shop().sim.faults.add({ kind: 'status', status: 422, times, match: { method, path: /products/ } });

/** What becomes of another product of the merchant's system with one of these sizes. */
async function otherWith(world: ProductWorld, size: string) {
  const other = { ...world.key, externalProductId: 'other' };
  await world.put(sized(world, [size]), other);
  await world.run(undefined, other);
  return (await world.commands.ofOrder(other)).at(-1);
}

const last = async (world: ProductWorld) => (await world.commands.ofOrder(world.key)).at(-1);

describe('a SKU that the product is not to have any more', () => {
  it('may be another product’s while something else of the product is refused', async () => {
    const world = open();
    await there(world, sized(world));
    await there(world, { ...sized(world, ['S']), removeMissing: true, ...REFUSED_CATEGORY });

    const other = await otherWith(world, 'M');

    expect(await last(world)).toMatchObject({ state: 'refused', problems: [{ pointer: '/categories' }] });
    expect(other).toMatchObject({ state: 'done' });
  });

  it('is remembered no more while something else of the product is refused', async () => {
    const world = open();
    await there(world, sized(world));

    await there(world, { ...sized(world, ['S']), removeMissing: true, ...REFUSED_CATEGORY });

    const { reached } = (await world.memories.of(world.key)).memory;
    expect(Object.keys(reached).filter((part) => part.includes('/'))).toEqual([
      `variant/${world.sku('S')}`,
      `prices/${world.sku('S')}`,
    ]);
  });

  it('stays the product’s own while the platform refuses to delete its variant', async () => {
    const world = open();
    await there(world, sized(world));
    refuse('DELETE', 2);
    await there(world, { ...sized(world, ['S']), removeMissing: true });

    const other = await otherWith(world, 'M');

    expect(world.shown()).toMatchObject([{ variants: { length: 3 } }]);
    expect(other).toMatchObject({ state: 'refused', problems: [{ code: 'sku-taken' }] });
  });

  it('may be another product’s where the platform had refused to add its variant', async () => {
    const world = open();
    await there(world, sized(world, ['S']));
    refuse('POST');
    await there(world, sized(world, ['S', 'M']));
    await there(world, sized(world, ['S']));

    expect(await otherWith(world, 'M')).toMatchObject({ state: 'done' });
  });

  it('may be another product’s where the platform had refused to make the product', async () => {
    const world = open();
    refuse('POST');
    await there(world, sized(world));
    await there(world, sized(world, ['S']));

    expect(await otherWith(world, 'M')).toMatchObject({ state: 'done' });
  });

  it('may be another product’s where the platform had refused to change its variant', async () => {
    const world = open();
    await there(world, sized(world));
    refuse('PATCH');
    refuse('PUT', 3);
    await there(world, sized(world, SIZES, { barcode: '779' }));
    await there(world, { ...sized(world, ['S']), removeMissing: true });

    expect(await otherWith(world, 'M')).toMatchObject({ state: 'done' });
  });

  it('may be another product’s where somebody had deleted the product', async () => {
    const world = open();
    await there(world, sized(world));
    world.store().products.delete(world.shown()[0]!.id);
    await there(world, { ...sized(world, ['S']), description: 'Nueva' });

    expect(await otherWith(world, 'M')).toMatchObject({ state: 'done' });
  });
});
