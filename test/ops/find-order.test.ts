import { beforeAll, describe, expect, it } from 'vitest';
import { aliasesOf } from '../../functions/domain/alias.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { createAliases } from '../../functions/storage/aliases.ts';
import { getOrders } from '../../functions/storage/order-batches.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createOrderIndex } from '../../functions/storage/row-index.ts';
import { findOrders, orderMeant, searchOrders } from '../../ops/find-order.ts';
import { rowOf } from '../storage/samples.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const STORES = [
  { platform: 'shop', storeId: 's' },
  { platform: 'mall', storeId: 'm' },
];
const orders = () => createOrderStore(tables.client, tables.table);
const aliases = () => createAliases(tables.client, tables.table);
/** A row, and what the tracker notes of it. */
async function put(row: OrderRow): Promise<void> {
  await orders().put(row, 0);
  for (const alias of aliasesOf(row)) await aliases().add(alias, row);
}
const context = () => ({
  stores: STORES,
  ordersOf: (keys: Parameters<typeof getOrders>[2]) =>
    getOrders(tables.client, tables.table, keys, orders().get),
  index: createOrderIndex(tables.client, tables.table),
  aliases: aliases(),
  control: { ...tables, clock },
});
const DAY_MS = 24 * 3600 * 1000;
const daysAgo = (days: number) => new Date(clock.now() - days * DAY_MS - 1000).toISOString();

beforeAll(async () => {
  const plain = rowOf('1');
  const withOrder = (id: string, change: object, row: object = {}) =>
    rowOf(id, { changedAt: daysAgo(0), order: { ...plain.order!, ...change }, ...row });
  await put(withOrder('id-1', { displayNumber: '1001' }));
  await put(withOrder('id-2', { displayNumber: '1002' }, { changedAt: daysAgo(5) }));
  await put(withOrder('id-3', { displayNumber: '1003' }, { platform: 'mall', storeId: 'm' }));
  await put(withOrder('id-4', { displayNumber: '1003' }));
  const acknowledgements = { erp: { erpId: 'SO-77', version: 1, at: daysAgo(0) } };
  await put(withOrder('id-5', { displayNumber: '1005' }, { acknowledgements }));
  const fulfilment = {
    ...plain.order!.fulfilment,
    parcels: [{ parcelId: 'p', status: 'dispatched', platformStatus: 'x', trackingCode: 'TR-9' }],
  };
  await put(withOrder('id-6', { displayNumber: '1006', fulfilment }));
  // Its id is the number of another one.
  await put(withOrder('1001', { displayNumber: '2001' }));
});

const find = (text: string) => findOrders(context(), text);

describe('an order is found by', () => {
  it.each([
    ['shop:id-1', 'id-1', 'id'],
    ['shop:s:id-1', 'id-1', 'id'],
    ['shop#s#order#id-1', 'id-1', 'id'],
    ['id-1', 'id-1', 'id'],
    ['1002', 'id-2', 'number'],
    ['#1002', 'id-2', 'number'],
    ['shop:1002', 'id-2', 'number'],
    ['so-77', 'id-5', 'ERP id'],
    ['TR-9', 'id-6', 'tracking code'],
  ])('%s', async (text, platformOrderId, by) => {
    expect(await find(text)).toEqual([{ key: { platform: 'shop', storeId: 's', platformOrderId }, by }]);
  });

  it('its id rather than by a number that is the same', async () => {
    expect(await find('shop:1001')).toMatchObject([{ key: { platformOrderId: '1001' }, by: 'id' }]);
  });

  it('nothing that is a person', async () => {
    const { personal } = rowOf('1');

    expect(await find(personal!.name!)).toEqual([]);
  });

  it('one read for its ids and one for what it is called, however many orders there are', async () => {
    const { ordersOf, ...rest } = context();
    const read: string[] = [];
    const noted = {
      ...rest,
      ordersOf: (keys: Parameters<typeof ordersOf>[0]) => {
        read.push('ids');
        return ordersOf(keys);
      },
      aliases: {
        ...rest.aliases,
        find: (...asked: Parameters<ReturnType<typeof aliases>['find']>) => {
          read.push('alias');
          return rest.aliases.find(...asked);
        },
      },
      index: { ...rest.index, changes: () => Promise.reject(new Error('the orders were searched')) },
    };

    expect(await findOrders(noted, '1002')).toHaveLength(1);
    expect(await findOrders(noted, 'nobody-has-it')).toEqual([]);
    expect(read).toEqual(['ids', 'alias', 'ids', 'alias']);
  });

  it('its number in the orders themselves, as far back as is asked for, where nobody noted it', async () => {
    await orders().put(
      rowOf('unnoted', { changedAt: daysAgo(5), order: { ...rowOf('1').order!, displayNumber: '7007' } }),
      0,
    );
    const days: string[] = [];

    const late = await searchOrders(context(), '7007', { days: 3, progress: (day) => days.push(day) });
    const found = await searchOrders(context(), '7007', { days: 7 });

    expect([late.matches, days.length]).toEqual([[], 3]);
    expect(found.matches).toMatchObject([{ key: { platformOrderId: 'unnoted' }, by: 'number' }]);
  });
});

describe('the order that a command is about', () => {
  it('is the one of several that are meant which is named', async () => {
    await expect(orderMeant(context(), '1003')).rejects.toThrow(
      /mall:m:id-3.*shop:s:id-4|shop:s:id-4.*mall:m:id-3/,
    );
    expect(await orderMeant(context(), 'mall:1003')).toMatchObject({ platformOrderId: 'id-3' });
  });

  it('is meant by its own name alone where nothing can be undone', async () => {
    await expect(orderMeant(context(), 'shop:1002', true)).rejects.toThrow(/is the number of shop:s:id-2/);
    expect(await orderMeant(context(), 'shop:id-2', true)).toMatchObject({ platformOrderId: 'id-2' });
  });

  it('may be one that is not here, where its name says of which store it would be', async () => {
    expect(await orderMeant(context(), 'shop:999')).toEqual({ ...STORES[0], platformOrderId: '999' });
    await expect(orderMeant(context(), '999')).rejects.toMatchObject({ exit: 1 });
  });
});
