import { describe, expect, it, vi } from 'vitest';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { createAliases } from '../../functions/storage/aliases.ts';
import { getOrders } from '../../functions/storage/order-batches.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createOrderIndex } from '../../functions/storage/row-index.ts';
import { noteOrders } from '../../ops/commands/orders-note.ts';
import { rowOf } from '../storage/samples.ts';
import { localTables } from '../support/local-tables.ts';
import { whatIsPrinted } from '../support/printed.ts';

const tables = localTables();
const { said } = whatIsPrinted();

/** A store with one order, called by a number that nobody noted. */
async function givenUp(storeId: string) {
  const orders = createOrderStore(tables.client, tables.table);
  const aliases = createAliases(tables.client, tables.table);
  const row = rowOf('1042', { storeId });
  const displayNumber = `N-${storeId}`;
  const order = { ...row.order!, storeId, displayNumber };
  await orders.put({ ...row, order }, 0);
  const trail: unknown[] = [];
  const context = {
    orders,
    ordersOf: (keys: readonly OrderKey[]) => getOrders(tables.client, tables.table, keys, orders.get),
    aliases,
    index: createOrderIndex(tables.client, tables.table),
    stores: [{ platform: row.platform, storeId }],
    control: { clock: { now: () => Date.parse(row.changedAt) + 1000 } },
    audited: async (what: string, details: object, work: (id: string) => Promise<unknown>) => {
      trail.push([what, details, await work('ops-1')]);
    },
  } as unknown as Parameters<typeof noteOrders>[0];
  const from = Date.parse(row.changedAt);
  return {
    orders,
    aliases,
    row: { ...row, order },
    trail,
    note: (dryRun = false) => noteOrders(context, [], { from, dryRun, json: true }),
    noteOne: (name: string) => noteOrders(context, [name], { dryRun: false, json: true }),
    foundBy: async (text: string) =>
      (await aliases.find(text, 5)).matches.map(({ key }) => key.platformOrderId),
    displayNumber,
  };
}

describe('noting orders again', () => {
  it('finds an order by its number that the tracker gave up', async () => {
    const { note, foundBy, displayNumber, trail } = await givenUp('noted');

    const code = await note();

    expect([code, await foundBy(displayNumber)]).toEqual([0, ['1042']]);
    expect(said()).toMatchObject({ orders: 1, failed: [] });
    expect(trail).toEqual([
      ['orders note', { orders: 1 }, { texts: expect.any(Number) as number, failed: 0 }],
    ]);
  });

  it('says in a dry run how many there are, and notes none', async () => {
    const { note, foundBy, displayNumber, trail } = await givenUp('dry');

    const code = await note(true);

    expect([code, said()]).toMatchObject([0, { dryRun: true, orders: 1 }]);
    expect([await foundBy(displayNumber), trail]).toEqual([[], []]);
  });

  it('forgets what the order is not called any more, where it changes meanwhile', async () => {
    const { note, foundBy, displayNumber, orders, row } = await givenUp('changed');
    const { get } = orders;
    const renamed = { ...row, order: { ...row.order, displayNumber: 'another' } };
    // It is read to be noted, and once more after that.
    vi.spyOn(orders, 'get').mockImplementationOnce(get).mockResolvedValueOnce(renamed);

    await note();

    expect(await foundBy(displayNumber)).toEqual([]);
  });

  it('says of an order that is not there that it could not be noted', async () => {
    const { noteOne, row } = await givenUp('absent');

    const code = await noteOne(`${row.platform}:absent:4711`);

    const problem = expect.stringContaining('not in the table') as string;
    expect([code, said().failed]).toEqual([1, [{ order: `${row.platform}:absent:4711`, problem }]]);
  });

  it('names an order that could not be noted, and asks for a person', async () => {
    const { note, aliases } = await givenUp('failing');
    vi.spyOn(aliases, 'add').mockRejectedValue(new Error('the table does not answer'));

    const code = await note();

    expect([code, said().failed]).toMatchObject([1, [{ order: expect.stringMatching(/:1042$/) as string }]]);
  });
});
