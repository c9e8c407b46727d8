import { expect, it } from 'vitest';
import { redactedRow } from '../../functions/pipeline/replay/redacted-row.ts';
import { summaryColumns, summaryOf } from '../../ops/row-summary.ts';
import { rowOf } from '../storage/samples.ts';

it('a row that an erasure left of an order that never came says so, and not that it was seen in 1970', () => {
  const {
    order: _,
    personal: __,
    ...row
  } = rowOf('1', {
    observedAt: 0,
    erased: { at: Date.parse('2026-11-22T12:00:00Z'), because: 'operator', request: 'r' },
  });

  expect(summaryColumns(summaryOf(row)).at(-1)).toBe('never came; its person stays out');
  expect(JSON.stringify(redactedRow(row))).not.toContain('1970-01-01T00:00:00.000Z');
});
