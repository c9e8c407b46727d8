import { describe, expect, it } from 'vitest';
import { upsertOrder } from '../../../functions/pipeline/order-writer.ts';
import { days, minutes } from '../../../functions/pipeline/reconcile/scan-plan.ts';
import { nuvemshopRefetchMessage } from '../../../functions/runtime/messages.ts';
import { createRawStore } from '../../../functions/storage/raw-bytes.ts';
import { localTables } from '../../support/local-tables.ts';
import { openNuvemshop } from './nuvemshop-shop.ts';

const tables = localTables();

describe('the reconciliation of a Nuvemshop store', () => {
  it('queues what the table lacks or has older, and leaves what is current alone', async () => {
    // Prepare: three orders, of which one is current, one was paid without a word, and one never came.
    const shop = await openNuvemshop(tables, '1001');
    await shop.run();
    await shop.sim.advance(minutes(1));
    const [current = '', paid = '', lost = ''] = [shop.world.place(), shop.world.place(), shop.world.place()];
    await shop.keep(current, paid);
    await shop.sim.advance(minutes(10));
    shop.world.pay(paid);
    await shop.sim.advance(minutes(10));

    // Act
    const report = await shop.run();

    // Assess
    expect(report).toMatchObject({ outcome: 'done' });
    expect(report.counts).toMatchObject({ missing: 1, stale: 1, repaired: 2, lost: 2, failed: 0 });
    expect(shop.queued().toSorted()).toEqual([paid, lost].toSorted());
    for (const { message } of shop.queue.sent)
      expect(nuvemshopRefetchMessage.parse(message)).toMatchObject({ origin: 'reconcile', class: 'bulk' });
  });

  it('backfills a new deployment, within the limit, without calling it lost', async () => {
    // Prepare: 1,200 orders over 20 days.
    const shop = await openNuvemshop(tables, '1002');
    await shop.sim.advance(-days(20));
    for (let order = 0; order < 1200; order += 1) {
      shop.world.place();
      await shop.sim.advance(days(20) / 1200);
    }
    await shop.sim.advance(minutes(10));

    // Act
    const report = await shop.run();

    // Assess
    expect(report).toMatchObject({ outcome: 'done', left: [] });
    expect(report.counts).toMatchObject({ missing: 1200, repaired: 1200, lost: 0 });
    expect(new Set(shop.queued()).size).toBe(1200);
    expect(shop.queue.sent).toHaveLength(1200);
    expect(shop.platform.calls.every(({ status }) => status === 200 || status === 404)).toBe(true);
    expect(shop.platform.calls.length).toBeLessThan(50);
  });

  it('reads more than 10,000 orders of one day, which the platform lists at most', async () => {
    // Prepare
    const shop = await openNuvemshop(tables, '1003', {
      reconcile: { firstDays: 1, deepDays: 1 },
      emptyTable: true,
    });
    await shop.sim.advance(-days(0.9));
    for (let order = 0; order < 10_050; order += 1) {
      shop.world.place();
      await shop.sim.advance(days(0.88) / 10_050);
    }
    await shop.sim.advance(minutes(30));

    // Act
    const report = await shop.run({ event: { scheduled: true, dryRun: true } });

    // Assess
    expect(report.counts.missing).toBe(10_050);
    expect(shop.platform.calls.filter(({ status }) => status === 429 || status === 422)).toEqual([]);
  }, 60_000);

  it('leaves to live traffic what happened a moment ago, unless a person asks', async () => {
    const shop = await openNuvemshop(tables, '1004');
    await shop.run();
    await shop.sim.advance(minutes(10));
    const fresh = shop.world.place();
    await shop.sim.advance(minutes(1));

    const scheduled = await shop.run();
    const asked = await shop.run({ event: { from: '2026-11-22T11:00:00Z' } });

    expect(scheduled.counts).toMatchObject({ missing: 0 });
    expect(asked.counts).toMatchObject({ missing: 1, lost: 0 });
    expect(shop.queued()).toEqual([fresh]);
  });

  it('does not call lost what a waiting message is about to fetch', async () => {
    const shop = await openNuvemshop(tables, '1005');
    await shop.run();
    await shop.sim.advance(minutes(5));
    const id = shop.world.place();
    await shop.pending.schedule(id, {
      me: 'webhook',
      scheduledAt: shop.clock.now() + minutes(15),
      priority: 'urgent',
      staleSince: shop.clock.now(),
    });
    await shop.sim.advance(minutes(10));

    const report = await shop.run();

    expect(report.counts).toMatchObject({ missing: 1, repaired: 1, lost: 0 });
  });

  it('finds after a pause of two days what happened meanwhile', async () => {
    // Prepare
    const shop = await openNuvemshop(tables, '1012');
    await shop.run();
    shop.world.suspend();
    await shop.sim.advance(minutes(20));
    const refused = await shop.run();
    const ids = [shop.world.place(), shop.world.place()];
    await shop.sim.advance(days(2));
    const still = await shop.run();
    shop.world.resume();
    await shop.sim.advance(minutes(10));

    // Act
    const probe = await shop.run();
    const afterwards = await shop.run();

    // Assess
    expect([refused, still, probe, afterwards].map(({ outcome }) => outcome)).toEqual([
      'paused',
      'paused',
      'done',
      'done',
    ]);
    expect(probe.counts).toMatchObject({ missing: 2, repaired: 2 });
    expect(new Set(shop.queued())).toEqual(new Set(ids));
    expect(await shop.bench.backfill.read()).toBeUndefined();
  });

  it('sees a cancellation that left updated_at behind, as an official sample does', async () => {
    const shop = await openNuvemshop(tables, '1006', { simulator: { cancelKeepsUpdatedAt: true } });
    const id = shop.world.place();
    await shop.keep(id);
    await shop.run();
    await shop.sim.advance(minutes(20));
    shop.world.cancel(id);
    await shop.sim.advance(minutes(20));

    const report = await shop.run();

    expect(report.counts).toMatchObject({ stale: 1 });
    expect(shop.queued()).toEqual([id]);
  });

  it('sees by night a fulfilment that moved without moving the order’s own time', async () => {
    // Prepare
    const shop = await openNuvemshop(tables, '1007');
    const id = shop.world.place();
    await shop.keep(id);
    await shop.run();
    await shop.sim.advance(days(2));
    const order = shop.world.platform.stores.get(1007)!.orders.get(Number(id))!;
    const { updatedAt } = order;
    shop.world.pack(id);
    order.updatedAt = updatedAt;
    await shop.sim.advance(minutes(30));

    // Act
    const report = await shop.run();

    // Assess
    expect(report.counts).toMatchObject({ stale: 1, repaired: 1, lost: 0 });
    expect(shop.queued()).toEqual([id]);
  });

  it('repairs nothing twice within a run, and nothing at all in a dry run', async () => {
    const shop = await openNuvemshop(tables, '1008');
    const id = shop.world.place();
    await shop.sim.advance(minutes(30));
    const before = await shop.bench.written();

    const dry = await shop.run({ event: { scheduled: true, dryRun: true } });
    const after = await shop.bench.written();
    const wet = await shop.run();

    expect(dry.counts).toMatchObject({ missing: 1, repaired: 0 });
    expect(after).toEqual(before);
    expect(wet.counts).toMatchObject({ missing: 1, repaired: 1 });
    expect(shop.queued()).toEqual([id]);
  });

  it('goes on after an order that cannot be queued, and meets it again', async () => {
    // Prepare
    const shop = await openNuvemshop(tables, '1009');
    const ids = [shop.world.place(), shop.world.place(), shop.world.place()];
    await shop.sim.advance(minutes(30));
    shop.queue.refusing = 1;

    // Act
    const first = await shop.run();
    const second = await shop.run();

    // Assess
    expect(first).toMatchObject({ outcome: 'unfinished' });
    expect(first.counts).toMatchObject({ missing: 3, repaired: 2, failed: 1 });
    expect(new Set(shop.queued())).toEqual(new Set(ids));
    expect(second.outcome).toBe('done');
  });

  it('names entries without an id and reads the others', async () => {
    const shop = await openNuvemshop(tables, '1010');
    const id = shop.world.place();
    const nameless = shop.world.place();
    Object.assign(shop.world.platform.stores.get(1010)!.orders.get(Number(nameless))!, { id: 1.5 });
    await shop.sim.advance(minutes(30));

    const report = await shop.run({ event: { from: '2026-11-22T00:00:00Z', dryRun: true } });

    expect(report.counts.failed).toBeGreaterThan(0);
    expect(report.examples).toContainEqual({ order: id, finding: 'missing' });
  });

  it('fetches an order again that the platform did not show before, and not one that it could not understand', async () => {
    // Prepare
    const shop = await openNuvemshop(tables, '1011');
    const [hidden = '', odd = ''] = [shop.world.place(), shop.world.place()];
    await shop.sim.advance(minutes(5));
    const raws = createRawStore({ ...tables, days: 90, now: shop.clock.now });
    for (const [platformOrderId, reason] of [
      [hidden, 'not-found-at-platform'],
      [odd, 'schema-mismatch'],
    ] as const) {
      await upsertOrder(
        { ...shop.bench, raws },
        {
          key: { platform: 'nuvemshop', storeId: '1011', platformOrderId },
          reading: { review: { reason, problem: 'test' } },
          observedAt: shop.clock.now(),
          receivedAt: shop.clock.now(),
          origin: 'webhook',
          correlationId: 'c',
          bytes: Buffer.from('{}'),
        },
      );
    }
    await shop.sim.advance(minutes(30));

    // Act
    const report = await shop.run();

    // Assess
    expect(shop.queued()).toEqual([hidden]);
    expect(report.counts).toMatchObject({ stale: 1, lost: 0 });
  });
});
