import { describe, expect, it } from 'vitest';
import { withAcknowledgeTerm } from '../../functions/domain/acknowledge-term.ts';
import { merge } from '../../functions/domain/merge.ts';
import { rowOf } from '../storage/samples.ts';
import { sampleOrder } from '../support/sample-order.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const DAY_MS = 24 * 3600 * 1000;
const term = (row = rowOf('1'), current?: ReturnType<typeof rowOf>) =>
  withAcknowledgeTerm(row, current, NOW, { hours: 4 }).acknowledgeBy;
const placed = (daysAgo: number) => {
  const placedAt = new Date(NOW - daysAgo * DAY_MS).toISOString();
  const { personal: _, ...order } = sampleOrder({ placedAt });
  return rowOf('1', { order });
};

describe('a new order', () => {
  it('should be acknowledged within the configured hours', () => {
    expect(term()).toBe('2026-11-22T16:00:00.000Z');
  });

  it('that was found late should be too, one that was placed a week ago should not', () => {
    expect([term(placed(6)), term(placed(8))]).toEqual(['2026-11-22T16:00:00.000Z', undefined]);
  });

  it('is waited for by nobody where the merchant does not say so', () => {
    expect(withAcknowledgeTerm(rowOf('1'), undefined, NOW, undefined)).toEqual(rowOf('1'));
  });

  it('is new when it is understood at last, and no longer when it changes', () => {
    const { order: _, ...notUnderstood } = rowOf('1', { state: 'needs-review' });

    expect([term(rowOf('1'), notUnderstood), term(rowOf('1'), rowOf('1'))]).toEqual([
      '2026-11-22T16:00:00.000Z',
      undefined,
    ]);
    expect(term(notUnderstood)).toBeUndefined();
  });
});

describe('what the merchant said of an order', () => {
  it('stays when the platform changes it', () => {
    const said = {
      acknowledgeBy: '2026-11-22T16:00:00.000Z',
      acknowledgeClient: 'erp',
      acknowledgements: { erp: { erpId: 'SO-1', version: 1, at: '2026-11-22T13:00:00.000Z' } },
    };
    const current = rowOf('1', said);
    const order = sampleOrder({ platformOrderId: '1', status: 'confirmed' });

    const { row } = merge(
      current,
      { key: current, reading: { order }, observedAt: NOW + 1, origin: 'webhook', correlationId: 'c' },
      NOW + 1,
      { truth: 'pushed', finalStatuses: new Set() },
    );

    expect(row).toMatchObject({ version: 2, ...said });
  });
});
