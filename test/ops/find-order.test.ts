import { beforeAll, describe, expect, it } from 'vitest';
import { getOrders } from '../../functions/storage/order-batches.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createOrderIndex } from '../../functions/storage/row-index.ts';
import { findOrders, orderMeant } from '../../ops/find-order.ts';
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
const context = () => ({
  stores: STORES,
  ordersOf: (keys: Parameters<typeof getOrders>[2]) =>
    getOrders(tables.client, tables.table, keys, orders().get),
  index: createOrderIndex(tables.client, tables.table),
  control: { ...tables, clock },
});
const DAY_MS = 24 * 3600 * 1000;
const daysAgo = (days: number) => new Date(clock.now() - days * DAY_MS - 1000).toISOString();

beforeAll(async () => {
  const plain = rowOf('1');
  const withOrder = (id: string, change: object, row: object = {}) =>
    rowOf(id, { changedAt: daysAgo(0), order: { ...plain.order!, ...change }, ...row });
  await orders().put(withOrder('id-1', { displayNumber: '1001' }), 0);
  await orders().put(withOrder('id-2', { displayNumber: '1002' }, { changedAt: daysAgo(5) }), 0);
  await orders().put(withOrder('id-3', { displayNumber: '1003' }, { platform: 'mall', storeId: 'm' }), 0);
  await orders().put(withOrder('id-4', { displayNumber: '1003' }), 0);
  const acknowledgements = { erp: { erpId: 'SO-77', version: 1, at: daysAgo(0) } };
  await orders().put(withOrder('id-5', { displayNumber: '1005' }, { acknowledgements }), 0);
  const fulfilment = {
    ...plain.order!.fulfilment,
    parcels: [{ parcelId: 'p', status: 'dispatched', platformStatus: 'x', trackingCode: 'TR-9' }],
  };
  await orders().put(withOrder('id-6', { displayNumber: '1006', fulfilment }), 0);
  // Its id is the number of another one.
  await orders().put(withOrder('1001', { displayNumber: '2001' }), 0);
});

const find = (text: string, days = 7) => findOrders(context(), text, { days });

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

  it('a number only as far back as is asked for, and says how far it has come', async () => {
    const days: string[] = [];

    const found = await findOrders(context(), '1002', { days: 3, progress: (day) => days.push(day) });

    expect(found).toEqual([]);
    expect(days).toHaveLength(3);
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
