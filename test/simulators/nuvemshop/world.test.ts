import { describe, expect, it } from 'vitest';
import { at, openShop } from './open-shop.ts';

describe('the world', () => {
  it('is the same for the same seed, to the last byte', async () => {
    const day = async (seed: number) => {
      const { world, clock } = await openShop({ seed, stores: [{ locations: 2 }] });
      for (let i = 0; i < 40; i += 1) {
        world.place();
        world.step();
        world.step();
        await clock.advance(1000);
      }
      return JSON.stringify(world.truth());
    };
    const first = await day(7);
    expect(await day(7)).toBe(first);
    expect(await day(8)).not.toBe(first);
  });

  it('goes on where an app made a customer without an address', async () => {
    const { world, call } = await openShop();
    await call('POST', '/customers', { body: { name: 'Persona Inventada', email: 'inventada@example.com' } });

    const placed = Array.from({ length: 40 }, () => world.place());

    expect(new Set(placed).size).toBe(40);
  });

  it('tells the truth exactly as the API prints it', async () => {
    const { world, get } = await openShop({ stores: [{ plan: 'next', locations: 2 }] });
    for (let i = 0; i < 30; i += 1) {
      world.place();
      world.step();
    }
    for (const { storeId, orderId, json } of world.truth()) {
      const reply = await get(`/orders/${orderId}?aggregates=fulfillment_orders,custom_fields`, {
        store: storeId,
      });
      expect(reply.json).toEqual(JSON.parse(JSON.stringify(json)));
    }
  });

  it('leads every order to an end, and some of them through changes of mind', async () => {
    const { world, store } = await openShop({ seed: 3 });
    const actions = new Set<string>();
    for (let i = 0; i < 60; i += 1) {
      const orderId = world.place();
      for (let step = 0; step < 40; step += 1) actions.add(world.step(orderId).action);
    }
    const ends = new Set([...store.orders.values()].map(({ status }) => status));
    expect([...ends].toSorted()).toEqual(['cancelled', 'closed']);
    expect([...actions].toSorted()).toEqual([
      'archived',
      'cancelled',
      'delivered',
      'dispatched',
      'edited',
      'moved',
      'noted',
      'nothing',
      'packed',
      'paid',
    ]);
  });

  it('splits some orders of a shop with several warehouses', async () => {
    const { world, store } = await openShop({ stores: [{ plan: 'next', locations: 2 }] });
    for (let i = 0; i < 40; i += 1) world.place();
    const split = [...store.orders.values()].find(({ fulfilmentOrders }) => fulfilmentOrders.length === 2);
    const [first] = split!.fulfilmentOrders;
    world.pack(String(split!.id), first!.id);
    const told = world.truth().find(({ orderId }) => orderId === String(split!.id));
    expect(at(told?.json, 'shipping_status')).toBe('partially_packed');
  });

  it('has some orders fetched in the shop, and some at a branch of a carrier', async () => {
    const { world, store } = await openShop();

    for (let i = 0; i < 60; i += 1) world.place();

    const fetched = [...store.orders.values()]
      .flatMap(({ fulfilmentOrders }) => fulfilmentOrders)
      .filter(({ shipping: { type } }) => type === 'pickup')
      .map(({ shipping: { carrier } }) => `${carrier.code} ${carrier.name}`);
    expect([...new Set(fetched)].toSorted()).toEqual(['api Correo de Prueba', 'locale Retiro en el local']);
  });

  it('invents buyers that nobody can be', async () => {
    const { world, store } = await openShop();
    for (let i = 0; i < 50; i += 1) world.place();
    for (const { email, identification, phone } of store.customers.values()) {
      expect(email).toMatch(/^buyer-\d{6}@example\.com$/);
      expect(identification).toMatch(/^000\d{5}$/);
      expect(phone).toContain('5550');
    }
  });

  it('changes an order in every way that a merchant can', async () => {
    const { world } = await openShop();
    const orderId = world.place();
    const order = () => world.truth()[0]?.json;
    const before = at(order(), 'shipping_address', 'number');
    world.changeNote(orderId, 'Nota');
    world.changeOwnerNote(orderId, 'Interna');
    world.changeAddress(orderId);
    expect(order()).toMatchObject({ note: 'Nota', owner_note: 'Interna' });
    expect(at(order(), 'shipping_address', 'number')).not.toBe(before);
    world.setPayment(orderId, 'refunded');
    expect(order()).toMatchObject({ payment_status: 'refunded', total_paid_by_customer: '0.00' });
    world.archive(orderId);
    world.reopen(orderId);
    expect(order()).toMatchObject({ status: 'open' });
    world.pack(orderId);
    expect(() => world.edit(orderId)).toThrow(/unpack it before editing/);
    world.cancel(orderId);
    expect(() => world.edit(orderId)).toThrow(/only an open order/);
  });

  it('says what is missing when asked for something unknown', async () => {
    const { world } = await openShop({ stores: [{ accessToken: null }] });
    expect(() => world.pay('1')).toThrow('Order 1 does not exist');
    expect(() => world.place('9')).toThrow('Store 9 does not exist');
    expect(() => world.setStock(1, 1)).toThrow('Variant 1 does not exist');
    expect(() => world.credentials()).toThrow(/not installed/);
    expect(world.install()).toBe(world.credentials().accessToken);
  });
});
