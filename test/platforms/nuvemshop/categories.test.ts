import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../functions/http/errors.ts';
import {
  ensureCategories,
  MOST_CATEGORIES,
  type WantedCategory,
} from '../../../functions/platforms/nuvemshop/categories.ts';
import { categoryShop, type Kill, unknownOutcome } from './category-shop.ts';

const CLOTHES = { id: '1', name: { es: 'Ropa', pt: 'Roupas' }, parent: null };
const SHOES = { id: '2', name: { es: 'Zapatos', pt: 'Sapatos' }, parent: null };
const SUMMER = { id: '3', name: { es: 'Verano', pt: 'Verão' }, parent: '2' };
const SHIRTS: WantedCategory = { path: ['Ropa', 'Remeras'] };

const ensureIn = (shop: ReturnType<typeof categoryShop>, ...wanted: WantedCategory[]) =>
  ensureCategories(shop.makerOf(), wanted);

describe('categories of a product', () => {
  it('are found by id and by path, each once, with one reading of the tree and no lease', async () => {
    const shop = categoryShop([CLOTHES, SHOES, SUMMER]);

    const ensured = await ensureIn(shop, { id: '3' }, { path: ['Zapatos', 'Verano'] }, { path: ['Ropa'] });

    expect(ensured).toEqual({ outcome: 'ready', ids: ['3', '1'], refused: [] });
    expect(shop.calls).toEqual(['list']);
  });

  it('are made with their parents first', async () => {
    const shop = categoryShop();

    const ensured = await ensureIn(shop, { path: ['Ropa', 'Remeras', 'Lisas'] });

    expect(shop.tree).toEqual([
      { id: '900', name: 'Ropa', parent: null },
      { id: '901', name: 'Remeras', parent: '900' },
      { id: '902', name: 'Lisas', parent: '901' },
    ]);
    expect(ensured).toMatchObject({ ids: ['902'] });
  });

  it('are looked for below their own parent only', async () => {
    const shop = categoryShop([CLOTHES, SHOES, SUMMER]);

    const ensured = await ensureIn(shop, { path: ['Ropa', 'Verano'] });

    expect(ensured).toMatchObject({ ids: ['903'] });
    expect(shop.tree.at(-1)).toMatchObject({ name: 'Verano', parent: '1' });
  });

  it('share the parents that were made for the one before', async () => {
    const shop = categoryShop();

    await ensureIn(shop, SHIRTS, { path: ['Ropa', 'Buzos'] });

    expect(shop.places()).toEqual(['top/"Ropa"', '900/"Remeras"', '900/"Buzos"']);
  });

  it('are known by a text in the main language, whatever case and spaces it is written with', async () => {
    const shop = categoryShop([CLOTHES]);

    expect(await ensureIn(shop, { path: [' ROPA '] })).toMatchObject({ ids: ['1'] });
    expect(await ensureIn(shop, { path: [{ es: 'ropa', en: 'Clothes' }] })).toMatchObject({ ids: ['1'] });
    expect(shop.calls).toEqual(['list', 'list']);
  });

  it('are another one where only a text of another language is the same', async () => {
    const shop = categoryShop([{ id: '1', name: { es: 'Masa', pt: 'Pasta' }, parent: null }]);

    expect(await ensureIn(shop, { path: ['Pasta'] })).toMatchObject({ ids: ['901'] });
  });

  it('are known by any language where nobody knows the main one', async () => {
    const shop = categoryShop([CLOTHES]);

    const ensured = await ensureCategories(shop.makerOf(undefined, { language: undefined }), [
      { path: ['Roupas'] },
      { path: [{ pt: 'Roupas' }] },
    ]);

    expect(ensured).toMatchObject({ ids: ['1'] });
  });

  it('are the one written the same before one written alike, and the oldest of several', async () => {
    const shop = categoryShop([
      { id: '10', name: 'remeras', parent: null },
      { id: '11', name: 'Remeras', parent: null },
      { id: '9', name: 'REMERAS', parent: null },
    ]);

    expect(await ensureIn(shop, { path: ['Remeras'] })).toMatchObject({ ids: ['11'] });
    expect(await ensureIn(shop, { path: ['ReMeRaS'] })).toMatchObject({ ids: ['9'] });
  });

  it('are those that we made, also where the merchant renamed or moved them since', async () => {
    const shop = categoryShop([CLOTHES, SHOES]);
    await ensureIn(shop, SHIRTS);
    Object.assign(shop.tree.at(-1)!, { name: { es: 'Camisetas' }, parent: '2' });

    const ensured = await ensureIn(shop, SHIRTS);

    expect(ensured).toMatchObject({ ids: ['902'] });
    expect(shop.tree).toHaveLength(3);
  });

  it('are made again where the merchant deleted the one that we made', async () => {
    const shop = categoryShop([CLOTHES]);
    await ensureIn(shop, SHIRTS);
    shop.tree.pop();
    shop.clock.move(80_000);

    await ensureIn(shop, SHIRTS);

    expect(shop.places()).toEqual([`top/${JSON.stringify(CLOTHES.name)}`, '1/"Remeras"']);
    expect(shop.calls.filter((call) => call === 'create')).toHaveLength(2);
  });

  it('are not made again while a tree that lags behind does not show them', async () => {
    const shop = categoryShop([CLOTHES]);
    await ensureIn(shop, SHIRTS);
    const [lagging] = shop.tree.splice(1);

    expect(await ensureIn(shop, SHIRTS)).toMatchObject({ ids: [lagging?.id] });
    expect(shop.tree).toHaveLength(1);
  });
});

describe('a category that is refused', () => {
  it('is an id that the store has not, or a path without a name, and says which; the others go on', async () => {
    const shop = categoryShop([CLOTHES]);

    const ensured = await ensureIn(
      shop,
      { id: '77' },
      { path: [] },
      { path: ['Ropa', ' '] },
      { path: ['Ropa'] },
    );

    expect(ensured).toMatchObject({
      ids: ['1'],
      refused: [
        { at: 0, reason: expect.stringContaining('no category 77') as string },
        { at: 1, reason: expect.stringContaining('a name at each step') as string },
        { at: 2 },
      ],
    });
    expect(shop.calls).toEqual(['list']);
  });

  it('is one beyond the 1,000 of a store, before any of its parents is made', async () => {
    const full = Array.from({ length: MOST_CATEGORIES - 1 }, (_, at) => ({
      id: String(at + 1),
      name: `Categoría ${at}`,
      parent: null,
    }));
    const shop = categoryShop(full);

    const ensured = await ensureIn(shop, SHIRTS, { path: ['Categoría 7'] });

    expect(ensured).toMatchObject({
      ids: ['8'],
      refused: [{ at: 0, reason: expect.stringContaining('1000 categories at most') as string }],
    });
    expect(shop.calls).not.toContain('create');
  });

  it('has the words of the platform where that refuses it, and is called for anew the next time', async () => {
    const shop = categoryShop();
    shop.faults.push(
      new PlatformError({
        platform: 'nuvemshop',
        operation: 'categories.create',
        kind: 'refused',
        status: 422,
        detail: 'It is about name.',
        said: 'name is too long',
      }),
    );

    const refused = await ensureIn(shop, { path: ['Ropa'] });
    const again = await ensureIn(shop, { path: ['Ropa'] });

    expect(refused).toEqual({
      outcome: 'ready',
      ids: [],
      refused: [
        {
          at: 0,
          reason: 'Nuvemshop answered 422 to the new category. It is about name.',
          platformSays: 'name is too long',
        },
      ],
    });
    expect(again).toMatchObject({ ids: ['900'], refused: [] });
  });
});

describe('a call of which nobody knows how it ended', () => {
  it('made the category that the tree shows', async () => {
    const shop = categoryShop();
    const maker = shop.makerOf();
    const create = async (body: Parameters<typeof maker.api.create>[0]) => {
      shop.create(body);
      throw unknownOutcome();
    };

    const ensured = await ensureCategories({ ...maker, api: { ...maker.api, create } }, [{ path: ['Ropa'] }]);

    expect(ensured).toMatchObject({ outcome: 'ready', ids: ['900'] });
  });

  it('is waited for while the platform may still hold it', async () => {
    const shop = categoryShop();
    shop.faults.push(unknownOutcome());
    shop.hold({ name: 'Ropa', parent: null });

    const ready = await shop.untilReady([{ path: ['Ropa'] }]);
    shop.clock.move(60_000);
    shop.settle();

    expect(ready).toMatchObject({ ids: ['900'] });
    expect(shop.places()).toEqual(['top/"Ropa"']);
  });

  it('is made again once it can have had no effect', async () => {
    const shop = categoryShop();
    shop.faults.push(unknownOutcome());

    await shop.untilReady([{ path: ['Ropa'] }]);

    expect(shop.places()).toEqual(['top/"Ropa"']);
    expect(shop.calls.filter((call) => call === 'create')).toHaveLength(2);
  });

  it('is no error for whoever asked: an error that may mean a call of theirs is thrown of none', async () => {
    const shop = categoryShop();
    shop.faults.push(unknownOutcome());

    expect(await ensureIn(shop, { path: ['Ropa'] })).toEqual({ outcome: 'wait', retryAfterMs: 10_000 });
  });

  it('is none where the platform did not let it in: the error is told, and the next call needs no wait', async () => {
    const shop = categoryShop();
    const busy = { platform: 'nuvemshop', operation: 'categories.create', kind: 'retry-later' } as const;
    shop.faults.push(new PlatformError({ ...busy, throttled: true }));

    await expect(ensureIn(shop, { path: ['Ropa'] })).rejects.toMatchObject({ throttled: true });
    expect(await ensureIn(shop, { path: ['Ropa'] })).toMatchObject({ ids: ['900'] });
  });
});

describe('no category is there twice', () => {
  const wanted: WantedCategory[] = [SHIRTS, { path: ['Ropa', 'Buzos'] }];

  it.each<Kill>(['before', 'after', 'late'])(
    'when a run is killed at any await, %s its effect',
    async (how) => {
      let at = 0;
      for (; ; at += 1) {
        const shop = categoryShop();
        const killed = await shop.runs(wanted, { at, how });

        const { ids } = await shop.untilReady(wanted);

        shop.clock.move(60_000);
        shop.settle();
        expect(new Set(shop.places()).size, `killed at ${at}`).toBe(shop.tree.length);
        expect(shop.tree.filter(({ id }) => ids.includes(id)).map(({ name }) => name)).toEqual([
          'Remeras',
          'Buzos',
        ]);
        if (!killed) break;
      }
      // The loop met every await of a whole run.
      expect(at).toBeGreaterThan(15);
    },
  );

  it('when the merchant renames what a run had made that was killed before it heard so', async () => {
    const shop = categoryShop();
    const create = shop.makerOf().api.create;
    const answersNever = async (body: Parameters<typeof create>[0]) => {
      shop.create(body);
      throw new Error('killed');
    };
    const maker = shop.makerOf();
    await ensureCategories({ ...maker, api: { ...maker.api, create: answersNever } }, [
      { path: ['Ropa'] },
    ]).catch(() => undefined);
    await shop.untilReady([{ path: ['Ropa'] }]);
    shop.tree[0]!.name = 'Indumentaria';

    expect(await shop.untilReady([{ path: ['Ropa'] }])).toMatchObject({ ids: ['900'] });
    expect(shop.tree).toHaveLength(1);
  });

  it('when many products want it at once', async () => {
    const shop = categoryShop();

    const all = await Promise.all(Array.from({ length: 8 }, () => ensureIn(shop, ...wanted)));
    await shop.untilReady(wanted);

    expect(all.filter(({ outcome }) => outcome === 'ready')).not.toHaveLength(8);
    expect(shop.places()).toEqual(['top/"Ropa"', '900/"Remeras"', '900/"Buzos"']);
  });
});
