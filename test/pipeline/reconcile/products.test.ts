import { describe, expect, it } from 'vitest';
import type { ProductRow } from '../../../functions/domain/product-row.ts';
import { type BazaarCatalogue, createBazaarCatalogue } from '../../support/bazaar/catalogue.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { openReconciliation } from '../../support/bazaar/reconcile-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();

/** A store whose products are mirrored, and its reconciliation. */
function open(storeId: string, options: { undivided?: boolean } = {}) {
  let catalogue: BazaarCatalogue | undefined;
  const bed = openReconciliation(tables, {
    stores: [storeId],
    change(platform) {
      catalogue = createBazaarCatalogue(platform, storeId, options);
      return { resources: catalogue.resources };
    },
  });
  return {
    ...bed,
    catalogue: catalogue!,
    productRow: (platformProductId: string): Promise<ProductRow | undefined> =>
      bed.context().products.get({ platform: 'bazaar', storeId, platformProductId }),
  };
}

describe('comparing the catalogue', () => {
  it('imports every product at the first run, page by page', async () => {
    const bed = open('import');
    for (const id of ['p-1', 'p-2', 'p-3']) bed.catalogue.put(id);

    const report = await bed.run();

    expect(report).toMatchObject({ outcome: 'done', products: { seen: 3, missing: 3, stale: 0, failed: 0 } });
    expect(bed.catalogue.asked).toEqual(['list', 'list']);
    for (const id of ['p-1', 'p-2', 'p-3'])
      expect(await bed.productRow(id)).toMatchObject({
        state: 'ok',
        origin: { first: { via: 'reconcile' } },
      });
  });

  it('is done once a day, or when a person asks', async () => {
    const bed = open('daily');
    bed.catalogue.put('p-1');
    await bed.run();
    bed.clock.move(minutes(30));

    await bed.run();
    const soon = bed.catalogue.asked.length;
    await bed.run({ event: { products: true } });
    const asked = bed.catalogue.asked.length;
    bed.clock.move(days(1));
    await bed.run();

    expect([soon, asked, bed.catalogue.asked.length]).toEqual([1, 2, 3]);
  });

  it('is done, to its end, also where the orders take the whole of each run', async () => {
    // Arrange
    const bed = open('behind-orders');
    for (const id of ['p-1', 'p-2']) bed.catalogue.put(id);
    await bed.run();
    bed.catalogue.remove('p-2');
    bed.clock.move(days(1) + minutes(150));
    // No call is left once the product that is gone was asked for.
    const remainingMs = () => (bed.catalogue.asked.includes('p-2') ? 1_000 : 300_000);

    // Act
    const report = await bed.run({ remainingMs });

    // Assert
    expect(report).toMatchObject({ outcome: 'unfinished', products: { seen: 1, removed: 1 } });
    expect(await bed.productRow('p-2')).toHaveProperty('removedAt');
  });

  it('that a person asked for is done by the next run where theirs did not come to it', async () => {
    const bed = open('asked-in-vain');
    bed.catalogue.put('p-1');
    await bed.run();
    bed.clock.move(minutes(30));

    await bed.run({ event: { products: true }, remainingMs: () => 1_000 });
    const cut = bed.catalogue.asked.length;
    await bed.run();

    expect([cut, bed.catalogue.asked.length]).toEqual([1, 2]);
  });

  it('records what changed, and writes nothing of what is the same', async () => {
    const bed = open('changed');
    bed.catalogue.put('p-1');
    bed.catalogue.put('p-2');
    await bed.run();
    bed.catalogue.put('p-2', { status: 'inactive' });
    bed.clock.move(days(1));

    const report = await bed.run();

    expect(report.products).toMatchObject({ seen: 2, stale: 1, missing: 0 });
    expect(await bed.productRow('p-1')).toMatchObject({ revision: 1 });
    expect(await bed.productRow('p-2')).toMatchObject({ version: 2, product: { status: 'inactive' } });
  });

  it('finds products whose removal nobody told of', async () => {
    const bed = open('removed');
    bed.catalogue.put('p-1');
    bed.catalogue.put('p-2');
    await bed.run();
    bed.catalogue.remove('p-2');
    bed.clock.move(days(1));

    const report = await bed.run();

    expect(report.products).toMatchObject({ removed: 1 });
    expect(await bed.productRow('p-1')).not.toHaveProperty('removedAt');
    expect(await bed.productRow('p-2')).toMatchObject({ removedAt: bed.clock.now(), version: 2 });
  });

  it('goes on in the next run where the platform throttles it while it asks for what is gone', async () => {
    // Arrange
    const bed = open('removed-throttled');
    for (const id of ['p-1', 'p-2', 'p-3']) bed.catalogue.put(id);
    await bed.run();
    for (const id of ['p-2', 'p-3']) bed.catalogue.remove(id);
    for (const id of ['p-2', 'p-3']) bed.catalogue.throttleOnce(id);
    bed.clock.move(days(1));

    // Act
    const throttled = await bed.run();
    for (let run = 0; run < 2; run += 1) {
      bed.clock.move(minutes(15));
      await bed.run();
    }

    // Assert
    expect(throttled.outcome).toBe('unfinished');
    for (const id of ['p-2', 'p-3']) expect(await bed.productRow(id)).toHaveProperty('removedAt');
  });

  it.each([
    [401, 'paused', minutes(6)],
    [403, 'failed', minutes(15)],
  ] as const)(
    'says so, and goes on in a later run, where it is answered %i when it asks for what is gone',
    async (status, outcome, rest) => {
      // Arrange
      const bed = open(`removed-${status}`);
      for (const id of ['p-1', 'p-2', 'p-3']) bed.catalogue.put(id);
      await bed.run();
      for (const id of ['p-2', 'p-3']) bed.catalogue.remove(id);
      bed.catalogue.refuseOnce('p-2', status);
      bed.clock.move(days(1));

      // Act
      const refused = await bed.run();
      bed.clock.move(rest);
      const next = await bed.run();

      // Assert
      expect(refused).toMatchObject({ outcome, problems: [expect.stringContaining(`HTTP ${status}`)] });
      expect(next).toMatchObject({ outcome: 'done' });
      for (const id of ['p-2', 'p-3']) expect(await bed.productRow(id)).toHaveProperty('removedAt');
    },
  );

  it('asks once for a product that is gone', async () => {
    const bed = open('asked-once');
    bed.catalogue.put('p-1');
    await bed.run();
    bed.catalogue.remove('p-1');
    for (let day = 0; day < 3; day += 1) {
      bed.clock.move(days(1));
      await bed.run();
    }

    expect(bed.catalogue.asked.filter((one) => one === 'p-1')).toHaveLength(1);
  });

  it('ends with its time where rows of what went long ago take all of it, and the next run goes on', async () => {
    // Arrange
    const bed = open('gone-for-long');
    for (const id of ['p-1', 'p-2', 'p-3']) bed.catalogue.put(id);
    await bed.run();
    for (const id of ['p-2', 'p-3']) bed.catalogue.remove(id);
    bed.clock.move(days(1));
    await bed.run();
    bed.clock.move(days(1));
    const before = bed.catalogue.asked.length;
    const remainingMs = () => (bed.catalogue.asked.length > before ? 1_000 : 300_000);

    // Act
    const cut = await bed.run({ remainingMs });
    bed.clock.move(minutes(15));
    const next = await bed.run();

    // Assert
    expect([cut.outcome, next.outcome]).toEqual(['unfinished', 'done']);
  });

  it('keeps a product that a list only left out', async () => {
    const bed = open('left-out');
    bed.catalogue.put('p-1');
    await bed.run();
    bed.catalogue.hide('p-1');
    bed.clock.move(days(1));

    await bed.run();

    expect(await bed.productRow('p-1')).not.toHaveProperty('removedAt');
  });

  it('removes nothing when it did not see the whole catalogue', async () => {
    const bed = open('half');
    for (const id of ['p-1', 'p-2', 'p-3']) bed.catalogue.put(id);
    await bed.run();
    bed.catalogue.remove('p-1');
    bed.catalogue.failNext('refused', 500);
    bed.clock.move(days(1));

    await bed.run();

    expect(await bed.productRow('p-1')).not.toHaveProperty('removedAt');
  });

  it('compares orders all the same when the platform refuses its products', async () => {
    const bed = open('refused');
    bed.catalogue.failNext('refused', 403);
    const id = bed.placeAndWait(minutes(5));

    const report = await bed.run();

    expect(report).toMatchObject({ outcome: 'failed', counts: { missing: 1 } });
    expect(report.problems[0]).toContain('products:');
    expect(bed.queued()).toEqual([id]);
    expect(await bed.circuit.state()).toBeUndefined();
  });

  it('shows what cannot be understood once', async () => {
    const bed = open('odd');
    bed.catalogue.putOdd('p-1', '{"id":1}');
    await bed.run();
    const first = await bed.productRow('p-1');
    bed.clock.move(days(1));

    await bed.run();

    expect(first).toMatchObject({ state: 'needs-review' });
    expect(await bed.productRow('p-1')).toEqual(first);
  });

  it('counts SKUs that several variants have, and variants without one', async () => {
    const bed = open('skus');
    bed.catalogue.put('p-1', { variants: [{ platformVariantId: '1', sku: 'A' }] });
    bed.catalogue.put('p-2', {
      variants: [{ platformVariantId: '2', sku: 'A' }, { platformVariantId: '3' }],
    });

    await bed.run();

    expect(bed.metrics.total('SkuProblems')).toBe(2);
  });

  it('writes nothing when nothing is to be written', async () => {
    const bed = open('dry');
    bed.catalogue.put('p-1');

    const report = await bed.run({ event: { dryRun: true } });

    expect(report.products).toMatchObject({ missing: 1 });
    expect(await bed.productRow('p-1')).toBeUndefined();
  });
});

describe('comparing a catalogue whose list knows no times', () => {
  /** Products on four pages, of which a run has the time for two. */
  function openLong(storeId: string) {
    const bed = open(storeId, { undivided: true });
    const ids = Array.from({ length: 8 }, (_, number) => `p-${number + 1}`);
    for (const id of ids) bed.catalogue.put(id);
    const pages = () => bed.catalogue.asked.filter((one) => one === 'list').length;
    return {
      ...bed,
      ids,
      async shortRun() {
        bed.clock.move(minutes(15));
        const before = pages();
        return bed.run({ remainingMs: () => (pages() - before < 2 ? 300_000 : 1_000) });
      },
    };
  }

  it('goes on where the run before ended, so that it comes to its end', async () => {
    // Arrange
    const bed = openLong('long-catalogue');

    // Act
    for (let run = 0; run < 3; run += 1) await bed.shortRun();

    // Assert
    for (const id of bed.ids) expect(await bed.productRow(id)).toMatchObject({ state: 'ok' });
  });

  it('finds what is gone of it once runs have met all pages', async () => {
    // Arrange
    const bed = openLong('long-catalogue-gone');
    await bed.run();
    bed.catalogue.remove('p-1');
    bed.clock.move(days(1));

    // Act
    for (let run = 0; run < 4; run += 1) await bed.shortRun();
    const last = await bed.run();

    // Assert
    expect(last.outcome).toBe('done');
    expect(await bed.productRow('p-1')).toHaveProperty('removedAt');
    expect(await bed.productRow('p-8')).not.toHaveProperty('removedAt');
  });

  it('begins with its first page on the next day', async () => {
    // Arrange
    const bed = openLong('long-catalogue-anew');
    for (let run = 0; run < 2; run += 1) await bed.shortRun();
    bed.catalogue.put('p-1', { status: 'inactive' });
    bed.clock.move(days(1));

    // Act
    await bed.shortRun();

    // Assert
    expect(await bed.productRow('p-1')).toMatchObject({ product: { status: 'inactive' } });
  });
});

describe('comparing products alone', () => {
  it('makes no call for orders, and leaves the request for their backfill to the next run', async () => {
    const bed = open('alone');
    bed.catalogue.put('p-1');
    const from = bed.clock.now() - days(20);
    await bed.backfill.request(from);

    const report = await bed.run({ event: { products: true, only: ['product'] } });

    expect(report).toMatchObject({ outcome: 'done', counts: { seen: 0 }, products: { missing: 1 } });
    expect(await bed.backfill.read()).toMatchObject({ from });
    expect(bed.catalogue.asked).toEqual(['list']);
    expect(bed.shop.callsTo(/^\/orders/)).toEqual([]);
  });
});
