import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../functions/http/errors.ts';
import { reconcileRequest } from '../../functions/reconcile/request.ts';
import type { Session, Slice, Source } from '../../functions/reconcile/source.ts';
import { days, minutes, type Track } from '../../functions/reconcile/track.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { createBench } from './bench.ts';

const tables = localTables();
const track = (name: string, change: Partial<Track> = {}): Track => ({
  name,
  rank: 0,
  everyMs: 0,
  reachMs: minutes(60),
  firstMs: days(3),
  keptMs: days(59),
  longestSliceMs: days(1),
  settleMs: minutes(3),
  ...change,
});

/** A source whose slices cost one call each, and that keeps what it was asked to compare. */
function sourceOf(
  tracks: readonly Track[],
  compare: (slice: Slice<Track>, session: Session) => Promise<boolean> = async () => true,
): Source<Track> & { compared: string[] } {
  const compared: string[] = [];
  return {
    compared,
    platform: 'nuvemshop',
    storeId: '1',
    tracks,
    slowestCallMs: 45_000,
    async compare(slice, session) {
      await session.slots.take();
      compared.push(`${slice.track.name} ${new Date(slice.from).toISOString().slice(0, 16)}`);
      return compare(slice, session);
    },
  };
}
const failing = (kind: PlatformError['kind'], change: object = {}) =>
  new PlatformError({ platform: 'nuvemshop', operation: 'orders.list', kind, status: 500, ...change });
const benchOf = (scope: string, rate?: { perSecond: number; burst: number }) => {
  const clock = movedClock();
  const bench = createBench(tables, { scope, platform: 'nuvemshop', clock, ...(rate ? { rate } : {}) });
  return { ...bench, clock };
};

describe('a reconciliation', () => {
  it('works through everything, newest first, and has nothing left', async () => {
    const bench = benchOf('all');
    const source = sourceOf([track('a')]);

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
    const first = sourceOf([track('a')]);
    const remainingMs = () => (calls++ < 2 ? 300_000 : 1_000);

    // Act
    const cut = await bench.run(first, { remainingMs });
    const second = sourceOf([track('a')]);
    const rest = await bench.run(second);

    // Assess
    expect(cut).toMatchObject({ outcome: 'unfinished', problems: [] });
    expect(cut.left).toEqual([
      { track: 'a', from: '2026-11-19T12:00:00.000Z', to: '2026-11-21T11:57:00.000Z' },
    ]);
    expect(rest).toMatchObject({ outcome: 'done', left: [] });
    expect(second.compared.at(-1)).toBe('a 2026-11-19T12:00');
    expect(second.compared).not.toContain('a 2026-11-21T11:57');
  });

  it('waits a moment for the platform’s limit, and ends when others use it', async () => {
    // Prepare: one call every 2 s, and none at all once the bucket is said to be full for an hour.
    const bench = benchOf('tokens', { perSecond: 0.5, burst: 3 });
    const source = sourceOf([track('a', { firstMs: days(20) })], async () => {
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

    const report = await bench.run(sourceOf([track('a', { firstMs: days(500), keptMs: days(900) })]));

    expect(report.outcome).toBe('unfinished');
    expect(bench.clock.now() - before).toBeLessThanOrEqual(121_000);
  });

  it('cuts a slice that does not fit a run into shorter ones, until it comes on', async () => {
    // Prepare: a slice of more than three hours needs more calls than a run has.
    const bench = benchOf('shorter');
    const source = () =>
      sourceOf([track('a', { firstMs: days(1) })], async (slice, session) => {
        if (slice.to - slice.from > 3 * 3_600_000) for (;;) await session.slots.take();
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

  it('keeps a slice in which an order is not safe yet, and does the others', async () => {
    // Prepare
    const bench = benchOf('unsafe');
    const compare = async (slice: Slice<Track>) => slice.from > Date.parse('2026-11-21T00:00:00Z');

    // Act
    const report = await bench.run(sourceOf([track('a', { firstMs: days(2) })], compare));
    const next = sourceOf([track('a')]);
    const again = await bench.run(next);

    // Assess
    expect(report.outcome).toBe('unfinished');
    expect(report.left).toEqual([
      { track: 'a', from: '2026-11-20T12:00:00.000Z', to: '2026-11-21T11:57:00.000Z' },
    ]);
    expect(again).toMatchObject({ outcome: 'done', left: [] });
  });

  it('goes on with the other outlets when the list of one is refused', async () => {
    const bench = benchOf('outlets');
    const source = sourceOf([track('bad'), track('good')], async ({ track: { name } }) => {
      if (name === 'bad') throw failing('refused', { status: 400 });
      return true;
    });

    const report = await bench.run(source);

    expect(report.outcome).toBe('failed');
    expect(report.problems).toEqual([expect.stringMatching(/^bad: nuvemshop orders\.list: HTTP 400/)]);
    expect(source.compared.filter((slice) => slice.startsWith('good'))).toHaveLength(3);
    expect(new Set(report.left.map((gap) => gap.track))).toEqual(new Set(['bad']));
    expect(bench.metrics.total('ReconcileFailed')).toBe(1);
  });

  it('ends at an outage of the platform and loses nothing of what it was to compare', async () => {
    const bench = benchOf('outage');
    const outage = sourceOf([track('a')], async () => {
      throw failing('retry-later');
    });

    const report = await bench.run(outage);
    const after = await bench.run(sourceOf([track('a')]));

    expect(report).toMatchObject({ outcome: 'failed', problems: [expect.stringContaining('HTTP 500')] });
    expect(outage.compared).toHaveLength(3);
    expect(after).toMatchObject({ outcome: 'done' });
  });

  it.each(['refused', 'not-understood', 'retry-later'] as const)(
    'goes on with what is older when one stretch of time is %s for ever',
    async (kind) => {
      // Prepare
      const bench = benchOf(`stretch-${kind}`);
      const compare = async ({ from }: Slice<Track>) => {
        if (from > Date.parse('2026-11-21T00:00:00Z')) throw failing(kind);
        return true;
      };

      // Act
      const report = await bench.run(sourceOf([track('a', { firstMs: days(9) })], compare));

      // Assess
      expect(report).toMatchObject({ outcome: 'failed' });
      expect(report.left).toEqual([
        { track: 'a', from: '2026-11-21T11:57:00.000Z', to: '2026-11-22T11:57:00.000Z' },
      ]);
    },
  );

  it('pauses the platform when the credential is refused, and stays away until a probe is due', async () => {
    // Prepare
    const bench = benchOf('paused');
    const refused = sourceOf([track('a')], async () => {
      throw failing('stop-platform', { status: 401, remedy: 'Put in a new token.' });
    });

    // Act
    const first = await bench.run(refused);
    const second = await bench.run(refused);
    bench.clock.move(6 * 60_000);
    const probe = await bench.run(sourceOf([track('a')]));

    // Assess
    expect([first.outcome, second.outcome, probe.outcome]).toEqual(['paused', 'paused', 'done']);
    expect(second.problems).toEqual(['orders.list was answered 401. Put in a new token.']);
    expect(refused.compared).toHaveLength(1);
    expect(await bench.pause.passage()).toEqual({ go: true, probe: false });
    expect(bench.metrics.total('ReconcileFailed')).toBe(0);
  });

  it('covers the gap that a pause or an absence left, once', async () => {
    // Prepare
    const bench = benchOf('due');
    await bench.run(sourceOf([track('a')]));
    bench.clock.move(days(1));
    await bench.run(sourceOf([track('a')]));
    await bench.mark(bench.clock.now() - days(2));

    // Act
    const covering = sourceOf([track('a')]);
    await bench.run(covering);
    const usual = sourceOf([track('a')]);
    await bench.run(usual);

    // Assess
    expect(covering.compared).toEqual(['a 2026-11-22T11:57', 'a 2026-11-21T12:00']);
    expect(usual.compared).toEqual(['a 2026-11-23T10:57']);
  });

  it('keeps a mark that is made while it runs', async () => {
    const bench = benchOf('due-meanwhile');
    await bench.mark(bench.clock.now() - days(1));
    const source = sourceOf([track('a')], async () => {
      await bench.mark(bench.clock.now() - days(2));
      return true;
    });

    await bench.run(source);

    expect(await bench.due.read()).toMatchObject({ from: bench.clock.now() - days(2) });
  });

  it('lets one run at a time work; a second says that it is busy and moves nothing', async () => {
    const bench = benchOf('two');
    let second: Promise<unknown> | undefined;
    const source = sourceOf([track('a')], async () => {
      second ??= bench.run(sourceOf([track('a')]));
      expect(await second).toMatchObject({ outcome: 'busy' });
      return true;
    });

    expect(await bench.run(source)).toMatchObject({ outcome: 'done' });
    expect(bench.metrics.total('ReconcileCompleted')).toBe(1);
  });

  it('notices when another run moved a track on, and does not write over it', async () => {
    const bench = benchOf('overtaken');
    await bench.run(sourceOf([track('a')]));
    const lease = { acquire: async () => true, release: async () => {} };
    const source = sourceOf([track('a')], async () => {
      await bench.run(sourceOf([track('a')]), { change: { lease } });
      return true;
    });

    const report = await bench.run(source, { change: { lease } });

    expect(report).toMatchObject({ outcome: 'failed' });
    expect(report.problems[0]).toContain('another run moved track a on');
  });

  it('leaves its lease and its gaps in order when the table fails in the middle', async () => {
    const bench = benchOf('crash');
    const source = sourceOf([track('a')], async () => {
      if (source.compared.length === 2) throw new Error('the table is gone');
      return true;
    });

    const crashed = await bench.run(source);
    const after = sourceOf([track('a')]);
    const report = await bench.run(after);

    expect(crashed).toMatchObject({ outcome: 'failed', problems: ['Error: the table is gone'] });
    expect(report.outcome).toBe('done');
    expect(after.compared).toContain('a 2026-11-20T11:57');
  });

  it('keeps a report of each run for 30 days, under the store’s key', async () => {
    const bench = benchOf('report');

    const report = await bench.run(
      sourceOf([track('a', { firstMs: days(1) })], async (_, { tally }) => {
        tally.seen(5);
        tally.found('missing', '77');
        tally.repaired({ lost: true });
        return true;
      }),
    );

    const kept = (await bench.items()).find(
      ({ pk, sk }) => pk === bench.memory.pk && String(sk).startsWith('report#'),
    );
    expect(kept).toMatchObject({ ...report, expiresAt: Date.parse(report.endedAt) / 1000 + 30 * 86_400 });
    expect(report.counts).toEqual({ seen: 5, missing: 1, stale: 0, repaired: 1, failed: 0, lost: 1 });
    expect(report.examples).toEqual([{ order: '77', finding: 'missing' }]);
    expect(bench.metrics.total('NewsLost')).toBe(1);
  });
});

describe('a reconciliation on demand', () => {
  it('compares the window that was asked for, and leaves the rest of it to the schedule', async () => {
    // Prepare
    const bench = benchOf('demand');
    await bench.run(sourceOf([track('a')]));
    let asked = 0;

    // Act
    const report = await bench.run(sourceOf([track('a')]), {
      event: { from: '2026-10-01T00:00:00Z', to: '2026-10-04T00:00:00-03:00' },
      remainingMs: () => (asked++ < 3 ? 300_000 : 1000),
    });
    const scheduled = sourceOf([track('a')]);
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
    await bench.mark(bench.clock.now() - days(2));
    const before = await bench.written();
    const source = sourceOf([track('a'), track('b', { rank: 1 })]);

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
    const source = sourceOf([track('a')]);

    const report = await bench.run(source, { change: { off: () => 'paths are not configured' } });

    expect(report).toMatchObject({ outcome: 'off', problems: ['paths are not configured'] });
    expect(source.compared).toEqual([]);
    expect(bench.metrics.total('ReconcileOff')).toBe(1);
    expect(bench.log.lines).toMatchObject([{ level: 'warn' }]);
  });
});
