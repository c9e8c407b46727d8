import { describe, expect, it } from 'vitest';
import type { CustomerRow } from '../../../functions/domain/customer-row.ts';
import { type BazaarCustomers, createBazaarCustomers } from '../../support/bazaar/customers.ts';
import { days } from '../../support/bazaar/reconcile.ts';
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
