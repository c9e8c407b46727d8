import { describe, expect, it } from 'vitest';
import {
  createRunStats,
  describeLeft,
  measure,
  type Outcome,
  type Report,
} from '../../../functions/pipeline/reconcile/report.ts';
import { countingMetrics } from '../../support/fakes.ts';

const report = (outcome: Outcome, change: Partial<Report> = {}): Report => ({
  runId: 'r',
  platform: 'bazaar',
  storeId: 's',
  dryRun: false,
  outcome,
  startedAt: '',
  endedAt: '',
  counts: { seen: 9, missing: 3, stale: 2, repaired: 4, failed: 1, missed: 2 },
  examples: [],
  problems: [],
  left: [],
  ...change,
});

describe('what a run counts', () => {
  it('is every order, and the first hundred by name', () => {
    const stats = createRunStats();

    for (let order = 0; order < 150; order += 1) stats.found('missing', `o-${order}`);
    stats.seen(7);
    stats.seen();
    stats.repaired({ missed: true });
    stats.repaired({ missed: false });

    expect(stats.counts).toEqual({ seen: 8, missing: 150, stale: 0, repaired: 2, failed: 0, missed: 1 });
    expect(stats.examples).toHaveLength(100);
    expect(stats.examples[0]).toEqual({ order: 'o-0', finding: 'missing' });
  });
});

describe('the metrics of a run', () => {
  it.each(['done', 'unfinished', 'paused', 'off'] as const)(
    'that is %s say that it ended well',
    (outcome) => {
      const metrics = countingMetrics();

      measure(metrics, report(outcome));

      expect([metrics.total('ReconcileCompleted'), metrics.total('ReconcileFailed')]).toEqual([1, 0]);
      expect(metrics.seen('ReconcileFailed')).toBe(false);
      expect(metrics.total('ReconcileSeen')).toBe(9);
      expect(metrics.total('ReconcileOrdersFailed')).toBe(1);
      expect(metrics.total('MissedEvents')).toBe(2);
    },
  );

  it('that failed say so, and what it found all the same', () => {
    const metrics = countingMetrics();

    measure(metrics, report('failed'));

    expect([metrics.total('ReconcileCompleted'), metrics.total('ReconcileFailed')]).toEqual([0, 1]);
    expect(metrics.total('ReconcileRepaired')).toBe(4);
  });

  it.each([
    ['a dry run', report('done', { dryRun: true })],
    ['a run that another kept out', report('busy')],
  ])('are none of %s', (_what, one) => {
    const metrics = countingMetrics();

    measure(metrics, one);

    expect(metrics.seen('ReconcileCompleted')).toBe(false);
    expect(metrics.seen('ReconcileSeen')).toBe(false);
  });
});

describe('what a run left to compare', () => {
  it('is told by scan in ISO times, the first fifty stretches', () => {
    const ranges = Array.from({ length: 40 }, (_, hour) => ({
      from: hour * 7_200_000,
      to: hour * 7_200_000 + 1,
    }));

    const left = describeLeft(
      new Map([
        ['a', ranges],
        ['b', ranges],
      ]),
    );

    expect(left).toHaveLength(50);
    expect(left[0]).toEqual({ scan: 'a', from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T00:00:00.001Z' });
    expect(left.at(-1)?.scan).toBe('b');
  });
});
