import { DeleteCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { type Reapplied, reapply } from '../../functions/pipeline/privacy/reapply.ts';
import { createErasureLedger } from '../../functions/storage/erasure-ledger.ts';
import { STORE_ERASURE_DELAY_MS } from '../../functions/storage/store-erasure.ts';
import { changed, openBazaar, received } from '../support/bazaar/bench.ts';
import { deliver } from '../support/deployment-bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

function open(store: string) {
  const bed = openBazaar(tables, { stores: [store] });
  const processor = bed.processor();
  const privacy = bed.privacy();
  const ours = async () => {
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.table }));
    return Items.filter(({ pk }) => String(pk).startsWith(`bazaar#${store}#`));
  };
  return {
    ...bed,
    privacy,
    work: deliver.bind(undefined, processor),
    async place(count: number): Promise<string[]> {
      const ids = Array.from({ length: count }, () => bed.shop.place(store).id);
      for (const id of ids) {
        bed.clock.move(1000);
        await deliver(processor, changed(bed, id));
      }
      return ids;
    },
    erase: (orders: string[]) =>
      received(bed, { shop: store, orders, customer: { id: '7' } }, { topic: 'erase-customer' }),
    /** The rows and bytes as they are now; the function returned makes the table so again. */
    async backup() {
      const items = await ours();
      return async () => {
        for (const { pk, sk } of await ours())
          await tables.client.send(new DeleteCommand({ TableName: tables.table, Key: { pk, sk } }));
        for (const Item of items) await tables.client.send(new PutCommand({ TableName: tables.table, Item }));
      };
    },
    again: (options: Partial<Parameters<typeof reapply>[1]> = {}) =>
      reapply(privacy, { dryRun: false, progress: () => {}, ...options }),
    persons: async (ids: string[]) =>
      (await Promise.all(ids.map((id) => bed.row(id)))).filter((row) => row?.personal !== undefined).length,
  };
}

describe('after a restore', () => {
  it('whoever was erased is back, and is erased again; nobody else is', async () => {
    // Arrange
    const bed = open('restored');
    const [first = '', kept = ''] = await bed.place(2);
    const restore = await bed.backup();
    const [later = ''] = await bed.place(1);
    await bed.work(bed.erase([first, later]));
    await restore();
    const back = await bed.persons([first]);

    // Act
    const total = await bed.again();

    // Assert
    expect(back).toBe(1);
    expect(total).toEqual({ entries: 2, erased: 1, 'erased-before': 0, 'not-held': 1, unknown: 0 });
    expect(await bed.row(first)).toMatchObject({ erased: { because: 'customer-request' } });
    expect(await bed.copies(first)).toEqual([]);
    expect(await bed.persons([first, later])).toBe(0);
    expect(await bed.persons([kept])).toBe(1);
  });

  it('an order that the restored table lacks loses its person when it comes', async () => {
    const bed = open('comes-back');
    const restore = await bed.backup();
    const [id = ''] = await bed.place(1);
    await bed.work(bed.erase([id]));
    await restore();

    await bed.again();
    bed.clock.move(60_000);
    bed.shop.change(id, { total: 99 });
    await bed.work(changed(bed, id));

    expect(await bed.row(id)).toMatchObject({ order: { totals: { total: 99 } } });
    expect(await bed.persons([id])).toBe(0);
  });

  it('a second time changes nothing', async () => {
    const bed = open('twice');
    const [id = ''] = await bed.place(1);
    await bed.work(bed.erase([id]));
    const row = await bed.row(id);

    const total = await bed.again();

    expect(total).toMatchObject({ entries: 1, erased: 0, 'erased-before': 1 });
    expect(await bed.row(id)).toEqual(row);
  });

  it('a dry run says what it would do, and changes nothing', async () => {
    const bed = open('dry');
    const [id = ''] = await bed.place(1);
    const restore = await bed.backup();
    await bed.work(bed.erase([id]));
    await restore();
    const seen: Reapplied[] = [];

    const total = await bed.again({ dryRun: true, progress: (one) => seen.push({ ...one }) });

    expect(total).toMatchObject({ entries: 1, erased: 1 });
    expect(seen).toEqual([total]);
    expect(await bed.persons([id])).toBe(1);
  });

  it('a store that was erased as a whole loses every person it had then, also of rows that no entry names', async () => {
    // Arrange: a row that was deleted before the erasure is back with the restored table.
    const bed = open('whole');
    const ids = await bed.place(3);
    const restore = await bed.backup();
    const [gone = ''] = ids;
    const row = await bed.row(gone);
    await bed.context().orders.remove(row!);
    bed.shop.revoke('whole');
    await bed.work(received(bed, { shop: 'whole' }, { topic: 'erase-store' }));
    bed.clock.move(STORE_ERASURE_DELAY_MS);
    const { request } = (await bed.privacy.erasure.read())!;
    const about = { correlationId: request, receivedAt: bed.clock.now(), attempts: 0 };
    await bed.work({ v: 1, kind: 'erase-store', storeId: 'whole', ...about });
    await restore();
    // The merchant came back, and sells again.
    bed.setSecret(bed.shop.grant('whole'));
    bed.clock.move(1000);
    await bed.circuit.resume('token', bed.clock.now());
    const newOnes = await bed.place(1);

    // Act
    const dry = await bed.again({ dryRun: true });
    const total = await bed.again();

    // Assert
    expect(dry).toMatchObject({ erased: 3, 'not-held': 0 });
    expect(total).toMatchObject({ erased: 3 });
    expect(await bed.persons(ids)).toBe(0);
    expect(await bed.persons(newOnes)).toBe(1);
  });

  it('a report that the restored table holds again goes with the orders in it', async () => {
    const bed = open('report');
    const [id = ''] = await bed.place(1);
    await bed.work(bed.erase([id]));
    await bed.privacy.reports.keep({
      id: 'r-1',
      storeId: 'report',
      producedAt: new Date(bed.clock.now()).toISOString(),
      held: { orders: [{ id }] },
      notHeld: {},
      remarks: [],
    });

    await bed.again();

    expect(await bed.privacy.reports.list()).toEqual([]);
  });

  it('the ledger of another table is applied, and copied', async () => {
    const bed = open('other-table');
    const [id = ''] = await bed.place(1);
    const other = createErasureLedger({ ...tables, platform: 'bazaar', storeId: 'as-it-was' });
    await other.add({ kind: 'order', id, at: 5, because: 'operator', request: 'ops-1' });

    await bed.again({ from: other });

    expect(await bed.persons([id])).toBe(0);
    const entries = [];
    for await (const page of bed.privacy.ledger.pages()) entries.push(...page);
    expect(entries).toEqual([{ kind: 'order', id, at: 5, because: 'operator', request: 'ops-1' }]);
  });

  it('an entry of a kind that nobody knows is counted, and stops nothing', async () => {
    const bed = open('unknown');
    await bed.privacy.ledger.add({ kind: 'parrot', id: '1', at: 1, because: 'operator', request: 'x' });
    const [id = ''] = await bed.place(1);
    const restore = await bed.backup();
    await bed.work(bed.erase([id]));
    await restore();

    const total = await bed.again();

    expect(total).toMatchObject({ unknown: 1, erased: 1 });
  });
});
