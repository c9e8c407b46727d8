import { describe, expect, it } from 'vitest';
import type { ProductRow } from '../../functions/domain/product-row.ts';
import { type BenchOptions, inLine, openBazaar, received, refresh, sent } from '../support/bazaar/bench.ts';
import { type BazaarCatalogue, createBazaarCatalogue } from '../support/bazaar/catalogue.ts';
import { deliver } from '../support/deployment-bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

/** One store whose products are mirrored, and its processor. Its event of an order says `product` where it is of one. */
function open(storeId: string, options: Partial<BenchOptions> = {}) {
  let catalogue: BazaarCatalogue | undefined;
  const bed = openBazaar(tables, {
    stores: [storeId],
    ...options,
    change(platform) {
      catalogue = createBazaarCatalogue(platform, storeId);
      return {
        resources: catalogue.resources,
        read(intake, stores) {
          const { product } = JSON.parse(Buffer.from(intake.bytes).toString()) as { product?: string };
          return product === undefined
            ? platform.read(intake, stores as never)
            : { items: [{ kind: 'changed', storeId, resource: 'product', orderId: product }] };
        },
      };
    },
  });
  const { line, processor } = inLine(bed, bed.processor());
  const key = (platformProductId: string) => ({ platform: 'bazaar', storeId, platformProductId });
  return {
    ...bed,
    catalogue: catalogue!,
    line,
    work: (...messages: Parameters<typeof deliver>[1][]) => deliver(processor, ...messages),
    productRow: (id: string): Promise<ProductRow | undefined> => bed.context().products.get(key(id)),
    copiesOf: (id: string) => bed.context().raws.list(key(id)),
  };
}
type Bed = ReturnType<typeof open>;

const changed = (bed: Pick<Bed, 'clock'>, product: string) => received(bed, { product });

describe('an event of a product', () => {
  it('is fetched and kept as a row of its own', async () => {
    const bed = open('event');
    bed.catalogue.put('p-1');

    const back = await bed.work(changed(bed, 'p-1'));

    expect(back).toEqual([]);
    expect(await bed.productRow('p-1')).toMatchObject({
      state: 'ok',
      version: 1,
      eventCount: 1,
      product: { title: { es: 'p-1' } },
      origin: { first: { via: 'webhook' } },
    });
    expect(await bed.copiesOf('p-1')).toEqual([]);
  });

  it('goes behind orders in the line, and before backfill', async () => {
    const bed = open('priority');
    bed.catalogue.put('p-1');

    await bed.work(changed(bed, 'p-1'));

    expect(bed.line.asked).toEqual(['normal']);
    expect(bed.metrics.seen('MessageAgeSeconds')).toBe(false);
  });

  it('shares a fetch with all others of the product', async () => {
    const bed = open('burst');
    bed.catalogue.put('p-1');

    await bed.work(changed(bed, 'p-1'), changed(bed, 'p-1'), changed(bed, 'p-1'));

    expect(bed.catalogue.asked).toEqual(['p-1']);
    expect(bed.metrics.total('FetchCoalesced')).toBe(2);
  });

  it('is forgotten when the product was fetched after it', async () => {
    const bed = open('served');
    bed.catalogue.put('p-1');
    const late = changed(bed, 'p-1');
    bed.clock.move(5000);
    await bed.work(changed(bed, 'p-1'));

    await bed.work(late);

    expect(bed.catalogue.asked).toEqual(['p-1']);
  });

  it('joins a fetch that waits, but never one of an order with the same id', async () => {
    // Arrange
    const bed = open('same-id');
    const { id } = bed.shop.place('same-id');
    bed.catalogue.put(id);
    bed.line.delaySeconds = 600;
    await bed.work(refresh(bed, id, { priority: 'urgent' }));

    // Act
    await bed.work(changed(bed, id), changed(bed, id));

    // Assert
    expect(bed.queue.sent).toHaveLength(2);
    expect(await bed.context().pending.get({ resource: 'product', id })).toMatchObject({
      priority: 'normal',
    });
    expect(await bed.context().pending.get({ resource: 'order', id })).toMatchObject({ priority: 'urgent' });
  });

  it('waits for its slot without becoming one of an order', async () => {
    const bed = open('slot');
    bed.catalogue.put('p-1');
    bed.line.delaySeconds = 60;
    await bed.work(changed(bed, 'p-1'));
    bed.line.delaySeconds = 0;
    bed.clock.move(60_000);

    await bed.work(sent(bed));

    expect(await bed.productRow('p-1')).toMatchObject({ state: 'ok' });
    expect(await bed.row('p-1')).toBeUndefined();
  });
});

describe('a request to fetch a product', () => {
  it('fetches it, and the row tells how it came', async () => {
    const bed = open('refresh');
    bed.catalogue.put('p-1');

    await bed.work(refresh(bed, 'p-1', { resource: 'product' }));

    expect(await bed.productRow('p-1')).toMatchObject({ origin: { first: { via: 'reconcile' } } });
  });

  it('of an earlier release means an order', async () => {
    const bed = open('earlier');
    const { id } = bed.shop.place('earlier');

    await bed.work(refresh(bed, id));

    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
    expect(await bed.productRow(id)).toBeUndefined();
  });
});

describe('a product that the platform does not find', () => {
  it('is marked as removed by the second answer', async () => {
    // Arrange
    const bed = open('removed');
    bed.catalogue.put('p-1');
    await bed.work(changed(bed, 'p-1'));
    bed.catalogue.remove('p-1');
    bed.clock.move(5000);

    // Act
    await bed.work(changed(bed, 'p-1'));
    const afterOne = await bed.productRow('p-1');
    bed.clock.move(10_000);
    await bed.work(sent(bed));

    // Assert
    expect(afterOne).not.toHaveProperty('removedAt');
    expect(await bed.productRow('p-1')).toMatchObject({
      removedAt: bed.clock.now(),
      product: { title: { es: 'p-1' } },
      version: 2,
      eventCount: 2,
    });
  });

  it('stays after its first such answer, whatever failed before', async () => {
    const bed = open('lagging-late');
    bed.catalogue.put('p-1');
    await bed.work(changed(bed, 'p-1'));
    bed.clock.move(5000);
    bed.catalogue.failNext('retry-later', 503);
    bed.catalogue.failNext('not-found', 404);

    await bed.work(changed(bed, 'p-1'));
    bed.clock.move(10_000);
    await bed.work(sent(bed));

    expect(bed.catalogue.asked).toHaveLength(3);
    expect(await bed.productRow('p-1')).not.toHaveProperty('removedAt');
  });

  it('stays when a copy of the platform only lagged behind', async () => {
    const bed = open('lagging');
    bed.catalogue.put('p-1');
    bed.catalogue.failNext('not-found', 404);

    await bed.work(changed(bed, 'p-1'));
    bed.clock.move(10_000);
    await bed.work(sent(bed));

    expect(await bed.productRow('p-1')).toMatchObject({ state: 'ok', version: 1 });
  });
});

describe('a product that cannot be understood', () => {
  it('needs review, with its bytes', async () => {
    const bed = open('odd');
    bed.catalogue.putOdd('p-1', '{"id":1}');

    await bed.work(changed(bed, 'p-1'));

    expect(await bed.productRow('p-1')).toMatchObject({
      state: 'needs-review',
      review: { reason: 'schema-mismatch', problem: 'variants: invalid_type' },
    });
    expect(await bed.copiesOf('p-1')).toHaveLength(1);
    expect(bed.metrics.total('ProductNeedsReview')).toBe(1);
  });

  it('needs none any more once it is', async () => {
    const bed = open('odd-then-fine');
    bed.catalogue.putOdd('p-1', '{"id":1}');
    await bed.work(changed(bed, 'p-1'));
    bed.catalogue.put('p-1');
    bed.clock.move(5000);

    await bed.work(changed(bed, 'p-1'));

    expect(await bed.productRow('p-1')).toMatchObject({ state: 'ok', version: 1 });
  });

  it('is not asked for again when the platform refuses', async () => {
    const bed = open('refused');
    bed.catalogue.failNext('refused', 403);

    const back = await bed.work(changed(bed, 'p-1'));

    expect(back).toEqual([]);
    expect(bed.queue.sent).toEqual([]);
    expect(await bed.productRow('p-1')).toMatchObject({ review: { reason: 'platform-refused' } });
  });

  it('is no answer to the question for another product', async () => {
    const bed = open('foreign');
    const other = bed.catalogue.put('p-2');
    bed.catalogue.put('p-1', { platformProductId: other.platformProductId });

    await bed.work(changed(bed, 'p-1'));

    expect(await bed.productRow('p-1')).toBeUndefined();
    expect(bed.queue.sent).toMatchObject([{ message: { attempts: 1 } }]);
  });
});
