import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import { createCurrentEntries, staysCurrent } from '../../../functions/pipeline/reconcile/found-current.ts';
import { reconciliation as nuvemshop } from '../../../functions/platforms/nuvemshop/reconcile.ts';
import type { Platform } from '../../../functions/platforms/platform.ts';
import type { ListedOrder } from '../../../functions/platforms/resource.ts';
import { foundCurrentKey } from '../../../functions/storage/control-keys.ts';
import { FOUND_CURRENT_MS, type FoundCurrent, MOST_FOUND } from '../../../functions/storage/found-current.ts';
import { orderRowKey } from '../../../functions/storage/keys.ts';
import { rowOf } from '../../storage/samples.ts';
import { changed, received } from '../../support/bazaar/bench.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { failing, openReconciliation, scan, slicesOf } from '../../support/bazaar/reconcile-bench.ts';
import { deliver, type RunOptions } from '../../support/deployment-bench.ts';
import { localTables } from '../../support/local-tables.ts';
import { sampleOrder } from '../../support/sample-order.ts';

const tables = localTables();
const hours = (count: number): number => minutes(60 * count);

/** What carries whole orders, with lines. */
const ORDERS = {
  truth: 'pushed',
  lists: 'orders',
  change: ({ resources: { order } }: Pick<Platform, 'resources'>) => {
    const normalise: typeof order.normalise = (json, store) => {
      const read = order.normalise(json, store);
      const lines = [
        { lineId: '1', name: 'n', quantity: 1, unit: 'unit' as const, unitPrice: 1250, total: 1250 },
      ];
      return read.ok ? { ...read, order: { ...read.order, lines } } : read;
    };
    return { resources: { order: { ...order, normalise } } } as object;
  },
} as const;

/** A store whose lists carry whole orders, with runs that tell which rows they read. */
function open(store: string, options: object = ORDERS) {
  const bed = openReconciliation(tables, { stores: [store], ...options });
  const look = async (run: RunOptions = {}) => {
    const read = new Set<string>();
    let reads = 0;
    const { orders, lateOrders } = bed.context();
    const counted: typeof orders = {
      ...orders,
      get: (key) => {
        read.add(key.platformOrderId);
        return orders.get(key);
      },
    };
    const late: typeof lateOrders = (keys) => {
      for (const { platformOrderId } of keys) read.add(platformOrderId);
      reads += keys.length;
      return lateOrders(keys);
    };
    const report = await bed.run({ ...run, change: { orders: counted, lateOrders: late } });
    return { report, read: [...read], reads };
  };
  return {
    ...bed,
    look,
    /** An order that runs found current: the first wrote its row, the second read it. */
    async known(): Promise<string> {
      const id = bed.placeAndWait(minutes(10));
      await bed.run();
      bed.clock.move(minutes(5));
      await bed.run();
      bed.clock.move(minutes(5));
      return id;
    },
    /** From now on each list has these orders as they are now, and no other. */
    listOnly(...ids: string[]) {
      const orders = ids.map((id) => bed.shop.order(id));
      bed.shop.trouble(/^\/orders$/, { status: 200, body: JSON.stringify({ orders }) }, { times: 1000 });
    },
    /** The row is gone, as after a restore, and no index tells of it. */
    lose: (id: string) =>
      tables.client.send(new DeleteCommand({ TableName: tables.table, Key: orderRowKey(bed.key(id)) })),
  };
}

describe('what a run found current', () => {
  it('is listed again without its row being read, and counts as seen', async () => {
    const bed = open('spared');
    await bed.known();

    const { report, read } = await bed.look();

    expect(read).toEqual([]);
    expect(report).toMatchObject({ outcome: 'done', counts: { seen: 1, missing: 0, stale: 0 } });
  });

  it('is written down once, and not again while nothing is new', async () => {
    const bed = open('written-once');
    await bed.known();
    const before = await bed.items();

    await bed.look();

    const memoryOf = (items: Record<string, unknown>[]) => items.filter(({ sk }) => sk === 'current#updated');
    expect(memoryOf(before)).toHaveLength(1);
    expect(memoryOf(await bed.items())).toEqual(memoryOf(before));
  });

  it('is compared where the list says another status, though at the same time', async () => {
    const bed = open('other-status');
    const id = await bed.known();
    const { updated } = bed.shop.order(id)!;
    bed.shop.change(id, { status: 'accepted', updated: updated! });

    const { report } = await bed.look();

    expect(report.counts).toMatchObject({ stale: 1, repaired: 1 });
  });

  it('is compared where the row changed since, whatever the list says', async () => {
    const bed = open('row-changed');
    const id = await bed.known();
    const forged = {
      ...bed.shop.order(id)!,
      status: 'packed',
      updated: new Date(bed.clock.now()).toISOString(),
    };
    await deliver(bed.processor(), received(bed, { shop: 'row-changed', event: 'orders', orders: [forged] }));
    bed.clock.move(minutes(10));

    const { read } = await bed.look();

    expect(read).toEqual([id]);
  });

  it('is read again after half a day, so that a row which was lost is found', async () => {
    const bed = open('lost');
    const id = await bed.known();
    bed.listOnly(id);
    await bed.lose(id);

    bed.clock.move(hours(11));
    const before = await bed.look();
    bed.clock.move(hours(1));
    const after = await bed.look();

    expect(before.report.counts).toMatchObject({ seen: 1, missing: 0 });
    expect(after.report.counts).toMatchObject({ missing: 1, repaired: 1 });
  });

  it('is read by the scan that looks everything over once a day', async () => {
    // Arrange: the row is lost just after it was found current once more.
    const bed = open('daily');
    const id = await bed.known();
    bed.listOnly(id);
    bed.clock.move(hours(23));
    await bed.run();
    await bed.lose(id);
    bed.clock.move(hours(1));

    // Act
    const { report } = await bed.look();

    // Assert
    expect(report.counts).toMatchObject({ seen: 2, missing: 1, repaired: 1 });
  });

  it('is read where a person asks for a stretch of time, and in a dry run', async () => {
    const bed = open('person');
    const id = await bed.known();
    const from = new Date(bed.clock.now() - days(1)).toISOString();

    const dry = await bed.look({ event: { from, dryRun: true } });
    const own = await bed.look({ event: { from } });

    // By each of the two scans that list it.
    expect(dry).toMatchObject({ read: [id], reads: 2 });
    expect(own).toMatchObject({ read: [id], reads: 2 });
  });

  it.each([
    ['that cannot be read', { entries: Buffer.from('no multiple of eight') }],
    ['of another shape', { checkedAt: 'yesterday', entries: 'none' }],
  ])('is not relied on where it is kept as something %s', async (name, kept) => {
    const bed = open(name.replaceAll(' ', '-'));
    const id = await bed.known();
    const Key = foundCurrentKey(bed.key(id), 'updated');
    await tables.client.send(
      new PutCommand({ TableName: tables.table, Item: { ...Key, checkedAt: bed.clock.now(), ...kept } }),
    );

    const { report, read } = await bed.look();

    expect(report.outcome).toBe('done');
    expect(read).toEqual([id]);
  });
});

describe('how far a scan has come', () => {
  const progressIn = async (bed: ReturnType<typeof open>) =>
    (await bed.items()).find(({ sk }) => sk === 'progress#updated');

  it('is not written where the next run looks back over it anyway, and is before it does not', async () => {
    const bed = open('covered');
    await bed.known();
    const before = await progressIn(bed);

    await bed.look();
    const covered = await progressIn(bed);
    bed.clock.move(minutes(30));
    await bed.look();
    const later = await progressIn(bed);

    expect(covered).toEqual(before);
    expect(later).toMatchObject({ until: bed.clock.now() - minutes(3) });
  });

  it('is written where the run could not do everything, because the next one begins with what waits longest', async () => {
    const bed = openReconciliation(tables, { stores: ['one-of-two'] });
    let fails = false;
    const slices = slicesOf([scan('one'), scan('two')], async ({ scan: { name } }) => {
      if (fails && name === 'two') throw failing('refused');
      return [];
    });
    await bed.runOver(slices);
    bed.clock.move(minutes(10));
    fails = true;

    const { outcome } = await bed.runOver(slices);

    const one = (await bed.items()).find(({ sk }) => sk === 'progress#one');
    expect(outcome).toBe('failed');
    expect(one).toMatchObject({ workedAt: bed.clock.now() });
  });
});

describe('what a run did not find current', () => {
  it('is met by the next run again, though it was queued to be fetched', async () => {
    const bed = open('queued', {});
    const [missing, stale] = [bed.placeAndWait(0), bed.placeAndWait(minutes(1))];
    await deliver(bed.processor(), changed(bed, stale));
    bed.shop.change(stale, { status: 'accepted' });
    bed.clock.move(minutes(10));
    await bed.look();
    bed.clock.move(minutes(5));

    const { report, read } = await bed.look();

    expect(report.counts).toMatchObject({ missing: 1, stale: 1 });
    expect(read.toSorted()).toEqual([missing, stale].toSorted());
  });

  it('is read again where it needs review', async () => {
    const bed = open('review', {});
    const id = bed.placeAndWait(0);
    await bed.notUnderstood(id, Buffer.from('{}'));
    bed.clock.move(minutes(10));
    await bed.look();
    bed.clock.move(minutes(5));

    const { read } = await bed.look();

    expect(read).toEqual([id]);
  });

  it('is read again where the row was never told whole', async () => {
    // Arrange: the list has no lines either, so that there is nothing to repair.
    const bed = open('not-whole', { truth: 'pushed', lists: 'orders' });
    const order = bed.shop.place('not-whole');
    bed.clock.move(minutes(10));
    await bed.look();
    bed.clock.move(minutes(5));
    await bed.look();
    bed.clock.move(minutes(5));

    const { read } = await bed.look();

    expect(read).toEqual([order.id]);
  });
});

describe('a row that is current', () => {
  const at = Date.parse('2026-11-22T12:00:00.000Z');
  const listed: ListedOrder = { orderId: '1', changedAt: at, status: { status: 'open', payment: 'paid' } };
  const row = (change: Partial<OrderRow> = {}, words: object = listed.status): OrderRow => {
    const { personal: _, ...order } = sampleOrder({ platformStatus: words as never });
    return rowOf('1', { state: 'ok', order, sourceTime: at, observedAt: at + minutes(1), ...change });
  };
  const stays = (one: OrderRow) => staysCurrent(nuvemshop.compare, one, listed, at + minutes(10));

  it('stays so where it says what is listed', () => {
    expect(stays(row())).toBe(true);
  });

  it.each([
    ['it was fetched so lately that another status is believed', row({}, { status: 'closed' })],
    ['it waits for its parcels', row({ incomplete: true })],
    ['it needs review', row({ state: 'needs-review' })],
    ['it was fetched after the list was', row({ observedAt: at + minutes(20) }, { status: 'closed' })],
  ])('is so for now only where %s', (_, one) => {
    expect(stays(one)).toBe(false);
  });
});

describe('a memory of entries', () => {
  const entry = fc.record({
    orderId: fc.constantFrom('a', 'b', 'c'),
    changedAt: fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }),
    status: fc.record({
      status: fc.constantFrom('open', 'closed'),
      payment: fc.option(fc.constantFrom('paid', 'open'), { nil: undefined }),
    }),
  });
  const run = fc.record({
    afterMs: fc.constantFrom(minutes(10), hours(3), hours(7)),
    changed: fc.subarray(['a', 'b', 'c']),
    listed: fc.array(fc.record({ entry, isCurrent: fc.boolean() }), { maxLength: 6 }),
    isSaved: fc.boolean(),
  });

  it('spares exactly what was found current, in these words, within half a day, while its row did not change', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
        // When each entry was found current last, by all that it says. A row's change takes that away.
        const readAt = new Map<string, number>();
        let known: FoundCurrent | undefined;
        let now = Date.parse('2026-11-22T12:00:00.000Z');
        let unseen: string[] = [];
        for (const { afterMs, changed: lately, listed, isSaved } of runs) {
          now += afterMs;
          unseen = [...unseen, ...lately];
          for (const key of readAt.keys())
            if (lately.some((id) => key.includes(`"${id}"`))) readAt.delete(key);
          const entries = createCurrentEntries(known, new Set(unseen), now);
          for (const { entry: one, isCurrent } of listed) {
            const key = JSON.stringify(one);
            if (entries.has(one as ListedOrder))
              expect(readAt.get(key)).toBeGreaterThan(now - FOUND_CURRENT_MS);
            else if (isCurrent) {
              entries.add(one as ListedOrder);
              readAt.set(key, now);
            }
          }
          const next = isSaved ? entries.next() : undefined;
          if (next === undefined) continue;
          known = next;
          unseen = [];
        }
      }),
      { numRuns: 500 },
    );
  });

  it('counts from when the row was read, however often it is written down again', () => {
    const [old, fresh] = [1, 2].map((id) => ({ orderId: `o-${id}`, status: {} }));
    const first = createCurrentEntries(undefined, new Set(), days(1));
    first.add(old!);
    const second = createCurrentEntries(first.next(), new Set(), days(1) + hours(8));
    const before = second.has(old!);
    second.add(fresh!);

    const third = createCurrentEntries(second.next(), new Set(), days(1) + hours(12));

    expect(before).toBe(true);
    expect(third.has(old!)).toBe(false);
    expect(third.has(fresh!)).toBe(true);
  });

  it('keeps the newest where there are too many', () => {
    const entries = createCurrentEntries(undefined, new Set(), days(1));
    for (let index = 0; index < MOST_FOUND + 10; index += 1)
      entries.add({ orderId: `o-${index}`, changedAt: index, status: {} });

    const next = createCurrentEntries(entries.next(), new Set(), days(1));

    expect(next.has({ orderId: 'o-9', changedAt: 9, status: {} })).toBe(false);
    expect(next.has({ orderId: 'o-10', changedAt: 10, status: {} })).toBe(true);
  });

  it('is written only where it spares more than the write costs', () => {
    const first = createCurrentEntries(undefined, new Set(), days(1));
    const listed = Array.from({ length: 200 }, (_, index) => ({ orderId: `o-${index}`, status: {} }));
    for (const one of listed.slice(3)) first.add(one);
    const known = first.next();
    const second = createCurrentEntries(known, new Set(), days(1) + 1);

    for (const one of listed) if (!second.has(one)) second.add(one);

    expect(known?.readAt.size).toBe(197);
    expect(second.next()).toBeUndefined();
  });
});
