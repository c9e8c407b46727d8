import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CategoryMaker,
  ensureCategories,
  type WantedCategory,
} from '../../../functions/platforms/nuvemshop/categories.ts';
import { createMadeCategories } from '../../../functions/storage/creations.ts';
import { createLease } from '../../../functions/storage/runs.ts';
import { localTables } from '../../support/local-tables.ts';
import { type Nuvemshop, startNuvemshop } from './harness.ts';

const tables = localTables();
let shop: Nuvemshop;
let storeId = 0;
beforeEach(async () => {
  shop = await startNuvemshop();
  storeId += 1;
});
afterEach(() => shop.sim.stop());

/** A store of this test's own in the tables: its real lease and memory. */
function makerOf(owner: string): CategoryMaker {
  const store = { ...tables, platform: 'nuvemshop', storeId: String(storeId) } as const;
  const { client, clock } = shop;
  return {
    clock,
    owner,
    leaseMs: 150_000,
    language: 'es',
    api: client.categories,
    made: createMadeCategories({ ...store, clock }),
    lease: createLease({ ...store, name: { ...store, job: 'category' }, clock }),
  };
}
const categoriesThere = () => [...shop.world.platform.stores.get(Number(shop.storeId))!.categories.values()];
const posts = () => shop.count('POST', '/categories');

const WANTED: WantedCategory[] = [{ path: ['Indumentaria', 'Remeras'] }];

describe('categories at the platform', () => {
  it('are made once, whoever asks at the same time, and are there for the next one', async () => {
    const before = categoriesThere().length;

    await Promise.all(['a', 'b', 'c'].map((owner) => ensureCategories(makerOf(owner), WANTED)));
    const ensured = await ensureCategories(makerOf('d'), WANTED);

    expect(categoriesThere()).toHaveLength(before + 2);
    expect(ensured).toMatchObject({ outcome: 'ready', ids: [String(categoriesThere().at(-1)?.id)] });
    expect(posts()).toBe(2);
  });

  it('are found on any page of the tree', async () => {
    const [any] = categoriesThere();
    const there = shop.world.platform.stores.get(Number(shop.storeId))!.categories;
    for (let id = 9000; id < 9250; id += 1) there.set(id, { ...any!, id, name: { es: `Rubro ${id}` } });
    const last = await shop.client.categories.create({ name: 'Ofertas' });

    const ensured = await ensureCategories(makerOf('a'), [{ path: ['Ofertas'] }, { id: last.id }]);

    expect(ensured).toMatchObject({ ids: [last.id] });
    expect(posts()).toBe(1);
  });

  it('are ours also once the merchant renamed one', async () => {
    const first = await ensureCategories(makerOf('a'), WANTED);
    for (const one of categoriesThere()) one.name = { es: `${one.name.es} de la casa` };

    expect(await ensureCategories(makerOf('b'), WANTED)).toEqual(first);
  });
});
