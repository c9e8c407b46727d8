import { describe, expect, it } from 'vitest';
import { reconcileRequest, reconcileStores } from '../../../functions/pipeline/reconcile/reconcile.ts';
import { createLease } from '../../../functions/storage/runs.ts';
import { minutes } from '../../support/bazaar/reconcile.ts';
import { openReconciliation } from '../../support/bazaar/reconcile-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const run = { requestId: 'r1', remainingMs: () => 300_000 };

function open(...stores: [string, ...string[]]) {
  const bed = openReconciliation(tables, { stores });
  const reconcileWith = (event: object = { scheduled: true }) =>
    reconcileStores(bed.reconcilers, reconcileRequest.parse(event), run);
  return { ...bed, reconcileWith };
}

describe('the reconciliation of several stores', () => {
  it('compares each by itself, one after the other', async () => {
    const bed = open('one', 'two');
    const [first, second] = [bed.placeAndWait(0), bed.placeAndWait(minutes(30), 'two')];

    const reports = await bed.reconcileWith();

    expect(reports.map(({ storeId, outcome }) => [storeId, outcome])).toEqual([
      ['one', 'done'],
      ['two', 'done'],
    ]);
    expect(bed.queue.sent.map(({ message }) => message)).toMatchObject([
      { storeId: 'one', orderId: first },
      { storeId: 'two', orderId: second },
    ]);
  });

  it('compares only the one that is named', async () => {
    const bed = open('this', 'that');

    const reports = await bed.reconcileWith({ storeId: 'that' });

    expect(reports.map(({ storeId }) => storeId)).toEqual(['that']);
  });

  it('refuses a store that is not in the configuration', async () => {
    const bed = open('here');

    await expect(bed.reconcileWith({ storeId: 'gone' })).rejects.toThrow(
      'store gone is not in the configuration',
    );
  });

  it('goes on with the others when one is busy, or lets nobody in', async () => {
    // Arrange
    const bed = open('busy', 'shut', 'fine');
    const lease = createLease({
      ...tables,
      name: { job: 'reconcile', platform: 'bazaar', storeId: 'busy' },
      clock: bed.clock,
    });
    await lease.acquire('another run', 60_000);
    bed.shop.revoke('shut');

    // Act
    const reports = await bed.reconcileWith();

    // Assert
    expect(reports.map(({ outcome }) => outcome)).toEqual(['busy', 'paused', 'done']);
    expect(await bed.context('fine').connection.circuit.check()).toMatchObject({ allowed: true });
  });
});
