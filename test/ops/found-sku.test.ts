import { beforeAll, describe, expect, it } from 'vitest';
import { catalogueKey } from '../../functions/domain/stock/links.ts';
import { withBase, withLinks } from '../../functions/domain/stock/sku.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import { findSkus } from '../../ops/data/found-sku.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const channel = { platform: 'shop', storeId: 's', sells: ['main'], buffer: 0, shows: 'number' as const };
const rules = {
  channels: [channel],
  baseMeans: 'available' as const,
  settle: { quietSeconds: 10, atMostSeconds: 60 },
};
const store = () => createStockStore({ ...tables, rules, clock });
const COUNTED = { platforms: {}, stock: { channels: [], places: {} } };
const context = (merchant: object = COUNTED) =>
  ({ merchant, stock: { store: store() } }) as unknown as Parameters<typeof findSkus>[0];

beforeAll(async () => {
  const counted = { quantity: 5000, asOf: clock.now() };
  const products = [{ productId: 'p', variantId: 'v' }];
  await store().update('TSHIRT:M#1', (known) =>
    withLinks(
      withBase(known, 'main', counted, rules, clock.now()).sku,
      catalogueKey(channel),
      products,
      rules,
      clock.now(),
    ),
  );
  await store().update('HAT', (known) => withBase(known, 'main', counted, rules, clock.now()).sku);
});

describe('a SKU is found', () => {
  it('with the products that are linked to it', async () => {
    const [hit] = await findSkus(context(), ' TSHIRT:M#1 ');

    expect(hit).toMatchObject({
      sku: 'TSHIRT:M#1',
      products: [{ platform: 'shop', storeId: 's', productId: 'p', variantId: 'v' }],
    });
  });

  it('where no product has it', async () => {
    expect(await findSkus(context(), 'HAT')).toMatchObject([{ sku: 'HAT', products: [] }]);
  });

  it('by its whole name only', async () => {
    for (const text of ['hat', 'HA', '']) expect(await findSkus(context(), text)).toEqual([]);
  });

  it('nowhere, and without a read, where nobody counts stock', async () => {
    const uncounted = {
      merchant: { platforms: {} },
      get stock(): never {
        throw new Error('was read');
      },
    } as unknown as Parameters<typeof findSkus>[0];

    expect(await findSkus(uncounted, 'HAT')).toEqual([]);
  });
});
