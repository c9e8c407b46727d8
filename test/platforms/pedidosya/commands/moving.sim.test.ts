import { describe, expect, it } from 'vitest';
import { errorOf } from '../harness.ts';
import { startOrder } from './bench.ts';

const DAY_MS = 86_400_000;

describe('ready and dispatch', () => {
  it('it is ready for pickup when PedidosYa carries it (documented), once', async () => {
    const shop = await startOrder();

    const first = await shop.do('ready');
    const again = await shop.do('ready');

    expect([first.steps, again.steps]).toEqual([['READY_FOR_PICKUP'], []]);
    expect(shop.effects('status')).toEqual(['READY_FOR_PICKUP']);
    expect(shop.writes()).toBe(1);
  });

  it('it is dispatched when the merchant carries it (documented), once', async () => {
    const shop = await startOrder({ outlet: 'ar5v' });

    await shop.do('dispatch');
    await shop.do('dispatch');

    expect(shop.effects('status')).toEqual(['DISPATCHED']);
    expect(shop.writes()).toBe(1);
  });

  it('a sister brand’s word after the dispatch is taken for done', async () => {
    const shop = await startOrder({ outlet: 'ar5v', simulator: { dispatchedShownAs: 'READY_FOR_PICKUP' } });

    expect(await shop.do('dispatch')).toMatchObject({ state: 'there', steps: ['DISPATCHED'] });
    expect((await shop.do('dispatch')).steps).toEqual([]);
  });

  it.each([
    ['dispatch', 'nbet', 'Use ready'],
    ['ready', 'ar5v', 'Use dispatch'],
  ] as const)(
    '%s is refused for %s, at once and by a look, and says what to do',
    async (name, outlet, hint) => {
      const shop = await startOrder({ outlet });
      const known = await shop.do(name);
      shop.know({ ...shop.rowNow(shop.orderId), order: undefined });

      const looked = await shop.do(name);

      for (const outcome of [known, looked])
        expect(outcome).toMatchObject({ state: 'refused', reason: expect.stringContaining(hint) });
      expect(shop.writes()).toBe(0);
    },
  );

  it('every line is named, so that none is lost where a line left out is taken off', async () => {
    for (const omittedLines of ['kept', 'dropped'] as const) {
      const shop = await startOrder({ simulator: { omittedLines } });
      const before = shop.now().items.map(({ _id }) => _id);

      await shop.do('items', { lines: [{ line: shop.line(0), quantity: 7 }] });
      await shop.do('ready');

      expect(shop.now().items.map(({ _id }) => _id)).toEqual(before);
      expect(shop.now().items[0]?.pricing.quantity).toBe(7);
    }
  });

  it('an answer about another order is none: its lines are not sent, and it is asked again', async () => {
    // Arrange
    const shop = await startOrder();
    const other = shop.place(['UNIT', 'UNIT']);
    const { get } = shop.api.orders;
    shop.api.orders.get = () => get(other);

    // Act
    const error = await errorOf(shop.do('ready'));

    // Assert
    expect(error).toMatchObject({ kind: 'retry-later', detail: expect.stringContaining(other) });
    expect(shop.writes()).toBe(0);
  });

  it('the cart is the one that PedidosYa shows, not the one of the row: an edit is not undone', async () => {
    const shop = await startOrder();
    await shop.do('items', { lines: [{ line: shop.line(1), quantity: 0 }] });

    // The row is still the order as it was placed: no webhook told of the edit.
    await shop.do('ready');

    expect(shop.now().items.map(({ status }) => status)).toEqual(['IN_CART', 'NOT_FOUND']);
    expect(shop.now().payment.sub_total).toBe(shop.now().items[0]?.pricing.total_price);
  });

  it('what was not weighed goes by the weight that was ordered', async () => {
    const shop = await startOrder();
    const id = shop.place(['KG'], ['unweighed']);
    const [before] = shop.world.order(id).items;

    await shop.do('ready', {}, id);

    expect(before?.pricing.weight).toBe(0);
    expect(shop.world.order(id).items[0]?.pricing.weight).toBe(before?.original_pricing.weight);
  });

  it('what nobody weighed, and nobody ordered by weight, is refused until it is weighed', async () => {
    const shop = await startOrder();
    const id = shop.place(['KG'], ['unweighed']);
    const { ready } = shop.table;
    if ('refused' in ready) throw new Error(ready.refused);
    const order = shop.world.order(id);
    const json = { ...order, items: order.items.map((item) => ({ ...item, original_pricing: null })) };
    const orders = { ...shop.api.orders, get: async () => ({ bytes: Buffer.from(''), json }) };

    const look = await ready.look(
      { ...shop.api, orders },
      { orderId: id, row: shop.rowNow(id), givenAt: 0 },
      {},
    );

    expect(look).toMatchObject({ state: 'refused', reason: expect.stringContaining(order.items[0]!._id) });
  });

  it('an answer that was lost after the effect is seen by the next look', async () => {
    const shop = await startOrder();
    shop.sim.faults.add({ kind: 'reset-after', match: { method: 'PUT' }, times: 1 });

    await expect(shop.do('ready')).rejects.toMatchObject({ outcomeUnknown: true });

    expect(await shop.do('ready')).toEqual({ state: 'there', steps: [] });
    expect(shop.effects('status')).toEqual(['READY_FOR_PICKUP']);
  });

  it('ready expires after two hours: a rider does not wait for days', async () => {
    const { table } = await startOrder();

    expect(table.ready).toMatchObject({ expiresAfterHours: 2 });
  });

  it('what is given up in every line is refused: there is nothing to fetch', async () => {
    const shop = await startOrder();
    const id = shop.place(['UNIT']);
    shop.world.change(id, 'missing');

    expect(await shop.do('ready', {}, id)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('Use cancel'),
    });
  });
});

describe('cancel', () => {
  it.each([
    ['inventory', 'ITEM_UNAVAILABLE'],
    ['closed', 'CLOSED'],
    ['busy', 'TOO_BUSY'],
  ])('is cancelled with a reason (documented): %s is %s, once', async (reason, word) => {
    const shop = await startOrder();

    const first = await shop.do('cancel', { reason, restock: false });
    const again = await shop.do('cancel', { reason, restock: false });

    expect(shop.effects('status')).toEqual([`CANCELLED: ${word}`]);
    expect([first, again]).toEqual([
      { state: 'there', steps: ['CANCELLED'] },
      { state: 'there', steps: [] },
    ]);
    expect(shop.writes()).toBe(1);
  });

  it.each(['customer', 'fraud', 'address', 'other'])(
    'is refused for %s, which no store may say',
    async (reason) => {
      const shop = await startOrder();

      expect(await shop.do('cancel', { reason, restock: false })).toMatchObject({
        state: 'refused',
        reason: expect.stringContaining('inventory'),
      });
      expect(shop.sim.calls).toEqual([]);
    },
  );

  it('of an order that the buyer cancelled is done, and the reason is named as not confirmed', async () => {
    const shop = await startOrder();
    shop.world.cancel(shop.orderId);

    expect(await shop.do('cancel', { reason: 'closed', restock: true })).toEqual({
      state: 'there',
      steps: [],
      unconfirmed: ['reason'],
    });
  });

  it('is taken until the hand-over and refused after it, at once and by a look', async () => {
    const shop = await startOrder();
    shop.world.prepare(shop.orderId);
    const other = shop.place(['UNIT']);
    shop.world.prepare(other);
    shop.world.dispatch(other);
    const placed = shop.rowNow(other);
    shop.know({ ...placed, order: undefined });
    const looked = await shop.do('cancel', { reason: 'closed', restock: false }, other);
    shop.know(placed);

    const known = await shop.do('cancel', { reason: 'closed', restock: false }, other);
    const before = await shop.do('cancel', { reason: 'closed', restock: false });

    expect(before.state).toBe('there');
    for (const outcome of [looked, known])
      expect(outcome).toMatchObject({ state: 'refused', reason: expect.stringContaining('handed over') });
  });
});

describe('whatever is to be changed', () => {
  const NAMES = ['ready', 'cancel', 'items'] as const;
  const INPUTS = {
    ready: {},
    cancel: { reason: 'closed', restock: false },
    items: { lines: [{ line: 'x', quantity: 1 }] },
  };

  it.each(NAMES)('%s is refused for pelican picking (documented), at once and by a look', async (name) => {
    const shop = await startOrder({ outlet: 's8ym' });
    const known = await shop.do(name, INPUTS[name]);
    shop.know({ ...shop.rowNow(shop.orderId), order: undefined });

    const looked = await shop.do(name, INPUTS[name]);

    for (const outcome of [known, looked])
      expect(outcome).toMatchObject({ state: 'refused', reason: expect.stringContaining('pelican') });
    expect(shop.writes()).toBe(0);
  });

  it.each(NAMES)('%s is refused for an outlet that is not configured', async (name) => {
    const shop = await startOrder({ settings: { stores: [{ storeId: 'ar5v', pickingMode: 'partner' }] } });

    expect(await shop.do(name, INPUTS[name])).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('Add it under stores'),
    });
  });

  it.each(['ready', 'items'] as const)('%s is refused for a cancelled order: that is final', async (name) => {
    const shop = await startOrder();
    shop.world.cancel(shop.orderId);
    const looked = await shop.do(name, INPUTS[name]);
    shop.know(shop.rowNow(shop.orderId));
    const calls = shop.sim.calls.length;

    const known = await shop.do(name, INPUTS[name]);

    for (const outcome of [looked, known])
      expect(outcome).toMatchObject({ state: 'refused', reason: expect.stringContaining('for good') });
    expect(shop.sim.calls).toHaveLength(calls);
  });

  it('is refused for an order of more than 60 days ago (documented)', async () => {
    const shop = await startOrder();
    await shop.clock.sleep(61 * DAY_MS);

    expect(await shop.do('ready')).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('60 days'),
    });
  });

  it('is refused where a parcel is named: PedidosYa knows none', async () => {
    const shop = await startOrder();

    expect(await shop.do('ready', { parcel: 'P1' })).toMatchObject({ state: 'refused' });
  });

  it('is left to a person in a state that nobody documents', async () => {
    const shop = await startOrder();
    const { ready } = shop.table;
    if ('refused' in ready) throw new Error(ready.refused);
    const json = { ...shop.now(), status: 'ON_HOLD' };
    const orders = { ...shop.api.orders, get: async () => ({ bytes: Buffer.from(''), json }) };
    const target = { orderId: shop.orderId, row: shop.rowNow(shop.orderId), givenAt: shop.clock.now() };

    const look = await ready.look({ ...shop.api, orders }, target, {});

    expect(look).toMatchObject({ state: 'refused', reason: expect.stringContaining('ON_HOLD') });
  });

  it.each(['track', 'deliver', 'invoice', 'note', 'close', 'reopen', 'pay'] as const)(
    '%s is no call of PedidosYa, and what to do instead is said',
    async (name) => {
      const shop = await startOrder();

      const { state, reason } = await shop.do(name);

      expect([state, shop.sim.calls]).toEqual(['refused', []]);
      expect(reason).toMatch(/PedidosYa.*\. \w/);
    },
  );
});
