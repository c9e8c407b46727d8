import { describe, expect, it, vi } from 'vitest';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { getOrders } from '../../functions/storage/order-batches.ts';
import { createOrderClaims } from '../../functions/storage/order-claims.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createOrderIndex } from '../../functions/storage/row-index.ts';
import { type FollowCommand, followOrders } from '../../ops/commands/stock-follow.ts';
import { tellerShop } from '../outbound/stock/teller-shop.ts';
import { rowOf } from '../storage/samples.ts';
import { localTables } from '../support/local-tables.ts';
import { whatIsPrinted } from '../support/printed.ts';

const tables = localTables();
const { printed, said } = whatIsPrinted();

/** A shop with one order that nobody followed, which takes two of a SKU. */
async function givenUp() {
  const { teller, stock } = tellerShop(tables);
  const { platform, storeId } = teller.name;
  const sku = `FOLLOWED-${storeId}`;
  const orders = createOrderStore(tables.client, tables.table);
  const row = rowOf('1042', { storeId });
  const line = { lineId: 'l', name: 'T-shirt', unit: 'unit', sku, quantity: 2 } as const;
  const order = { ...row.order!, storeId, lines: [line] };
  await orders.put({ ...row, order }, 0);
  const trail: unknown[] = [];
  const hints: string[] = [];
  const context = {
    orders,
    ordersOf: (keys: readonly OrderKey[]) => getOrders(tables.client, tables.table, keys, orders.get),
    index: createOrderIndex(tables.client, tables.table),
    stores: [{ platform, storeId }],
    control: { clock: { now: () => Date.parse(row.changedAt) + 1000 } },
    stock: {
      settings: teller.settings,
      store: stock,
      claims: createOrderClaims(tables.client, tables.table),
      clock: teller.clock,
      sendHints: async () => void hints.push(storeId),
    },
    audited: async (what: string, details: object, work: (id: string) => Promise<unknown>) => {
      trail.push([what, details, await work('ops-1')]);
    },
  } as unknown as Parameters<typeof followOrders>[0];
  const from = Date.parse(row.changedAt);
  return {
    context,
    trail,
    hints,
    follow: (command: Partial<FollowCommand> = { from }, names: string[] = []) =>
      followOrders(context, names, { dryRun: false, json: true, ...command }),
    from,
    /** Units that are claimed, wherever they come from. */
    claimed: async () =>
      Object.values((await stock.get(sku))?.claimed ?? {}).reduce((sum, taken) => sum + taken, 0) / 1000,
  };
}

describe('following orders again', () => {
  it('claims what an order took that the tracker gave up, and has the channels told', async () => {
    const { follow, claimed, hints, trail } = await givenUp();

    const code = await follow();

    expect([code, await claimed(), hints]).toEqual([0, 2, [expect.any(String)]]);
    expect(said()).toEqual({ dryRun: false, orders: 1, claims: 1, failed: [] });
    expect(trail).toEqual([['stock follow', { orders: 1 }, { claims: 1, failed: 0 }]]);
  });

  it('changes nothing of an order that was followed', async () => {
    const { follow, claimed } = await givenUp();
    await follow();
    printed.length = 0;

    await follow();

    expect([said().claims, await claimed()]).toEqual([0, 2]);
  });

  it('says in a dry run how many claims there would be, and makes none', async () => {
    const { follow, claimed, hints, trail, from } = await givenUp();

    const code = await follow({ from, dryRun: true });

    expect([code, said().claims]).toEqual([0, 1]);
    expect([await claimed(), hints, trail]).toEqual([0, [], []]);
  });

  it('leaves alone what changed at another time', async () => {
    const { follow, claimed, from } = await givenUp();

    await follow({ from: from + 1 });

    expect([said().orders, await claimed()]).toEqual([0, 0]);
  });

  it('follows an order that is named', async () => {
    const { follow, claimed, context } = await givenUp();
    const { platform, storeId } = context.stores[0]!;

    await follow({}, [`${platform}:${storeId}:1042`]);

    expect(await claimed()).toBe(2);
  });

  it('names an order that could not be followed, and asks for a person', async () => {
    const { follow, context } = await givenUp();
    vi.spyOn(context.stock.claims, 'get').mockRejectedValue(new Error('the table does not answer'));

    const code = await follow();

    expect([code, said().failed]).toMatchObject([1, [{ order: expect.stringMatching(/:1042$/) as string }]]);
  });

  it('names an order that is not in the table', async () => {
    const { follow, context } = await givenUp();
    const { platform, storeId } = context.stores[0]!;

    const code = await follow({}, [`${platform}:${storeId}:1043`]);

    expect(code).toBe(1);
    expect(said().failed).toEqual([
      {
        order: `${platform}:${storeId}:1043`,
        problem: expect.stringContaining('not in the table') as string,
      },
    ]);
  });

  it('asks for an order or a filter, because that would mean every order there is', async () => {
    const { follow } = await givenUp();

    await expect(follow({})).rejects.toThrow('Name orders, or a filter');
  });
});
