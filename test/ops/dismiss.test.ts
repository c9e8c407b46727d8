import { expect, it } from 'vitest';
import { dismissOrders } from '../../ops/actions/dismiss.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { rowOf } from '../storage/samples.ts';

const review = { reason: 'schema-mismatch', problem: 'total: invalid_type', at: 1 } as const;

it.each([
  ['waits for a person', rowOf('1', { state: 'needs-review', review }), 'would be dismissed'],
  ['needs no review', rowOf('1'), 'not-waiting'],
  [
    'was dismissed before',
    rowOf('1', { state: 'needs-review', review: { ...review, dismissedAt: 2 } }),
    'not-waiting',
  ],
  ['is not there', undefined, 'not-held'],
])('a dry run of a dismissal says what it would come to where the row %s', async (_, row, result) => {
  const context = { storeOf: () => ({ orders: { get: async () => row } }) } as unknown as OperatorContext;

  const said = await dismissOrders(context, [rowOf('1')], { reason: 'entered by hand', dryRun: true });

  expect(said.map((one) => one.result)).toEqual([result]);
});
