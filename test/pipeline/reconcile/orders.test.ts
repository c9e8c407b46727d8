import { describe, expect, it } from 'vitest';
import { received } from '../../support/bazaar/bench.ts';
import { normalise } from '../../support/bazaar/read.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { openReconciliation } from '../../support/bazaar/reconcile-bench.ts';
import { deliver } from '../../support/deployment-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const open = (store: string, settings = {}) =>
  openReconciliation(tables, { stores: [store], truth: 'pushed', lists: 'orders', settings });

describe('a reconciliation by a list of whole orders', () => {
  it('records what no webhook told of, and says that it came this way', async () => {
    // Arrange
    const bed = open('told');
    await bed.run();
    bed.clock.move(minutes(5));
    const id = bed.placeAndWait(minutes(30));

    // Act
    const report = await bed.run();

    // Assert
    expect(report.counts).toMatchObject({ missing: 1, repaired: 1, missed: 1, failed: 0 });
    expect(await bed.row(id)).toMatchObject({
      state: 'ok',
      origin: { first: { via: 'reconcile' }, last: { via: 'reconcile' } },
      order: { status: 'received' },
      correlationId: `${report.runId}-${id}`,
    });
    expect(bed.queue.sent).toEqual([]);
  });

  it('brings an older row up to date, and then finds nothing any more', async () => {
    const bed = open('older');
    const id = bed.placeAndWait(minutes(10));
    await bed.run();
    bed.clock.move(minutes(1));
    bed.shop.change(id, { status: 'accepted' });
    bed.clock.move(minutes(30));

    const report = await bed.run();
    const row = await bed.row(id);
    const again = await bed.run();

    expect(report.counts).toMatchObject({ missing: 0, stale: 1, repaired: 1, missed: 1 });
    expect(again.counts).toMatchObject({ stale: 0, repaired: 0 });
    expect(row).toMatchObject({ order: { status: 'confirmed' } });
    expect(await bed.row(id)).toEqual(row);
  });

  it('does not take a row for current that has no totals, whatever its time and status say', async () => {
    // Arrange: the row was told of the right status at the right time, and of nothing else.
    const bed = open('without-totals');
    const order = bed.shop.place(bed.storeId);
    const read = normalise(order, bed.store());
    if (!read.ok) throw new Error(read.problem);
    const bare = { ...read.order, totals: {} };
    await bed.observe(order.id, { order: bare, omitted: ['totals'] }, Buffer.from('{}'));
    bed.clock.move(minutes(30));

    // Act
    const report = await bed.run();
    const again = await bed.run();

    // Assert
    expect(report.counts).toMatchObject({ missing: 0, stale: 1, repaired: 1 });
    expect(again.counts).toMatchObject({ stale: 0, repaired: 0 });
    expect((await bed.row(order.id))?.order?.totals).toEqual(read.order.totals);
  });

  it('does not call missed what the platform never announces', async () => {
    const bed = open('silent');
    await bed.run();
    bed.clock.move(minutes(5));
    const { id } = bed.shop.place('silent', { status: 'packed' });
    bed.clock.move(minutes(30));
    const silent = await bed.run();
    bed.shop.change(id, { status: 'sent' });
    bed.clock.move(minutes(30));
    const announced = await bed.run();

    expect(silent.counts).toMatchObject({ missing: 1, repaired: 1, missed: 0 });
    expect(announced.counts).toMatchObject({ stale: 1, repaired: 1, missed: 1 });
  });

  it('goes back on a new deployment as far as it should, never over the limit', async () => {
    // Arrange: an order every three hours for six days, and few calls a minute.
    const rate = { perSecond: 1, burst: 5 };
    const bed = open('backfill', { rate });
    const placed = Array.from({ length: 48 }, () => bed.placeAndWait(days(6) / 48));
    bed.clock.move(minutes(10));

    // Act
    let report = await bed.run();
    for (let round = 0; round < 10 && report.left.length > 0; round += 1) {
      bed.clock.move(minutes(10));
      report = await bed.run();
    }

    // Assert
    expect(report.outcome).toBe('done');
    for (const id of placed) expect(await bed.row(id), id).toMatchObject({ state: 'ok' });
    const times = bed.shop.calls.map(({ at }) => at);
    for (const [index, at] of times.entries()) {
      const inTheSecondsBefore = times.slice(0, index).filter((one) => one > at - 1000).length;
      expect(inTheSecondsBefore).toBeLessThanOrEqual(rate.burst);
    }
  });

  it('keeps in sight what it cannot understand, once, and records the others', async () => {
    // Arrange: a page with an order without an id, one of wrong types and from a clock that is ahead, one of another store,
    // and a good one.
    const bed = open('bad');
    const good = bed.shop.place('bad');
    bed.clock.move(minutes(30));
    const orders = [
      { ...good, id: undefined },
      { ...good, id: 'o-odd', total: 'all of it', updated: '2027-01-01T00:00:00.000Z' },
      { ...good, id: 'o-foreign', shop: 'somebody-else' },
      good,
    ];
    bed.shop.trouble(/^\/orders$/, { status: 200, body: JSON.stringify({ orders }) }, { times: 100 });

    // Act
    const first = await bed.run();
    const reviews = bed.metrics.total('OrderNeedsReview');
    const second = await bed.run();

    // Assert
    expect(first.counts).toMatchObject({ failed: 3, missing: 1, repaired: 1 });
    expect(second.counts).toMatchObject({ failed: 0, missing: 0, repaired: 0 });
    expect(bed.metrics.total('OrderNeedsReview')).toBe(reviews);
    expect(await bed.row('o-odd')).toMatchObject({ review: { reason: 'schema-mismatch' } });
    expect(await bed.row('o-foreign')).toBeUndefined();
    for (const reason of ['foreign-store', 'missing-id', 'schema-mismatch'])
      expect(await bed.reviews(reason)).toHaveLength(1);
    const [foreign] = await bed.reviews('foreign-store');
    const kept = await bed.context().raws.get(foreign!, foreign!.raw!);
    expect(Buffer.from(kept!).toString()).not.toContain('Invented');
    expect(await bed.row(good.id)).toMatchObject({ state: 'ok' });
  });

  it('never takes a row back that a webhook brought meanwhile', async () => {
    // Arrange: the list is older than what the row says by the time it is compared.
    const bed = open('meanwhile');
    const old = bed.shop.place('meanwhile');
    bed.clock.move(minutes(20));
    const newer = bed.shop.change(old.id, { status: 'packed' });
    bed.clock.move(minutes(20));
    await deliver(bed.processor(), received(bed, { shop: 'meanwhile', event: 'orders', orders: [newer] }));
    const row = await bed.row(old.id);
    bed.shop.trouble(/^\/orders$/, { status: 200, body: JSON.stringify({ orders: [old] }) }, { times: 9 });

    // Act
    const report = await bed.run();

    // Assert
    expect(report.counts).toMatchObject({ seen: expect.any(Number) as number, repaired: 0 });
    expect(await bed.row(old.id)).toEqual(row);
  });

  it('says what it would record in a dry run, and writes nothing', async () => {
    const bed = open('dry');
    const id = bed.placeAndWait(minutes(30));
    const before = await bed.written();

    const report = await bed.run({ event: { from: '2026-11-22T00:00:00Z', dryRun: true } });

    expect(report.examples).toContainEqual({ order: id, finding: 'missing' });
    expect(report.counts).toMatchObject({ repaired: 0 });
    expect(await bed.written()).toEqual(before);
  });

  it('counts an order that the table did not take, goes on, and meets it again', async () => {
    // Arrange
    const bed = open('table');
    const [bad, good] = [bed.placeAndWait(0), bed.placeAndWait(minutes(30))];
    const { orders } = bed.context();
    let refusals = 1;
    const broken: typeof orders = {
      ...orders,
      put: async (row, expected) => {
        if (row.platformOrderId === bad && refusals-- > 0) throw new Error('the table is not available');
        return orders.put(row, expected);
      },
    };

    // Act
    const first = await bed.run({ change: { orders: broken } });
    const second = await bed.run();

    // Assert
    expect(first).toMatchObject({ outcome: 'unfinished', counts: { failed: 1 } });
    expect(second.outcome).toBe('done');
    for (const id of [bad, good]) expect(await bed.row(id)).toMatchObject({ state: 'ok' });
  });

  it('finds an order that is too large once, and not again while its bytes are the same', async () => {
    // Arrange
    const parcels = Array.from({ length: 6000 }, (_, index) => ({
      parcelId: `parcel-${index}`,
      status: 'unpacked' as const,
      platformStatus: 'in the hands of an invented carrier',
    }));
    const bed = openReconciliation(tables, {
      stores: ['too-large'],
      truth: 'pushed',
      lists: 'orders',
      change: ({ resources: { order } }) => {
        const normalise: typeof order.normalise = (json, store) => {
          const read = order.normalise(json, store);
          return read.ok
            ? { ...read, order: { ...read.order, fulfilment: { ...read.order.fulfilment, parcels } } }
            : read;
        };
        return { resources: { order: { ...order, normalise } } } as object;
      },
    });
    const id = bed.placeAndWait(minutes(30));

    // Act
    const first = await bed.run();
    const again = await bed.run();

    // Assert
    expect(first.left).toEqual([]);
    expect(await bed.row(id)).toMatchObject({ state: 'needs-review', review: { reason: 'too-large' } });
    expect(again.counts).toMatchObject({ missing: 0, stale: 0, repaired: 0, failed: 0 });
    expect(bed.metrics.total('OrderNeedsReview')).toBe(1);
  });
});
