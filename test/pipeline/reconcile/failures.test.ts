import { describe, expect, it } from 'vitest';
import { days, type Scan } from '../../../functions/pipeline/reconcile/scan-plan.ts';
import type { Slice } from '../../../functions/pipeline/reconcile/source.ts';
import { localTables } from '../../support/local-tables.ts';
import { benchOf as benchOn, failing, scan, sourceOf } from './fake-source.ts';

const tables = localTables();
const benchOf = (scope: string) => benchOn(tables, scope);

describe('a reconciliation that meets failures', () => {
  it('keeps a slice in which an order is not safe yet, and does the others', async () => {
    // Prepare
    const bench = benchOf('unsafe');
    const compare = async (slice: Slice<Scan>) => slice.from > Date.parse('2026-11-21T00:00:00Z');

    // Act
    const report = await bench.run(sourceOf([scan('a', { firstMs: days(2) })], compare));
    const next = sourceOf([scan('a')]);
    const again = await bench.run(next);

    // Assess
    expect(report.outcome).toBe('unfinished');
    expect(report.left).toEqual([
      { scan: 'a', from: '2026-11-20T12:00:00.000Z', to: '2026-11-21T11:57:00.000Z' },
    ]);
    expect(again).toMatchObject({ outcome: 'done', left: [] });
  });

  it('goes on with the other outlets when the list of one is refused', async () => {
    const bench = benchOf('outlets');
    const source = sourceOf([scan('bad'), scan('good')], async ({ scan: { name } }) => {
      if (name === 'bad') throw failing('refused', { status: 400 });
      return true;
    });

    const report = await bench.run(source);

    expect(report.outcome).toBe('failed');
    expect(report.problems).toEqual([expect.stringMatching(/^bad: nuvemshop orders\.list: HTTP 400/)]);
    expect(source.compared.filter((slice) => slice.startsWith('good'))).toHaveLength(3);
    expect(new Set(report.left.map((gap) => gap.scan))).toEqual(new Set(['bad']));
    expect(bench.metrics.total('ReconcileFailed')).toBe(1);
  });

  it('ends at an outage of the platform and loses nothing of what it was to compare', async () => {
    const bench = benchOf('outage');
    const outage = sourceOf([scan('a')], async () => {
      throw failing('retry-later');
    });

    const report = await bench.run(outage);
    const after = await bench.run(sourceOf([scan('a')]));

    expect(report).toMatchObject({ outcome: 'failed', problems: [expect.stringContaining('HTTP 500')] });
    expect(outage.compared).toHaveLength(3);
    expect(after).toMatchObject({ outcome: 'done' });
  });

  it.each(['refused', 'invalid-response', 'retry-later'] as const)(
    'goes on with what is older when one stretch of time is %s for ever',
    async (kind) => {
      // Prepare
      const bench = benchOf(`stretch-${kind}`);
      const compare = async ({ from }: Slice<Scan>) => {
        if (from > Date.parse('2026-11-21T00:00:00Z')) throw failing(kind);
        return true;
      };

      // Act
      const report = await bench.run(sourceOf([scan('a', { firstMs: days(9) })], compare));

      // Assess
      expect(report).toMatchObject({ outcome: 'failed' });
      expect(report.left).toEqual([
        { scan: 'a', from: '2026-11-21T11:57:00.000Z', to: '2026-11-22T11:57:00.000Z' },
      ]);
    },
  );

  it('pauses the platform when the credential is refused, and stays away until a probe is due', async () => {
    // Prepare
    const bench = benchOf('paused');
    const refused = sourceOf([scan('a')], async () => {
      throw failing('auth-failed', { status: 401, remedy: 'Put in a new token.' });
    });

    // Act
    const first = await bench.run(refused);
    const second = await bench.run(refused);
    bench.clock.move(6 * 60_000);
    const probe = await bench.run(sourceOf([scan('a')]));

    // Assess
    expect([first.outcome, second.outcome, probe.outcome]).toEqual(['paused', 'paused', 'done']);
    expect(second.problems).toEqual(['orders.list was answered 401. Put in a new token.']);
    expect(refused.compared).toHaveLength(1);
    expect(await bench.pause.check()).toEqual({ allowed: true, probe: false });
    expect(bench.metrics.total('ReconcileFailed')).toBe(0);
  });

  it('notices when another run moved a track on, and does not write over it', async () => {
    const bench = benchOf('overtaken');
    await bench.run(sourceOf([scan('a')]));
    const lease = { acquire: async () => true, release: async () => {} };
    const source = sourceOf([scan('a')], async () => {
      await bench.run(sourceOf([scan('a')]), { change: { lease } });
      return true;
    });

    const report = await bench.run(source, { change: { lease } });

    expect(report).toMatchObject({ outcome: 'failed' });
    expect(report.problems[0]).toContain('another run moved scan a on');
  });

  it('leaves its lease and its gaps in order when the table fails in the middle', async () => {
    const bench = benchOf('crash');
    const source = sourceOf([scan('a')], async () => {
      if (source.compared.length === 2) throw new Error('the table is gone');
      return true;
    });

    const crashed = await bench.run(source);
    const after = sourceOf([scan('a')]);
    const report = await bench.run(after);

    expect(crashed).toMatchObject({ outcome: 'failed', problems: ['Error: the table is gone'] });
    expect(report.outcome).toBe('done');
    expect(after.compared).toContain('a 2026-11-20T11:57');
  });
});
