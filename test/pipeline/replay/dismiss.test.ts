import { describe, expect, it } from 'vitest';
import { dismiss } from '../../../functions/pipeline/replay/dismiss.ts';
import { createOrderStore } from '../../../functions/storage/orders.ts';
import { createOrderIndex } from '../../../functions/storage/row-index.ts';
import { rowOf } from '../../storage/samples.ts';
import { movedClock } from '../../support/fakes.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const orders = () => createOrderStore(tables.client, tables.table);
const listed = async () =>
  (await createOrderIndex(tables.client, tables.table).needsReview('shop')).map(
    ({ platformOrderId }) => platformOrderId,
  );
const review = { reason: 'schema-mismatch', problem: 'total: invalid_type', at: 1 } as const;

describe('a row that somebody has dealt with', () => {
  it('leaves the list of what needs review and stays as it is', async () => {
    const row = rowOf('1', { state: 'needs-review', review });
    await orders().put(row, 0);
    expect(await listed()).toContain('1');

    const result = await dismiss({ orders: orders(), clock }, row);

    expect(result).toBe('dismissed');
    expect(await listed()).not.toContain('1');
    const kept = await orders().get(row);
    expect(kept).toEqual({ ...row, review: { ...review, dismissedAt: clock.now() }, revision: 2 });
    expect(await dismiss({ orders: orders(), clock }, row)).toBe('not-waiting');
  });

  it('is back on the list with the next thing about it that is not understood', async () => {
    const row = rowOf('2', { state: 'needs-review', review });
    await orders().put(row, 0);
    await dismiss({ orders: orders(), clock }, row);

    await orders().put({ ...row, review: { ...review, at: 2 }, revision: 3 }, 2);

    expect(await listed()).toContain('2');
  });

  it('has to be there, and to need review', async () => {
    const row = rowOf('3');
    await orders().put(row, 0);

    expect(await dismiss({ orders: orders(), clock }, row)).toBe('not-waiting');
    expect(await dismiss({ orders: orders(), clock }, { ...row, platformOrderId: 'none' })).toBe('not-held');
  });
});
