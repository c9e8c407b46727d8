import { expect, it } from 'vitest';
import { tellStore } from '../../../functions/outbound/stock/tell.ts';
import { localTables } from '../../support/local-tables.ts';
import { tellerShop } from './teller-shop.ts';

const tables = localTables();

it('writes down once for a SKU what many outlets came to, so that a run has the time for it', async () => {
  const { count, teller, stock, skuOf } = tellerShop(tables, 3, ['north', 'south', 'west']);
  for (const sku of ['a', 'b']) await count(sku, 5);
  const written: string[] = [];
  const counted = {
    ...stock,
    update: (...given: Parameters<typeof stock.update>) => {
      written.push(given[0]);
      return stock.update(...given);
    },
  };

  await tellStore({ ...teller, stock: counted }, { id: 'run', timeLeftMs: () => 120_000 });

  expect(written).toEqual(['a', 'b'].map(skuOf));
  expect(Object.keys((await stock.get(skuOf('a')))!.shown)).toHaveLength(3);
});
