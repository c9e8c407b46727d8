import { describe, expect, it } from 'vitest';
import { createErpSkus } from '../../functions/storage/erp-skus.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const skus = () => createErpSkus(tables);
const product = (externalProductId: string) => ({ platform: 'shop', storeId: 's', externalProductId });

describe('the SKUs of a product with more of them than one transaction takes', () => {
  const names = (count: number, prefix: string) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

  it('stay its own where it may not have one more of them, and those that it had not are free again', async () => {
    const [had, other] = [names(60, 'had'), names(90, 'new')];
    await skus().claim(product('A'), had);
    await skus().claim(product('B'), ['taken']);

    const refused = await skus().claim(product('A'), [...had, ...other, 'taken']);

    expect(refused).toEqual([{ sku: 'taken', owner: 'B' }]);
    expect(await skus().others(product('C'), had)).toHaveLength(60);
    expect(await skus().others(product('C'), other)).toEqual([]);
  });
});
