import { describe, expect, it } from 'vitest';
import { localTables } from '../../support/local-tables.ts';
import { platformError, tellerShop } from './teller-shop.ts';

const tables = localTables();
const AGAIN_MS = 15_000;
const SKUS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Two outlets that are to be told of six SKUs, and SKUs over which the platform stumbles each time in one of them. */
async function stumblingShop(perCall: number, ...stumbling: string[]) {
  const shop = tellerShop(tables, perCall, ['open', 'odd']);
  for (const sku of stumbling) shop.failing.add(`${shop.skuOf(sku)} in odd`);
  for (const sku of SKUS) await shop.count(sku, 5);
  const runs = async (count: number) => {
    for (let run = 0; run < count; run += 1) {
      await shop.tell();
      shop.clock.move(AGAIN_MS);
    }
  };
  const toldIn = (outlet: string) => SKUS.filter((sku) => shop.shown.has(`${shop.skuOf(sku)} in ${outlet}`));
  return { ...shop, runs, toldIn };
}

describe('an outlet of which the platform stumbles over a SKU each time', () => {
  it('is told all others', async () => {
    const { runs, toldIn } = await stumblingShop(4, 'b');

    await runs(6);

    expect(toldIn('odd')).toEqual(['a', 'c', 'd', 'e', 'f']);
  });

  it('is told all others also where so many fail that it is asked for no more of them in a run', async () => {
    const { runs, toldIn } = await stumblingShop(4, 'a', 'b', 'c', 'd');

    await runs(8);

    expect(toldIn('odd')).toEqual(['e', 'f']);
  });

  it('keeps nothing from another outlet', async () => {
    const { runs, toldIn } = await stumblingShop(4, 'a', 'b', 'c', 'd');

    await runs(1);

    expect(toldIn('open')).toEqual(SKUS);
  });

  it('is asked for as many as before once it is told', async () => {
    const { runs, failing, calls, count } = await stumblingShop(4, 'b');
    await runs(6);
    failing.clear();
    await runs(1);
    for (const sku of SKUS) await count(sku, 4);
    await runs(1);
    for (const sku of SKUS) await count(sku, 3);

    await runs(1);

    const sizes = calls.map((call) => call.filter(({ outletId }) => outletId === 'odd').length);
    expect(sizes.slice(-2)).toEqual([4, 2]);
  });
});

it('goes on as far behind what fails where calls were made smaller', async () => {
  const { count, tell, failing, fates, shown, skuOf } = tellerShop(tables, 4, ['open', 'odd']);
  for (const sku of 'abcdefghijkl') await count(sku, 5);
  failing.add('odd');
  await tell();
  await count('z', 5);
  for (let call = 0; call < 2; call += 1) {
    fates.push(() => platformError({ throttled: true, status: 429 }));
    await tell();
  }

  await tell();

  expect(shown.has(`${skuOf('z')} in open`)).toBe(true);
});
