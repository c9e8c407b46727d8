import { describe, expect, it, vi } from 'vitest';
import type { PedidosYaOrder } from '../../local/platforms/pedidosya/orders/order.ts';
import { placeWith } from '../platforms/pedidosya/commands/bench.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';
import { DEMO_CHAIN } from '../support/routes.ts';
import { erpOf } from './erp.ts';
import { STORE } from './merchant.ts';

// Each flow waits for several functions, and several functions start cold.
vi.setConfig({ testTimeout: 180_000 });

const shop = deployedShop(101, {
  imotrizRate: { perSecond: 100, burst: 200 },
  configure: ({ pedidosya }) => {
    for (const chain of pedidosya.chains) chain.rate = { perSecond: 20, burst: 100 };
  },
});
const { ops, json } = operatorAt(shop);
const erp = erpOf(shop, json);

describe('an order travels in, is acknowledged, commanded, and seen changed', () => {
  it('at Nuvemshop, and in the feed', async () => {
    const { world } = shop.platforms.nuvemshop!;
    const id = world.place();
    const name = await erp.orderNamed(`nuvemshop:${STORE}:${id}`);
    await erp.acknowledge(name);

    const given = await erp.give([
      { id: 'nuvemshop-note', order: name, command: 'note', input: { text: 'Fragile' } },
      {
        id: 'nuvemshop-cancel',
        order: name,
        command: 'cancel',
        input: { reason: 'inventory', restock: true },
      },
    ]);
    const [note, cancel] = [await erp.ended('nuvemshop-note'), await erp.ended('nuvemshop-cancel')];

    expect(given.map(({ result }) => result)).toEqual(['accepted', 'accepted']);
    expect([note, cancel]).toMatchObject([
      { state: 'done', seen: true },
      { state: 'done', seen: true },
    ]);
    expect(world.effects(id).filter(({ kind }) => kind === 'status')).toHaveLength(1);
    await expect
      .poll(async () => (await erp.eventsOf(name)).map(({ type }) => type), { timeout: 60_000 })
      .toEqual(expect.arrayContaining(['order.created', 'order.cancelled', 'command.done']));
    const order = await erp.get(`/v1/orders/${encodeURIComponent(name)}?include=commands`);
    expect(order.body).toMatchObject({
      order: { status: 'cancelled' },
      commands: [{ id: 'nuvemshop-note', state: 'done' }, { id: 'nuvemshop-cancel' }],
    });
  });

  it('at iMotriz it says why nothing can be done there', async () => {
    const { world } = shop.platforms.imotriz!;
    world.place();
    await shop.cloud.invoke('Imotriz/Poll/Poller/Function', {});
    const name = await erp.anyOrderOf('imotriz');
    await erp.acknowledge(name);

    const [answer] = await erp.give([{ id: 'imotriz-1', order: name, command: 'ready' }]);

    expect(answer).toMatchObject({
      result: 'error',
      error: { code: 'command-refused', detail: expect.stringContaining('publishes no write call') },
    });
  });

  it('at PedidosYa, where the table has the new cart without any webhook', async () => {
    const { order, name } = await placed(['UNIT', 'UNIT']);
    await erp.acknowledge(name);

    await erp.does(name, 'items', { lines: [{ line: order.items[0]!._id, quantity: 9 }] });

    const { body } = await erp.get(`/v1/orders/${encodeURIComponent(name)}`);
    expect(body.order.lines[0].quantity).toBe(9);
  });
});

/** An order of PedidosYa that has come in. */
async function placed(types: ('UNIT' | 'KG')[]): Promise<{ order: PedidosYaOrder; name: string }> {
  const order = placeWith(shop.platforms.pedidosya!.world, 'nbet', types);
  return { order, name: await erp.orderNamed(`pedidosya:${DEMO_CHAIN}:${order.order_id}`) };
}

describe('the certification of PedidosYa', () => {
  it('fulfil, partial fulfil, change quantity, change weight, cancel, replace, add item', async () => {
    const { world } = shop.platforms.pedidosya!;
    const now = ({ order_id }: PedidosYaOrder) => world.order(order_id);
    const sku = (order: PedidosYaOrder) => {
      const ordered = new Set(order.items.map((item) => item.sku));
      for (let n = 1; n < 100; n += 1) {
        const one = `UY-${String(n).padStart(3, '0')}`;
        if (!ordered.has(one) && world.product('nbet', one) !== undefined) return one;
      }
      throw new Error('every product is in the order');
    };

    const fulfil = await placed(['UNIT', 'UNIT']);
    await erp.does(fulfil.name, 'ready');
    expect(now(fulfil.order)).toMatchObject({
      status: 'READY_FOR_PICKUP',
      items: [{ status: 'IN_CART' }, { status: 'IN_CART' }],
    });

    const partial = await placed(['UNIT', 'UNIT']);
    await erp.does(partial.name, 'items', { lines: [{ line: partial.order.items[1]!._id, quantity: 0 }] });
    await erp.does(partial.name, 'ready');
    expect(now(partial.order)).toMatchObject({
      status: 'READY_FOR_PICKUP',
      items: [{ status: 'IN_CART' }, { status: 'NOT_FOUND' }],
    });

    const quantity = await placed(['UNIT', 'UNIT']);
    await erp.does(quantity.name, 'items', { lines: [{ line: quantity.order.items[0]!._id, quantity: 7 }] });
    expect(now(quantity.order).items[0]?.pricing.quantity).toBe(7);

    const weight = await placed(['KG']);
    await erp.does(weight.name, 'items', {
      lines: [{ line: weight.order.items[0]!._id, weightKg: 1.25, quantity: 3 }],
    });
    expect(now(weight.order).items[0]?.pricing).toMatchObject({ weight: 1.25, weighted_pieces: 3 });

    const cancel = await placed(['UNIT']);
    await erp.does(cancel.name, 'cancel', { reason: 'inventory', restock: false });
    expect(now(cancel.order)).toMatchObject({
      status: 'CANCELLED',
      cancellation: { reason: 'ITEM_UNAVAILABLE' },
    });

    const replace = await placed(['UNIT', 'UNIT']);
    const other = sku(replace.order);
    await erp.does(replace.name, 'items', {
      lines: [{ line: replace.order.items[0]!._id, replacedBy: { sku: other, quantity: 2 } }],
    });
    await erp.does(replace.name, 'ready');
    expect(now(replace.order).items).toMatchObject([
      { status: 'REPLACED' },
      { status: 'IN_CART' },
      { sku: other, status: 'IN_CART' },
    ]);

    const add = await placed(['UNIT', 'UNIT']);
    await erp.does(add.name, 'items', { added: [{ sku: sku(add.order), quantity: 2, unitPrice: '12.50' }] });
    expect(now(add.order).items.at(-1)).toMatchObject({ status: 'ADDITION', pricing: { quantity: 2 } });
  });
});

describe('the operator', () => {
  it('gives a command, lists what is under way, and shows how it ended', async () => {
    const { name, order } = await placed(['UNIT']);
    const id = name.split(':').at(-1);

    const sent = await json(
      'commands',
      'send',
      `pedidosya:${id}`,
      'cancel',
      '--id',
      'by-hand',
      '--input',
      '{"reason":"closed","restock":false}',
    );
    const wrong = await ops('commands', 'send', `pedidosya:${id}`, 'pay');
    await expect
      .poll(async () => (await json('commands', 'show', 'operator', 'by-hand')).said.state, {
        timeout: 30_000,
      })
      .toBe('done');
    const listed = await ops('commands', 'list');
    const again = await ops('commands', 'retry', 'operator', 'by-hand');

    expect(sent.said).toMatchObject({ client: 'operator', command: 'cancel' });
    expect(shop.platforms.pedidosya!.world.order(order.order_id).status).toBe('CANCELLED');
    expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('Not kept: PedidosYa collects')]);
    expect([listed.code, listed.out]).toEqual([0, 'No command is under way.\n']);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('The command is done')]);
  });
});
