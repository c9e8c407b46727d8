import { describe, expect, it, vi } from 'vitest';
import { parseItemName } from '../../functions/domain/item-name.ts';
import { ended } from '../../functions/outbound/commands/endings.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createCommandLeases } from '../../functions/storage/command-leases.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import type { PedidosYaOrder } from '../../local/platforms/pedidosya/orders/order.ts';
import { giveParcels } from '../platforms/nuvemshop/commands/bench.ts';
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
  configure({ nuvemshop }) {
    for (const store of nuvemshop.stores) store.customers = true;
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

describe('a customer of the merchant’s system', () => {
  it('goes to Nuvemshop, comes back as a row, and is erased with what was being written of it', async () => {
    const PERSON = /Persona Inventada|inventada@example|30111222/;
    const wanted = { name: 'Persona Inventada', email: 'inventada@example.com', document: '30111222' };
    const own = `nuvemshop:${STORE}:erp-customer:C-1042`;
    const path = `/v1/customers/${encodeURIComponent(own)}`;
    const put = (body: object) => erp.put('/v1/customers/C-1042?platform=nuvemshop', body);

    const given = await put(wanted);
    const done = await erp.ended(given.body.command);
    // The simulated store subscribes to no events of customers.
    await shop.cloud.invoke('Nuvemshop/Reconcile/Reconciler/Function', { customers: true });
    await expect.poll(async () => (await erp.get(path)).status, { timeout: 60_000 }).toBe(200);
    const { body: mirrored } = await erp.get(path);

    expect(given).toMatchObject({ status: 202, body: { customer: own, result: 'accepted' } });
    expect(done).toMatchObject({ state: 'done', seen: true, customer: own });
    expect(mirrored.personal).toMatchObject({ name: wanted.name, documentId: wanted.document });
    await expect
      .poll(async () => (await erp.eventsOf(own)).map(({ type }) => type), { timeout: 60_000 })
      .toEqual(['command.done']);

    await ops('privacy', 'erase', mirrored.id, '--yes');

    expect((await erp.get(path)).body).toMatchObject({ erasedAt: expect.any(String) as string });
    expect((await put(wanted)).body).toMatchObject({ code: 'command-refused' });
    expect(JSON.stringify((await erp.get('/v1/events?limit=1000')).body)).not.toMatch(PERSON);
    expect(JSON.stringify(shop.logs)).not.toMatch(PERSON);
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

describe('the guide of Nuvemshop', () => {
  const effectsOf = (id: string, kind: string) =>
    shop.platforms
      .nuvemshop!.world.effects(id)
      .filter((effect) => effect.kind === kind)
      .map(({ what }) => what);

  it('parcels of several places each have their code and tracking events, and an invoice names its parcel', async () => {
    const { id, name, parcels } = await placedInParcels(2);
    const [first, second] = parcels;

    await erp.does(name, 'ready');
    await erp.does(name, 'dispatch', { parcel: first, code: 'BR1', notify: true });
    await erp.does(name, 'dispatch', { parcel: second, code: 'BR2' });
    await erp.does(name, 'track', { parcel: first, status: 'in_transit' });
    await erp.does(name, 'deliver', { parcel: first });

    expect(effectsOf(id, 'status')).toEqual([
      `${first} PACKED`,
      `${second} PACKED`,
      `${first} DISPATCHED`,
      `${second} DISPATCHED`,
      `${first} DELIVERED`,
    ]);
    expect(effectsOf(id, 'tracking')).toEqual([`${first} BR1 null`, `${second} BR2 null`]);
    expect(effectsOf(id, 'event')).toEqual([`${first} in_transit`, `${first} delivered`]);
    expect(effectsOf(id, 'mail')).toEqual([first]);
  });

  it('the same invoice, given five times at once and under new ids, is entered once', async () => {
    const { id, name, parcels } = await placedInParcels(2);
    const input = { key: 'NFE-1', link: 'https://nfe.example/1', parcel: parcels[1]! };
    const wanted = (command: string) => erp.give([{ id: command, order: name, command: 'invoice', input }]);
    const ids = ['invoice-a', 'invoice-b', 'invoice-c'];

    await Promise.all([...Array.from({ length: 5 }, () => wanted('invoice-same')), ...ids.map(wanted)]);
    const ended = [];
    for (const one of ['invoice-same', ...ids]) ended.push((await erp.ended(one)).state);

    expect(ended).toEqual(['done', 'done', 'done', 'done']);
    expect(shop.platforms.nuvemshop!.world.invoices(id)).toEqual([
      { key: 'NFE-1', link: 'https://nfe.example/1', fulfillment_order_id: parcels[1] },
    ]);
    expect(effectsOf(id, 'invoice')).toHaveLength(1);
  });

  it('a cancellation gives the stock back once, however many commands want it', async () => {
    const { id, name } = await placedInParcels(1);
    const input = { reason: 'inventory', restock: true };

    const given = await erp.give([
      { id: 'cancel-1', order: name, command: 'cancel', input },
      { id: 'cancel-2', order: name, command: 'cancel', input },
    ]);
    const [first, second] = [await erp.ended('cancel-1'), await erp.ended('cancel-2')];

    expect(given.map(({ result }) => result)).toEqual(['accepted', 'accepted']);
    expect(first).toMatchObject({ state: 'done' });
    expect(second).toMatchObject({ state: 'done', already: true });
    expect(effectsOf(id, 'status')).toEqual(['cancelled: inventory']);
    const back = shop.platforms.nuvemshop!.world.effects(id).filter(({ kind }) => kind === 'stock');
    expect(new Set(back.map(({ at }) => at)).size).toBe(1);
  });
});

/** A cancellation of which nobody knows whether it had its effect. */
async function putInDoubt(name: string, id: string): Promise<void> {
  const at = { client: shop.table.client, table: shop.cloud.tableName('Orders/Table'), clock: systemClock };
  const [key, now] = [parseItemName(name)!, Date.now()];
  const input = { reason: 'closed', restock: false };
  const wanted = { client: 'erp', id, command: 'cancel', input, sha256: '', correlationId: id } as const;
  const { command } = await createCommandStore(at).accept(key, { ...wanted, giveUpAt: now + 3_600_000 });
  const leases = createCommandLeases(at);
  const lease = await leases.take(key, id, 60_000);
  await leases.write(lease!, ended(command, 'in_doubt', now, { reason: 'A test wants it so.' }));
  await leases.release(lease!, undefined);
}

/** An order of Nuvemshop that has come in, divided among places. */
async function placedInParcels(count: number): Promise<{ id: string; name: string; parcels: string[] }> {
  const { world } = shop.platforms.nuvemshop!;
  const id = world.place();
  const store = world.platform.stores.get(Number(STORE))!;
  const scene = { platform: world.platform, store, now: Date.now() };
  const parcels = giveParcels(scene, store.orders.get(Number(id))!, count);
  return { id, name: await erp.orderNamed(`nuvemshop:${STORE}:${id}`), parcels };
}

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

  it('decides about commands that are in doubt: one is there, the other is done once more', async () => {
    const { name, order } = await placed(['UNIT']);
    for (const id of ['doubt-1', 'doubt-2']) await putInDoubt(name, id);

    const listed = await ops('commands', 'list');
    const there = await json('commands', 'resolve', 'erp', 'doubt-1', '--done');
    const again = await json('commands', 'resolve', 'erp', 'doubt-2', '--again');

    expect([listed.code, listed.out.match(/in_doubt/g)?.length]).toEqual([1, 2]);
    expect([there.said.state, again.said.state]).toEqual(['done', 'accepted']);
    expect(await erp.ended('doubt-2')).toMatchObject({ state: 'done', seen: true });
    expect(shop.platforms.pedidosya!.world.order(order.order_id).status).toBe('CANCELLED');
    const told = (await erp.eventsOf(name)).map(({ type }) => type);
    expect(told.filter((type) => type === 'command.in_doubt')).toHaveLength(2);
  });
});
