import { describe, expect, it } from 'vitest';
import { viewOfWritten } from '../../../functions/erp/api/written-product-view.ts';
import { type PlannedProduct, planProduct } from '../../../functions/outbound/commands/accept-product.ts';
import { productWrite } from '../../../functions/platforms/nuvemshop/product-write/write.ts';
import type { ProductWrite } from '../../../functions/platforms/product-write.ts';
import { images, type ProductWorld, productShop, SIZES, sized, there } from './product-world.ts';

const { shop, open } = productShop();

const refuse = (method: string, path: RegExp) =>
  shop().sim.faults.add({ kind: 'status', status: 422, times: 1, match: { method, path } });
/** Commands that are read of the table while a product is written once more. */
async function readsOf(world: ProductWorld, said: object): Promise<number> {
  const before = world.commandsRead();
  await world.put(said);
  await world.run();
  return world.commandsRead() - before;
}
const skusShown = (world: ProductWorld) =>
  world
    .shown()[0]
    ?.variants.map(({ sku }) => sku)
    .sort();

describe('what was wanted before another product of which a part was refused', () => {
  it('has variants made again that the other one deleted', async () => {
    const world = open();
    const all = { ...sized(world), removeMissing: true };
    await there(world, all);
    refuse('POST', /variants/);
    await there(world, { ...sized(world, ['S', 'XL']), removeMissing: true });

    await there(world, all);

    expect(skusShown(world)).toEqual(SIZES.map(world.sku).sort());
  });

  it('has variants deleted again that the other one added', async () => {
    const world = open();
    const all = { ...sized(world), removeMissing: true };
    await there(world, all);
    refuse('POST', /variants/);
    await there(world, { ...sized(world, [...SIZES, 'XL', 'XS']), removeMissing: true });
    const between = skusShown(world);

    await there(world, all);

    expect(between).toHaveLength(4);
    expect(skusShown(world)).toEqual(SIZES.map(world.sku).sort());
  });

  it('has images sent again that the other one deleted', async () => {
    const world = open();
    const [first, second, third] = images(3);
    const before = { images: [first, second], removeMissing: true };
    await there(world, before);
    refuse('POST', /images/);
    await there(world, { images: [first, third], removeMissing: true });

    await there(world, before);

    expect(world.shown()[0]?.images).toHaveLength(2);
  });

  it('has images deleted again that the other one added', async () => {
    const world = open();
    const [first, second, third] = images(3);
    const before = { images: [first], removeMissing: true };
    await there(world, before);
    refuse('POST', /images/);
    await there(world, { images: [first, second, third], removeMissing: true });

    await there(world, before);

    expect(world.shown()[0]?.images).toHaveLength(1);
  });

  it('has a custom field defined that the platform refused to define before', async () => {
    const world = open();
    const fields = ['Tela', 'Corte'].map((name) => ({ name: world.sku(name), type: 'text', value: name }));
    const said = { variants: [{ sku: world.sku('1'), customFields: fields }] };
    await there(world);
    refuse('POST', /custom-fields/);
    await there(world, said);

    await there(world, said);

    const [variant] = world.shown()[0]!.variants;
    expect([...variant!.customFields.values()].sort()).toEqual(['Corte', 'Tela']);
  });

  it('has custom fields set again that the other one changed', async () => {
    const world = open();
    const saying = (value: string) =>
      sized(world, ['S', 'M'], { customFields: [{ name: world.sku('Tela'), type: 'text', value }] });
    const shown = () => world.shown()[0]?.variants.map(({ customFields }) => [...customFields.values()]);
    await there(world, saying('Lino'));
    refuse('PUT', /custom-fields/);
    await there(world, saying('Seda'));
    const between = shown();

    await there(world, saying('Lino'));

    expect(between).toEqual([['Lino'], ['Seda']]);
    expect(shown()).toEqual([['Lino'], ['Lino']]);
  });
});

describe('what is there already, after something else that was refused without a call', () => {
  const viewOf = ({ commands, memories, key }: ProductWorld) =>
    viewOfWritten({ commands, writtenProduct: async (of) => (await memories.of(of)).memory }, key);

  /** A product that is there, and was wanted with the SKU of another one since. */
  async function refusedSince(): Promise<ProductWorld> {
    const world = open();
    const other = { ...world.key, externalProductId: world.sku('other') };
    await world.put({ variants: [{ sku: world.sku('taken') }] }, other);
    await world.run(undefined, other);
    await there(world);
    await there(world, { description: 'Nueva', variants: [{ sku: world.sku('taken') }] });
    return world;
  }

  it('is shown as what is wanted, with nothing that is wrong', async () => {
    const world = await refusedSince();
    const before = await viewOf(world);

    await world.put();
    await world.finish();

    expect(before).toMatchObject({ groups: { texts: 'refused' }, problems: [{ code: 'sku-taken' }] });
    expect(await viewOf(world)).toMatchObject({ groups: { texts: 'reached' }, problems: [] });
  });

  it('costs no call, and a third time not even a command', async () => {
    const world = await refusedSince();

    await world.put();
    await world.finish();

    expect(world.calls()).toEqual([]);
    expect(await world.put()).toEqual({ outcome: 'unchanged' });
  });
});

describe('a price that others told so far', () => {
  it('is sent once nobody else tells it, also where it was wanted beside what was sent', async () => {
    const world = open();
    const wanted = (price: string, barcode: string) => ({
      currency: 'ARS',
      variants: [{ sku: world.sku('1'), price, barcode }],
    });
    for (const [price, barcode] of [
      ['10.00', '1'],
      ['12.00', '2'],
    ] as const) {
      await world.put(wanted(price, barcode), world.key, true);
      await world.run();
    }

    await there(world, wanted('12.00', '2'));

    expect(world.shown()[0]?.variants).toMatchObject([{ priceCents: 1200, barcode: '2' }]);
  });
});

describe('what was there before something else that is brought about just now', () => {
  /** Plans a product while the other one, which is under way, comes to its end between what is read for the plan. */
  async function plannedMeanwhile(world: ProductWorld, said: object): Promise<PlannedProduct> {
    let reads = 0;
    const read = async <T>(work: () => Promise<T>): Promise<T> => {
      reads += 1;
      if (reads === 2) await world.finish();
      return work();
    };
    const parts = {
      memories: { of: (key: typeof world.key) => read(() => world.memories.of(key)) },
      commands: { latest: (key: typeof world.key) => read(() => world.commands.latest(key)) },
      products: world.products,
      productWriteOf: async () => productWrite as ProductWrite,
    } as Parameters<typeof planProduct>[0];
    return planProduct(parts, { client: 'erp', key: world.key, wanted: world.wantedOf(said) });
  }

  it('is not taken for what is there', async () => {
    const world = open();
    await there(world, { brand: 'Antes' });
    await world.put({ brand: 'Nueva' });

    const planned = await plannedMeanwhile(world, { brand: 'Antes' });

    expect(world.shown()).toMatchObject([{ brand: 'Nueva' }]);
    expect(planned).toMatchObject({ outcome: 'new' });
  });
});

describe('a product whose command is in doubt', () => {
  async function inDoubt() {
    const world = open();
    await there(world, { description: 'Vieja' });
    await world.put({ description: 'Dudosa' });
    const command = (await world.commands.ofOrder(world.key)).at(-1)!;
    await world.commands.resolve({ key: world.key, command }, { ...command, state: 'in_doubt' });
    return world;
  }
  const shown = (world: ProductWorld) => Object.values(world.shown()[0]!.description);

  it('is brought about as it is wanted next', async () => {
    const world = await inDoubt();

    await there(world, { description: 'Nueva' });

    expect(shown(world)).toContain('Nueva');
  });

  it('is brought about where the same is sent again', async () => {
    const world = await inDoubt();

    await there(world, { description: 'Dudosa' });

    expect(shown(world)).toContain('Dudosa');
    expect(await world.put({ description: 'Dudosa' })).toEqual({ outcome: 'unchanged' });
  });
});

describe('a product that is written again and again', () => {
  it('costs no more after many times', async () => {
    const world = open();
    await there(world, { brand: 'Marca 0' });
    const atFirst = await readsOf(world, { brand: 'Marca 1' });
    for (let n = 2; n < 20; n += 1) await there(world, { brand: `Marca ${n}` });

    expect(await readsOf(world, { brand: 'Nueva' })).toBe(atFirst);
    expect(world.shown()).toMatchObject([{ brand: 'Nueva' }]);
  });
});
