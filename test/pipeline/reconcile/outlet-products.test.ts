import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../functions/http/errors.ts';
import type { Platform } from '../../../functions/platforms/platform.ts';
import { createCatalogueCompared } from '../../../functions/storage/last-times.ts';
import { createBazaarCatalogue } from '../../support/bazaar/catalogue.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { openReconciliation } from '../../support/bazaar/reconcile-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();

const failed = (name: string) =>
  new PlatformError({ platform: 'bazaar', operation: name, kind: 'refused', status: 400 });

/**
 * A store with the products of two outlets, each of which has a list of its own.
 *
 * @param namesOutlets whether a product's id begins with its outlet's name
 */
function open(storeId: string, { namesOutlets = false } = {}) {
  /** Names of scans whose list fails each time. */
  const failing = new Set<string>();
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
          product.scans(store).map((scan) => ({
            ...scan,
            name: `products#${outlet}`,
            outletId: outlet,
          })),
        );
      const list: typeof product.list = async function* (api, scan, range, of) {
        if (failing.has(scan.name)) throw failed(scan.name);
        const outlet = scan.name.slice('products#'.length);
        for await (const { items } of product.list(api, scan, range, of))
          yield {
            items: items.filter(
              ({ reading }) =>
                !namesOutlets || (reading.ok && reading.said.platformProductId.startsWith(outlet)),
            ),
          };
      };
      const scanNameOf = (id: string) => `products#${id.split('/')[0]}`;
      const split = { ...product, scans, list, ...(namesOutlets ? { scanNameOf } : {}) };
      const resources: Platform['resources'] = { ...catalogue.resources, product: split };
      return { resources };
    },
  });
  const productRow = (platformProductId: string) =>
    bed.context().products.get({ platform: 'bazaar', storeId, platformProductId });
  return { ...bed, catalogue: made[0]!, productRow, failing };
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

  describe('while the list of one fails each day', () => {
    async function afterDays(storeId: string) {
      const bed = open(storeId, { namesOutlets: true });
      for (const id of ['north/1', 'north/2', 'south/1', 'south/2']) bed.catalogue.put(id);
      await bed.run();
      bed.failing.add('products#south');
      bed.catalogue.remove('north/2');
      for (let day = 0; day < 2; day += 1) {
        bed.clock.move(days(1));
        await bed.run();
      }
      return bed;
    }

    it('finds what is gone at the others', async () => {
      const { productRow } = await afterDays('outlet-fails');

      expect(await productRow('north/2')).toHaveProperty('removedAt');
    });

    it('says of the others, and not of it, that they were compared', async () => {
      const { clock } = await afterDays('outlet-fails-compared');
      const store = { platform: 'bazaar', storeId: 'outlet-fails-compared' };
      const compared = createCatalogueCompared({ ...tables, ...store });

      const times = await Promise.all(['north', 'south'].map((outlet) => compared.get(outlet)));

      expect(times).toEqual([clock.now(), clock.now() - days(2)]);
    });

    it('leaves what it has itself, and asks for none of it', async () => {
      const { productRow, catalogue } = await afterDays('outlet-fails-kept');

      expect(await productRow('south/1')).not.toHaveProperty('removedAt');
      expect(catalogue.asked).not.toContain('south/1');
    });
  });
});
