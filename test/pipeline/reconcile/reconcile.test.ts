import { describe, expect, it } from 'vitest';
import { reconcileRequest } from '../../../functions/pipeline/reconcile/reconcile.ts';
import { days } from '../../support/bazaar/reconcile.ts';
import { openReconciliation, scan, slicesOf } from '../../support/bazaar/reconcile-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();

describe('a reconciliation', () => {
  it('works through everything, newest first, and has nothing left', async () => {
    const bench = openReconciliation(tables, { stores: ['all'] });
    const source = slicesOf([scan('a')]);

    const report = await bench.runOver(source);

    expect(report).toMatchObject({ outcome: 'done', left: [], problems: [] });
    expect(source.compared).toEqual(['a 2026-11-21T11:57', 'a 2026-11-20T11:57', 'a 2026-11-19T12:00']);
    expect(bench.metrics.total('ReconcileCompleted')).toBe(1);
    expect(bench.metrics.total('ReconcileFailed')).toBe(0);
  });

  it('goes on where the run before it ran out of time', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['time'] });
    const first = slicesOf([scan('a')]);
    const remainingMs = () => (first.compared.length < 1 ? 300_000 : 1_000);

    // Act
    const cut = await bench.runOver(first, { remainingMs });
    const second = slicesOf([scan('a')]);
    const rest = await bench.runOver(second);

    // Assert
    expect(cut).toMatchObject({ outcome: 'unfinished', problems: [] });
    expect(cut.left).toEqual([
      { scan: 'a', from: '2026-11-19T12:00:00.000Z', to: '2026-11-21T11:57:00.000Z' },
    ]);
    expect(rest).toMatchObject({ outcome: 'done', left: [] });
    expect(second.compared.at(-1)).toBe('a 2026-11-19T12:00');
    expect(second.compared).not.toContain('a 2026-11-21T11:57');
  });

  it('waits a moment for the platform’s limit, and ends when others use it', async () => {
    // Arrange: one call every 2 s, and none at all once the bucket is said to be full for an hour.
    const bench = openReconciliation(tables, {
      stores: ['tokens'],
      settings: { rate: { perSecond: 0.5, burst: 3 } },
    });
    const source = slicesOf([scan('a', { firstMs: days(20) })], async () => {
      if (source.compared.length === 6)
        await bench.bucket.observe({ retryAfterMs: 3_600_000, throttled: true });
      return [];
    });
    const before = bench.clock.now();

    // Act
    const report = await bench.runOver(source);

    // Assert
    expect(report.outcome).toBe('unfinished');
    expect(source.compared).toHaveLength(6);
    expect(bench.clock.now() - before).toBeGreaterThan(6_000);
    expect(bench.clock.now() - before).toBeLessThan(20_000);
    expect(bench.metrics.total('ReconcileFailed')).toBe(0);
  });

  it('never waits longer than it may in all, so that nobody pays for waiting', async () => {
    const bench = openReconciliation(tables, {
      stores: ['patience'],
      settings: { rate: { perSecond: 0.5, burst: 3 } },
    });
    const before = bench.clock.now();

    const report = await bench.runOver(slicesOf([scan('a', { firstMs: days(500), keptMs: days(900) })]));

    expect(report.outcome).toBe('unfinished');
    expect(bench.clock.now() - before).toBeLessThanOrEqual(121_000);
  });

  it('cuts a slice that does not fit a run into shorter ones, until it comes on', async () => {
    // Arrange: a slice of more than three hours needs more calls than a run has.
    const bench = openReconciliation(tables, { stores: ['shorter'] });
    const source = () =>
      slicesOf([scan('a', { firstMs: days(1) })], async ({ from, to, call }) => {
        if (to - from > 3 * 3_600_000) for (;;) await call();
        return [];
      });
    const left: number[] = [];

    // Act
    for (let round = 0; round < 12; round += 1) {
      let asked = 0;
      const remainingMs = () => (asked++ < 20 ? 300_000 : 1_000);
      left.push((await bench.runOver(source(), { remainingMs })).left.length);
      bench.clock.move(60_000);
    }

    // Assert
    expect(left.at(-1)).toBe(0);
    expect(left[0]).toBe(1);
  });

  it('covers the gap that a pause or an absence left, once', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['due'] });
    await bench.runOver(slicesOf([scan('a')]));
    bench.clock.move(days(1));
    await bench.runOver(slicesOf([scan('a')]));
    await bench.backfill.request(bench.clock.now() - days(2));

    // Act
    const covering = slicesOf([scan('a')]);
    await bench.runOver(covering);
    const usual = slicesOf([scan('a')]);
    await bench.runOver(usual);

    // Assert
    expect(covering.compared).toEqual(['a 2026-11-22T11:57', 'a 2026-11-21T12:00']);
    expect(usual.compared).toEqual(['a 2026-11-23T10:57']);
  });

  it('keeps a mark that is made while it runs', async () => {
    const bench = openReconciliation(tables, { stores: ['due-meanwhile'] });
    await bench.backfill.request(bench.clock.now() - days(1));
    const source = slicesOf([scan('a')], async () => {
      await bench.backfill.request(bench.clock.now() - days(2));
      return [];
    });

    await bench.runOver(source);

    expect(await bench.backfill.read()).toMatchObject({ from: bench.clock.now() - days(2) });
  });

  it('lets one run at a time work; a second says that it is busy and moves nothing', async () => {
    const bench = openReconciliation(tables, { stores: ['two'] });
    let second: Promise<unknown> | undefined;
    const source = slicesOf([scan('a')], async () => {
      second ??= bench.runOver(slicesOf([scan('a')]));
      expect(await second).toMatchObject({ outcome: 'busy' });
      return [];
    });

    expect(await bench.runOver(source)).toMatchObject({ outcome: 'done' });
    expect(bench.metrics.total('ReconcileCompleted')).toBe(1);
  });

  it('keeps the others out as long as it may run', async () => {
    const bench = openReconciliation(tables, { stores: ['long'] });
    const remainingMs = () => 300_000;
    let second: Promise<unknown> | undefined;
    const source = slicesOf([scan('a')], async () => {
      if (second === undefined) bench.clock.move(300_000);
      second ??= bench.runOver(slicesOf([scan('a')]));
      expect(await second).toMatchObject({ outcome: 'busy' });
      return [];
    });

    expect(await bench.runOver(source, { remainingMs })).toMatchObject({ outcome: 'done' });
  });

  it('keeps a mark until what it asks for is written down', async () => {
    const bench = openReconciliation(tables, { stores: ['mark-kept'] });
    const from = bench.clock.now() - days(2);
    await bench.backfill.request(from);
    const progress = {
      load: async () => new Map(),
      save: () => Promise.reject(new Error('the table is gone')),
    };

    const report = await bench.runOver(slicesOf([scan('a')]), { change: { progress } });

    expect(report).toMatchObject({ outcome: 'failed' });
    expect(await bench.backfill.read()).toMatchObject({ from });
  });

  it('keeps a report of each run for 30 days, under the store’s key', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['report'] });
    await bench.runOver(slicesOf([scan('a', { firstMs: days(1) })]));
    bench.clock.move(3_600_000);
    const changedAt = bench.clock.now() - 600_000;

    // Act
    const report = await bench.runOver(
      slicesOf([scan('a')], async () => [{ orderId: 'o-77', changedAt, status: {} }]),
    );

    // Assert
    const kept = (await bench.items()).filter(
      ({ pk, sk }) => pk === bench.pk && String(sk).startsWith('report#'),
    );
    expect(kept).toHaveLength(2);
    expect(kept.at(-1)).toMatchObject({
      ...report,
      expiresAt: Date.parse(report.endedAt) / 1000 + 30 * 86_400,
    });
    expect(report).toMatchObject({ platform: 'bazaar', storeId: 'report', dryRun: false });
    expect(report.counts).toEqual({ seen: 1, missing: 1, stale: 0, repaired: 1, failed: 0, missed: 1 });
    expect(report.examples).toEqual([{ order: 'o-77', finding: 'missing' }]);
    expect(bench.metrics.total('MissedEvents')).toBe(1);
  });
});

describe('a reconciliation on demand', () => {
  it('compares the window that was asked for, and leaves the rest of it to the schedule', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['demand'] });
    await bench.runOver(slicesOf([scan('a')]));
    let asked = 0;

    // Act
    const report = await bench.runOver(slicesOf([scan('a')]), {
      event: { from: '2026-10-01T00:00:00Z', to: '2026-10-04T00:00:00-03:00' },
      remainingMs: () => (asked++ < 3 ? 300_000 : 1000),
    });
    const scheduled = slicesOf([scan('a')]);
    await bench.runOver(scheduled);

    // Assert
    expect(report.outcome).toBe('unfinished');
    expect(report.left).toMatchObject([{ from: '2026-10-01T00:00:00.000Z' }]);
    expect(scheduled.compared.at(0)).toBe('a 2026-11-22T10:57');
    expect(scheduled.compared.at(-1)).toBe('a 2026-10-01T00:00');
  });

  it('writes nothing in a dry run, and looks at nothing but the window', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['dry'] });
    await bench.backfill.request(bench.clock.now() - days(2));
    const before = await bench.written();
    const source = slicesOf([scan('a'), scan('b', { order: 1 })]);

    // Act
    const report = await bench.runOver(source, {
      event: { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z', dryRun: true },
    });

    // Assert
    expect(report).toMatchObject({ outcome: 'done', dryRun: true });
    expect(source.compared).toEqual(['a 2026-11-20T00:00', 'b 2026-11-20T00:00']);
    expect(await bench.written()).toEqual(before);
    expect(bench.metrics.seen('ReconcileCompleted')).toBe(false);
  });

  it.each([
    ['a misspelt key', { dryrun: true }],
    ['a time without a zone', { from: '2026-11-20T00:00:00' }],
    ['an end without a beginning', { to: '2026-11-20T00:00:00Z' }],
    ['an end before the beginning', { from: '2026-11-20T00:00:00Z', to: '2026-11-19T00:00:00Z' }],
    ['no object', 'now'],
  ])('refuses %s', (_what, event) => {
    expect(reconcileRequest.safeParse(event).success).toBe(false);
  });
});

describe('a reconciliation that is off', () => {
  it('says so on every run, calls nobody, and does not fail', async () => {
    const bench = openReconciliation(tables, { stores: ['off'], settings: { reconcile: { off: true } } });
    const source = slicesOf([scan('a')]);

    const report = await bench.runOver(source);

    expect(report).toMatchObject({ outcome: 'off', problems: ['reconcile.off is set in the configuration'] });
    expect(source.compared).toEqual([]);
    expect(bench.shop.calls).toEqual([]);
    expect(bench.metrics.total('ReconcileOff')).toBe(1);
    expect(bench.metrics.total('ReconcileFailed')).toBe(0);
    expect(bench.log.lines).toMatchObject([{ level: 'warn' }]);
  });

  it('says so no more once it is on', async () => {
    const bench = openReconciliation(tables, { stores: ['on'] });

    await bench.runOver(slicesOf([scan('a')]));

    expect(bench.metrics.seen('ReconcileOff')).toBe(false);
  });
});
