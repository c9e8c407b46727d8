import { describe, expect, it } from 'vitest';
import { normalisePedidosyaOrder } from '../../../../functions/platforms/pedidosya/normalise.ts';
import { settingsOf } from '../harness.ts';
import { startOrder } from './bench.ts';

/** A product of the outlet that is not in the order. */
function otherProduct({ world, now }: Awaited<ReturnType<typeof startOrder>>): {
  sku: string;
  price: number;
} {
  const ordered = new Set(now().items.map(({ sku }) => sku));
  for (let n = 1; n < 100; n += 1) {
    const sku = `UY-${String(n).padStart(3, '0')}`;
    const product = world.product('nbet', sku);
    if (product !== undefined && !ordered.has(sku)) return { sku, price: product.price };
  }
  throw new Error('every product is in the order');
}

describe('what the certification of partner picking asks for', () => {
  it('fulfil: every line is in the cart', async () => {
    const shop = await startOrder();

    await shop.do('ready');

    expect(shop.sent()).toMatchObject({
      status: 'READY_FOR_PICKUP',
      items: [{ status: 'IN_CART' }, { status: 'IN_CART' }],
    });
  });

  it('partial fulfil: a line that is not there is neither sent nor billed', async () => {
    const shop = await startOrder();

    await shop.do('items', { lines: [{ line: shop.line(1), quantity: 0 }] });
    await shop.do('ready');

    expect(shop.now()).toMatchObject({
      status: 'READY_FOR_PICKUP',
      items: [{ status: 'IN_CART' }, { status: 'NOT_FOUND' }],
    });
    expect(shop.now().payment.sub_total).toBe(shop.now().items[0]?.pricing.total_price);
  });

  it('change quantity', async () => {
    const shop = await startOrder();

    await shop.do('items', { lines: [{ line: shop.line(0), quantity: 9 }] });

    expect(shop.now()).toMatchObject({ status: 'RECEIVED', items: [{ pricing: { quantity: 9 } }, {}] });
  });

  it('change weight, and how many pieces were weighed', async () => {
    const shop = await startOrder();
    const id = shop.place(['KG']);
    const [item] = shop.world.order(id).items;

    await shop.do('items', { lines: [{ line: item!._id, weightKg: 1.25, quantity: 3 }] }, id);
    const again = await shop.do('items', { lines: [{ line: item!._id, weightKg: 1.25, quantity: 3 }] }, id);

    expect(shop.world.order(id).items[0]?.pricing).toMatchObject({ weight: 1.25, weighted_pieces: 3 });
    expect(again.steps).toEqual([]);
  });

  it('cancel', async () => {
    const shop = await startOrder();

    await shop.do('cancel', { reason: 'inventory', restock: false });

    expect(shop.now()).toMatchObject({ status: 'CANCELLED', cancellation: { reason: 'ITEM_UNAVAILABLE' } });
  });

  it('replace: another product stands in, at the price of the catalogue', async () => {
    const shop = await startOrder();
    const { sku, price } = otherProduct(shop);

    await shop.do('items', { lines: [{ line: shop.line(0), replacedBy: { sku, quantity: 2 } }] });
    await shop.do('ready');

    expect(shop.now().items).toMatchObject([
      { status: 'REPLACED' },
      { status: 'IN_CART' },
      { sku, status: 'IN_CART', replaced_id: shop.line(0), pricing: { quantity: 2, unit_price: price } },
    ]);
  });

  it('add an item, at the price that is given', async () => {
    const shop = await startOrder();
    const { sku } = otherProduct(shop);

    await shop.do('items', { added: [{ sku, quantity: 2, unitPrice: '12.50' }] });

    expect(shop.now().items.at(-1)).toMatchObject({
      sku,
      status: 'ADDITION',
      pricing: { quantity: 2, unit_price: 12.5 },
    });
  });
});

describe('a change of the cart', () => {
  it('is seen by a look, and given again makes no call', async () => {
    const shop = await startOrder();
    const { sku } = otherProduct(shop);
    const input = {
      lines: [
        { line: shop.line(0), replacedBy: { sku, quantity: 1 } },
        { line: shop.line(1), quantity: 4 },
      ],
      added: [{ sku: 'NEW-9', quantity: 3, unitPrice: '5' }],
    };

    const first = await shop.do('items', input);
    const again = await shop.do('items', input);

    expect([first.steps.length, again.steps]).toEqual([1, []]);
    expect(shop.effects('line')).toHaveLength(4);
    expect(shop.writes()).toBe(1);
  });

  it('sends no webhook, and is what a normal order says all the same', async () => {
    const shop = await startOrder();
    const told = shop.world.deliveries().length;

    await shop.do('items', { lines: [{ line: shop.line(0), quantity: 5 }] });

    expect(shop.world.deliveries()).toHaveLength(told);
    expect(normalisePedidosyaOrder(shop.now(), settingsOf())).toMatchObject({
      ok: true,
      order: { warnings: [], lines: [{ quantity: 5 }, {}] },
    });
  });

  it('is still there once the order was fulfilled', async () => {
    const shop = await startOrder();
    const { sku } = otherProduct(shop);
    const input = { lines: [{ line: shop.line(0), quantity: 3 }], added: [{ sku, quantity: 1 }] };
    await shop.do('items', input);
    await shop.do('ready');

    expect(await shop.do('items', input)).toEqual({ state: 'there', steps: [] });
  });

  it('comes too late after the fulfilment', async () => {
    const shop = await startOrder();
    await shop.do('ready');

    expect(await shop.do('items', { lines: [{ line: shop.line(0), quantity: 99 }] })).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('READY_FOR_PICKUP'),
    });
  });

  it('brings back what was not found before', async () => {
    const shop = await startOrder();
    await shop.do('items', { lines: [{ line: shop.line(0), quantity: 0 }] });

    await shop.do('items', { lines: [{ line: shop.line(0), quantity: 2 }] });

    expect(shop.now().items[0]).toMatchObject({ status: 'IN_CART', pricing: { quantity: 2 } });
  });

  it('sets the quantity of what was added before, instead of adding it once more', async () => {
    const shop = await startOrder();
    const { sku } = otherProduct(shop);
    await shop.do('items', { added: [{ sku, quantity: 1 }] });

    await shop.do('items', { added: [{ sku, quantity: 2 }] });

    expect(shop.now().items.filter((item) => item.sku === sku)).toMatchObject([{ pricing: { quantity: 2 } }]);
  });

  it('is confirmed by its lines when the answer was lost', async () => {
    const shop = await startOrder();
    shop.sim.faults.add({ kind: 'reset-after', match: { method: 'PUT' }, times: 1 });
    const input = { lines: [{ line: shop.line(0), quantity: 8 }] };

    await expect(shop.do('items', input)).rejects.toMatchObject({ outcomeUnknown: true });

    expect(await shop.do('items', input)).toEqual({ state: 'there', steps: [] });
  });

  it('twice does harm where a product comes in, and only there', async () => {
    const { items } = (await startOrder()).table;
    if ('refused' in items) throw new Error(items.refused);
    const product = { sku: 'N', quantity: 1 };

    expect(items.twice({ lines: [{ line: 'a', quantity: 1 }], added: [] })).toBe('harmless');
    expect(items.twice({ lines: [{ line: 'a', replacedBy: product }], added: [] })).toBe('harmful');
    expect(items.twice({ lines: [], added: [product] })).toBe('harmful');
  });
});

describe('a change of the cart is refused, with what to do,', () => {
  type Shop = Awaited<ReturnType<typeof startOrder>>;
  it.each<[string, (shop: Shop) => object, RegExp]>([
    [
      'for a line that the order has not',
      () => ({ lines: [{ line: 'nobody', quantity: 1 }] }),
      /Its lines are/,
    ],
    [
      'for a line without a change',
      (s) => ({ lines: [{ line: s.line(0) }] }),
      /Give quantity, weightKg or replacedBy/,
    ],
    ['for half a piece', (s) => ({ lines: [{ line: s.line(0), quantity: 1.5 }] }), /whole quantity/],
    ['for the weight of pieces', (s) => ({ lines: [{ line: s.line(0), weightKg: 1 }] }), /not weightKg/],
    [
      'for replacing and changing at once',
      (s) => ({ lines: [{ line: s.line(0), quantity: 1, replacedBy: { sku: 'N', quantity: 1 } }] }),
      /replacedBy alone/,
    ],
    [
      'when nothing would be left',
      (s) => ({ lines: [0, 1].map((index) => ({ line: s.line(index), quantity: 0 })) }),
      /Use cancel/,
    ],
    [
      'for a product that the catalogue has no price of',
      () => ({ added: [{ sku: 'NOBODY-KNOWS', quantity: 1 }] }),
      /Give unitPrice/,
    ],
    [
      'for adding what was ordered',
      (s) => ({ added: [{ sku: s.now().items[0]!.sku, quantity: 1 }] }),
      /Change the quantity of that line/,
    ],
  ])('%s', async (_, input, reason) => {
    const shop = await startOrder();

    const outcome = await shop.do('items', input(shop));

    expect(outcome).toMatchObject({ state: 'refused', reason: expect.stringMatching(reason) });
    expect(shop.writes()).toBe(0);
  });

  it('for the pieces of what is weighed', async () => {
    const shop = await startOrder();
    const id = shop.place(['KG']);
    const [item] = shop.world.order(id).items;

    expect(await shop.do('items', { lines: [{ line: item!._id, quantity: 2 }] }, id)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('Give weightKg'),
    });
  });

  it('for a line that another product stands in for', async () => {
    const shop = await startOrder();
    const { sku } = otherProduct(shop);
    await shop.do('items', { lines: [{ line: shop.line(0), replacedBy: { sku, quantity: 1 } }] });

    for (const change of [{ quantity: 2 }, { replacedBy: { sku: 'OTHER', quantity: 1 } }]) {
      expect(await shop.do('items', { lines: [{ line: shop.line(0), ...change }] })).toMatchObject({
        state: 'refused',
        reason: expect.stringContaining('Change that one'),
      });
    }
  });

  it('for adding what the row does not know of, and PedidosYa shows', async () => {
    const shop = await startOrder();
    shop.know({ ...shop.rowNow(shop.orderId), order: undefined });

    const outcome = await shop.do('items', { added: [{ sku: shop.now().items[0]!.sku, quantity: 1 }] });

    expect(outcome).toMatchObject({ state: 'refused', reason: expect.stringContaining(shop.line(0)) });
  });
});
