import { describe, expect, it } from 'vitest';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import {
  failing,
  INCOMPARABLE,
  openReconciliation,
  scan,
  slicesOf,
} from '../../support/bazaar/reconcile-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();

describe('a reconciliation that meets failures', () => {
  it('keeps a slice in which an order is not safe yet, and does the others', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['unsafe'] });
    const before = Date.parse('2026-11-21T00:00:00Z');
    const source = slicesOf([scan('a', { firstMs: days(2) })], async ({ from }) =>
      from > before ? [] : [INCOMPARABLE],
    );

    // Act
    const report = await bench.runOver(source);
    const next = slicesOf([scan('a')]);
    const again = await bench.runOver(next);

    // Assert
    expect(report.outcome).toBe('unfinished');
    expect(report.left).toEqual([
      { scan: 'a', from: '2026-11-20T12:00:00.000Z', to: '2026-11-21T11:57:00.000Z' },
    ]);
    expect(again).toMatchObject({ outcome: 'done', left: [] });
  });

  it('goes on with the other outlets when the list of one is refused', async () => {
    const bench = openReconciliation(tables, { stores: ['outlets'] });
    const source = slicesOf([scan('bad'), scan('good')], async ({ scan: { name } }) => {
      if (name === 'bad') throw failing('refused', { status: 400 });
      return [];
    });

    const report = await bench.runOver(source);

    expect(report.outcome).toBe('failed');
    expect(report.problems).toEqual([expect.stringMatching(/^bad: bazaar orders\.list: HTTP 400/)]);
    expect(source.compared.filter((slice) => slice.startsWith('good'))).toHaveLength(3);
    expect(new Set(report.left.map((gap) => gap.scan))).toEqual(new Set(['bad']));
    expect(bench.metrics.total('ReconcileFailed')).toBe(1);
  });

  it('goes on with the other outlets when one may not be read, and pauses nothing', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['forbidden-outlet'] });
    const source = slicesOf([scan('bad'), scan('good')], async ({ scan: { name } }) => {
      if (name === 'bad') throw failing('auth-failed', { status: 403 });
      return [];
    });

    // Act
    const reports = [await bench.runOver(source), await bench.runOver(source)];

    // Assert
    for (const { outcome, problems, left } of reports) {
      expect([outcome, problems]).toEqual(['failed', [expect.stringMatching(/^bad: .*HTTP 403/)]]);
      expect(new Set(left.map((gap) => gap.scan))).toEqual(new Set(['bad']));
    }
    expect(await bench.circuit.check()).toEqual({ allowed: true, probe: false });
  });

  it('pauses the platform when no outlet may be read', async () => {
    const bench = openReconciliation(tables, { stores: ['forbidden-all'] });
    const forbidden = slicesOf([scan('a'), scan('b')], async () => {
      throw failing('auth-failed', { status: 403 });
    });

    const report = await bench.runOver(forbidden);

    expect(report.outcome).toBe('paused');
    expect(forbidden.compared).toHaveLength(2);
    expect(await bench.circuit.check()).toMatchObject({ allowed: false });
  });

  it('ends at an outage of the platform and loses nothing of what it was to compare', async () => {
    const bench = openReconciliation(tables, { stores: ['outage'] });
    const outage = slicesOf([scan('a')], async () => {
      throw failing('retry-later');
    });

    const report = await bench.runOver(outage);
    const after = await bench.runOver(slicesOf([scan('a')]));

    expect(report).toMatchObject({ outcome: 'failed', problems: [expect.stringContaining('HTTP 500')] });
    expect(outage.compared).toHaveLength(3);
    expect(after).toMatchObject({ outcome: 'done' });
  });

  it.each(['refused', 'invalid-response', 'retry-later'] as const)(
    'goes on with what is older when one stretch of time is %s for ever',
    async (kind) => {
      // Arrange
      const bench = openReconciliation(tables, { stores: [`stretch-${kind}`] });
      const source = slicesOf([scan('a', { firstMs: days(9) })], async ({ from }) => {
        if (from > Date.parse('2026-11-21T00:00:00Z')) throw failing(kind);
        return [];
      });

      // Act
      const report = await bench.runOver(source);

      // Assert
      expect(report).toMatchObject({ outcome: 'failed' });
      expect(report.left).toEqual([
        { scan: 'a', from: '2026-11-21T11:57:00.000Z', to: '2026-11-22T11:57:00.000Z' },
      ]);
    },
  );

  it('keeps its report also where more outlets fail than an item has room for', async () => {
    // Arrange
    const bench = openReconciliation(tables, {
      stores: ['many-fail'],
      settings: { rate: { perSecond: 1000, burst: 10_000 } },
    });
    const outlets = Array.from({ length: 120 }, (_, number) => scan(`outlet-${number}`));
    const source = slicesOf(outlets, async () => {
      throw failing('refused', { status: 400, detail: 'x'.repeat(3500) });
    });

    // Act
    const report = await bench.runOver(source);

    // Assert
    expect(report.problems).toHaveLength(101);
    expect(report.problems.at(-1)).toBe('20 more problems like these');
    expect(await bench.reconcilers[0]?.reports.latest()).toMatchObject({ outcome: 'failed' });
  });

  it('pauses the platform when the credential is refused, and stays away until a probe is due', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['paused'] });
    const refused = slicesOf([scan('a')], async () => {
      throw failing('auth-failed', { status: 401, remedy: 'Put in a new token.' });
    });

    // Act
    const first = await bench.runOver(refused);
    const second = await bench.runOver(refused);
    bench.clock.move(6 * 60_000);
    const probe = await bench.runOver(slicesOf([scan('a')]));

    // Assert
    expect([first.outcome, second.outcome, probe.outcome]).toEqual(['paused', 'paused', 'done']);
    expect(second.problems).toEqual(['orders.list was answered 401. Put in a new token.']);
    expect(refused.compared).toHaveLength(1);
    expect(await bench.circuit.check()).toEqual({ allowed: true, probe: false });
    expect(bench.metrics.total('ReconcileFailed')).toBe(0);
  });

  it('notices when another run moved a scan on, and does not write over it', async () => {
    const bench = openReconciliation(tables, { stores: ['overtaken'] });
    await bench.runOver(slicesOf([scan('a')]));
    // So much that a run has something to write.
    bench.clock.move(minutes(40));
    const lease = { acquire: async () => true, release: async () => {} };
    const source = slicesOf([scan('a')], async () => {
      await bench.runOver(slicesOf([scan('a')]), { change: { lease } });
      return [];
    });

    const report = await bench.runOver(source, { change: { lease } });

    expect(report).toMatchObject({ outcome: 'failed' });
    expect(report.problems[0]).toContain('another run moved scan a on');
  });

  it('leaves its lease and its gaps in order when the table fails in the middle', async () => {
    const bench = openReconciliation(tables, { stores: ['crash'] });
    const source = slicesOf([scan('a')], async () => {
      if (source.compared.length === 2) throw new Error('the table is gone');
      return [];
    });

    const crashed = await bench.runOver(source);
    const after = slicesOf([scan('a')]);
    const report = await bench.runOver(after);

    expect(crashed).toMatchObject({ outcome: 'failed', problems: ['Error'] });
    expect(report.outcome).toBe('done');
    expect(after.compared).toContain('a 2026-11-20T11:57');
  });
});
