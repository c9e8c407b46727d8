import { describe, expect, it } from 'vitest';
import type { Platform } from '../../../functions/platforms/platform.ts';
import { createBazaarCatalogue } from '../../support/bazaar/catalogue.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { openReconciliation } from '../../support/bazaar/reconcile-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();

/** A store with the products of two outlets, each of which has a list of its own. */
function open(storeId: string) {
  const made: ReturnType<typeof createBazaarCatalogue>[] = [];
  const bed = openReconciliation(tables, {
    stores: [storeId],
    change(platform) {
      const catalogue = createBazaarCatalogue(platform, storeId);
      made.push(catalogue);
      const { product } = catalogue.resources;
      if (product === undefined) throw new Error('Bazaar has products');
      const scans: typeof product.scans = (store) =>
        ['north', 'south'].flatMap((outlet) =>
          product.scans(store).map((scan) => ({ ...scan, name: `products#${outlet}` })),
        );
      const resources: Platform['resources'] = { ...catalogue.resources, product: { ...product, scans } };
      return { resources };
    },
  });
  const productRow = (platformProductId: string) =>
    bed.context().products.get({ platform: 'bazaar', storeId, platformProductId });
  return { ...bed, catalogue: made[0]!, productRow };
}

describe('comparing the products of several outlets', () => {
  it('finds what is gone also after the list of one had failed once', async () => {
    // Arrange
    const bed = open('outlet-failed-once');
    bed.catalogue.put('p-1');
    bed.catalogue.put('p-2');
    await bed.run();
    bed.clock.move(days(1));
    bed.catalogue.failNext('retry-later', 500);
    await bed.run();
    bed.clock.move(minutes(15));
    await bed.run();
    bed.catalogue.remove('p-2');

    // Act
    for (let day = 0; day < 3; day += 1) {
      bed.clock.move(days(1) - minutes(15));
      await bed.run();
      bed.clock.move(minutes(15));
      await bed.run();
    }

    // Assert
    expect(await bed.productRow('p-2')).toHaveProperty('removedAt');
  });
});
