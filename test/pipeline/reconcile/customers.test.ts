import { describe, expect, it } from 'vitest';
import type { CustomerRow } from '../../../functions/domain/customer-row.ts';
import { type BazaarCustomers, createBazaarCustomers } from '../../support/bazaar/customers.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { openReconciliation } from '../../support/bazaar/reconcile-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();

function open(storeId: string) {
  let customers: BazaarCustomers | undefined;
  const bed = openReconciliation(tables, {
    stores: [storeId],
    change(platform) {
      customers = createBazaarCustomers(platform, storeId);
      return { resources: customers.resources };
    },
  });
  const key = (platformCustomerId: string) => ({ platform: 'bazaar', storeId, platformCustomerId });
  return {
    ...bed,
    customers: customers!,
    customerRow: (id: string): Promise<CustomerRow | undefined> => bed.context().customers.get(key(id)),
    copiesOf: (id: string) => bed.context().raws.list(key(id)),
    async erase(id: string) {
      const row = (await bed.context().customers.get(key(id)))!;
      const { personal: _, ...rest } = row;
      const erased = { at: bed.clock.now(), because: 'operator', request: 'c-1' } as const;
      await bed.context().customers.put({ ...rest, erased, revision: row.revision + 1 }, row.revision);
    },
  };
}

describe('comparing customers', () => {
  it('imports them all at the first run', async () => {
    const bed = open('import');
    for (const id of ['1', '2']) bed.customers.put(id);

    const report = await bed.run();

    expect(report).toMatchObject({ outcome: 'done', customers: { seen: 2, missing: 2, failed: 0 } });
    expect(await bed.customerRow('2')).toMatchObject({ origin: { first: { via: 'reconcile' } } });
  });

  it('records what changed, and nothing of what is the same', async () => {
    const bed = open('changed');
    bed.customers.put('1');
    bed.customers.put('2');
    await bed.run();
    bed.customers.put('2', { acceptsMarketing: true });
    bed.clock.move(60_000);

    const report = await bed.run({ event: { customers: true } });

    expect(report.customers).toMatchObject({ seen: 2, stale: 1, missing: 0 });
    expect(await bed.customerRow('1')).toMatchObject({ revision: 1 });
    expect(await bed.customerRow('2')).toMatchObject({ version: 2 });
  });

  it('finds those that are deleted without a word', async () => {
    const bed = open('removed');
    bed.customers.put('1');
    bed.customers.put('2');
    await bed.run();
    bed.customers.remove('2');
    bed.clock.move(days(1));

    const report = await bed.run();

    expect(report.customers).toMatchObject({ removed: 1 });
    expect(await bed.customerRow('2')).toMatchObject({ removedAt: bed.clock.now() });
    expect(await bed.customerRow('2')).not.toHaveProperty('personal');
  });

  it('brings no erased person back', async () => {
    const bed = open('erased');
    bed.customers.put('1');
    await bed.run();
    await bed.erase('1');
    bed.customers.put('1', { acceptsMarketing: true });
    bed.clock.move(days(1));

    await bed.run();

    const row = await bed.customerRow('1');
    expect(row).toMatchObject({ customer: { acceptsMarketing: true } });
    expect(row).not.toHaveProperty('personal');
  });

  it('shows what cannot be understood once, and keeps no bytes that name a person', async () => {
    const bed = open('odd');
    bed.customers.putOdd('1');
    await bed.run();
    const first = await bed.customerRow('1');
    bed.clock.move(days(1));

    await bed.run();

    expect(first).toMatchObject({ state: 'needs-review' });
    expect(await bed.customerRow('1')).toEqual(first);
    expect(await bed.copiesOf('1')).toEqual([]);
  });
});

describe('a list of customers that no single run reads to its end', () => {
  /** A store with 40 customers of the last 320 days, all of whom the table has. */
  async function large(storeId: string) {
    const bed = open(storeId);
    for (let at = 0; at < 40; at += 1) {
      bed.customers.put(`c${at}`);
      bed.customers.createdAt(`c${at}`, bed.clock.now() - days(8 * at + 1));
    }
    await bed.run();
    bed.clock.move(days(1));
    return bed;
  }

  /** Runs with a few calls each, until nothing is left. Answers how many there were. */
  async function runsUntilDone(bed: Awaited<ReturnType<typeof large>>): Promise<number> {
    const { calls } = bed.customers;
    for (let runs = 1; runs <= 30; runs += 1) {
      const most = calls.made + 4;
      const remainingMs = () => (calls.made < most ? 300_000 : 0);
      const { outcome } = await bed.run({ remainingMs });
      if (outcome === 'done') return runs;
      bed.clock.move(minutes(15));
    }
    throw new Error('the runs came to no end');
  }

  it('is known whole after several runs, so that those that are gone are found', async () => {
    const bed = await large('several-runs');
    bed.customers.remove('c7');
    bed.customers.remove('c33');

    const runs = await runsUntilDone(bed);

    expect(runs).toBeGreaterThan(2);
    expect(await bed.customerRow('c7')).toHaveProperty('removedAt');
    expect(await bed.customerRow('c33')).toHaveProperty('removedAt');
    expect(bed.customers.asked.sort()).toEqual(['c33', 'c7']);
  });

  it('takes none for gone that another run has listed', async () => {
    const bed = await large('several-runs-kept');

    await runsUntilDone(bed);

    expect(bed.customers.asked).toEqual([]);
  });

  it('is begun anew on the next day', async () => {
    const bed = await large('several-runs-again');
    await runsUntilDone(bed);
    bed.customers.remove('c20');
    bed.clock.move(days(1));

    await runsUntilDone(bed);

    expect(await bed.customerRow('c20')).toHaveProperty('removedAt');
  });

  it('finds none gone where what was listed is not known any more', async () => {
    const bed = await large('several-runs-lost');
    bed.customers.remove('c7');
    bed.reconcilers[0]!.listedIds.load = async () => undefined;

    await runsUntilDone(bed);

    expect(bed.customers.asked).toEqual([]);
  });
});
