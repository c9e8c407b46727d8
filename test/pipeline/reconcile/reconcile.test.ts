import { describe, expect, it } from 'vitest';
import { reconcileRequest } from '../../../functions/pipeline/reconcile/reconcile.ts';
import { days } from '../../../functions/pipeline/reconcile/scan-plan.ts';
import { localTables } from '../../support/local-tables.ts';
import { benchOf as benchOn, scan, sourceOf } from './fake-source.ts';

const tables = localTables();
const benchOf = (scope: string, rate?: { perSecond: number; burst: number }) => benchOn(tables, scope, rate);

describe('a reconciliation', () => {
  it('works through everything, newest first, and has nothing left', async () => {
    const bench = benchOf('all');
    const source = sourceOf([scan('a')]);

    const report = await bench.run(source);

    expect(report).toMatchObject({ outcome: 'done', left: [], problems: [] });
    expect(source.compared).toEqual(['a 2026-11-21T11:57', 'a 2026-11-20T11:57', 'a 2026-11-19T12:00']);
    expect(bench.metrics.total('ReconcileCompleted')).toBe(1);
    expect(bench.metrics.total('ReconcileFailed')).toBe(0);
  });

  it('goes on where the run before it ran out of time', async () => {
    // Prepare
    const bench = benchOf('time');
    let calls = 0;
    const first = sourceOf([scan('a')]);
    const remainingMs = () => (calls++ < 2 ? 300_000 : 1_000);

    // Act
    const cut = await bench.run(first, { remainingMs });
    const second = sourceOf([scan('a')]);
    const rest = await bench.run(second);

    // Assess
    expect(cut).toMatchObject({ outcome: 'unfinished', problems: [] });
    expect(cut.left).toEqual([
      { scan: 'a', from: '2026-11-19T12:00:00.000Z', to: '2026-11-21T11:57:00.000Z' },
    ]);
    expect(rest).toMatchObject({ outcome: 'done', left: [] });
    expect(second.compared.at(-1)).toBe('a 2026-11-19T12:00');
    expect(second.compared).not.toContain('a 2026-11-21T11:57');
  });

  it('waits a moment for the platform’s limit, and ends when others use it', async () => {
    // Prepare: one call every 2 s, and none at all once the bucket is said to be full for an hour.
    const bench = benchOf('tokens', { perSecond: 0.5, burst: 3 });
    const source = sourceOf([scan('a', { firstMs: days(20) })], async () => {
      if (source.compared.length === 6)
        await bench.bucket.observe({ retryAfterMs: 3_600_000, throttled: true });
      return true;
    });
    const before = bench.clock.now();

    // Act
    const report = await bench.run(source);

    // Assess
    expect(report.outcome).toBe('unfinished');
    expect(source.compared).toHaveLength(6);
    expect(bench.clock.now() - before).toBeGreaterThan(6_000);
    expect(bench.clock.now() - before).toBeLessThan(20_000);
    expect(bench.metrics.total('ReconcileFailed')).toBe(0);
  });

  it('never waits longer than it may in all, so that nobody pays for waiting', async () => {
    const bench = benchOf('patience', { perSecond: 0.5, burst: 3 });
    const before = bench.clock.now();

    const report = await bench.run(sourceOf([scan('a', { firstMs: days(500), keptMs: days(900) })]));

    expect(report.outcome).toBe('unfinished');
    expect(bench.clock.now() - before).toBeLessThanOrEqual(121_000);
  });

  it('cuts a slice that does not fit a run into shorter ones, until it comes on', async () => {
    // Prepare: a slice of more than three hours needs more calls than a run has.
    const bench = benchOf('shorter');
    const source = () =>
      sourceOf([scan('a', { firstMs: days(1) })], async (slice, session) => {
        if (slice.to - slice.from > 3 * 3_600_000) for (;;) await session.budget.take();
        return true;
      });
    const left: number[] = [];

    // Act
    for (let round = 0; round < 12; round += 1) {
      let asked = 0;
      const remainingMs = () => (asked++ < 20 ? 300_000 : 1_000);
      left.push((await bench.run(source(), { remainingMs })).left.length);
      bench.clock.move(60_000);
    }

    // Assess
    expect(left.at(-1)).toBe(0);
    expect(left[0]).toBe(1);
  });

  it('covers the gap that a pause or an absence left, once', async () => {
    // Prepare
    const bench = benchOf('due');
    await bench.run(sourceOf([scan('a')]));
    bench.clock.move(days(1));
    await bench.run(sourceOf([scan('a')]));
    await bench.backfill.request(bench.clock.now() - days(2));

    // Act
    const covering = sourceOf([scan('a')]);
    await bench.run(covering);
    const usual = sourceOf([scan('a')]);
    await bench.run(usual);

    // Assess
    expect(covering.compared).toEqual(['a 2026-11-22T11:57', 'a 2026-11-21T12:00']);
    expect(usual.compared).toEqual(['a 2026-11-23T10:57']);
  });

  it('keeps a mark that is made while it runs', async () => {
    const bench = benchOf('due-meanwhile');
    await bench.backfill.request(bench.clock.now() - days(1));
    const source = sourceOf([scan('a')], async () => {
      await bench.backfill.request(bench.clock.now() - days(2));
      return true;
    });

    await bench.run(source);

    expect(await bench.backfill.read()).toMatchObject({ from: bench.clock.now() - days(2) });
  });

  it('lets one run at a time work; a second says that it is busy and moves nothing', async () => {
    const bench = benchOf('two');
    let second: Promise<unknown> | undefined;
    const source = sourceOf([scan('a')], async () => {
      second ??= bench.run(sourceOf([scan('a')]));
      expect(await second).toMatchObject({ outcome: 'busy' });
      return true;
    });

    expect(await bench.run(source)).toMatchObject({ outcome: 'done' });
    expect(bench.metrics.total('ReconcileCompleted')).toBe(1);
  });

  it('keeps a report of each run for 30 days, under the store’s key', async () => {
    const bench = benchOf('report');

    const report = await bench.run(
      sourceOf([scan('a', { firstMs: days(1) })], async (_, { stats }) => {
        stats.seen(5);
        stats.found('missing', '77');
        stats.repaired({ lost: true });
        return true;
      }),
    );

    const kept = (await bench.items()).find(
      ({ pk, sk }) => pk === bench.pk && String(sk).startsWith('report#'),
    );
    expect(kept).toMatchObject({ ...report, expiresAt: Date.parse(report.endedAt) / 1000 + 30 * 86_400 });
    expect(report.counts).toEqual({ seen: 5, missing: 1, stale: 0, repaired: 1, failed: 0, lost: 1 });
    expect(report.examples).toEqual([{ order: '77', finding: 'missing' }]);
    expect(bench.metrics.total('MissedEvents')).toBe(1);
  });
});

describe('a reconciliation on demand', () => {
  it('compares the window that was asked for, and leaves the rest of it to the schedule', async () => {
    // Prepare
    const bench = benchOf('demand');
    await bench.run(sourceOf([scan('a')]));
    let asked = 0;

    // Act
    const report = await bench.run(sourceOf([scan('a')]), {
      event: { from: '2026-10-01T00:00:00Z', to: '2026-10-04T00:00:00-03:00' },
      remainingMs: () => (asked++ < 3 ? 300_000 : 1000),
    });
    const scheduled = sourceOf([scan('a')]);
    await bench.run(scheduled);

    // Assess
    expect(report.outcome).toBe('unfinished');
    expect(report.left).toMatchObject([{ from: '2026-10-01T00:00:00.000Z' }]);
    expect(scheduled.compared.at(0)).toBe('a 2026-11-22T10:57');
    expect(scheduled.compared.at(-1)).toBe('a 2026-10-01T00:00');
  });

  it('writes nothing in a dry run, and looks at nothing but the window', async () => {
    // Prepare
    const bench = benchOf('dry');
    await bench.backfill.request(bench.clock.now() - days(2));
    const before = await bench.written();
    const source = sourceOf([scan('a'), scan('b', { order: 1 })]);

    // Act
    const report = await bench.run(source, {
      event: { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z', dryRun: true },
    });

    // Assess
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
    const bench = benchOf('off');
    const source = sourceOf([scan('a')]);

    const report = await bench.run(source, { change: { off: () => 'paths are not configured' } });

    expect(report).toMatchObject({ outcome: 'off', problems: ['paths are not configured'] });
    expect(source.compared).toEqual([]);
    expect(bench.metrics.total('ReconcileOff')).toBe(1);
    expect(bench.log.lines).toMatchObject([{ level: 'warn' }]);
  });
});
