import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../functions/domain/order.ts';
import { normalisePedidosyaOrder } from '../../../functions/platforms/pedidosya/normalise.ts';
import { settingsOf } from './harness.ts';
import { itemJson, orderJson } from './order-builder.ts';

const settings = settingsOf();

function read(json: unknown, of = settings): { order: Order; omitted: readonly (keyof Order)[] } {
  const result = normalisePedidosyaOrder(json, of);
  if (!result.ok) throw new Error(`${result.reason}: ${result.problem}`);
  return { order: result.order, omitted: result.omitted ?? [] };
}

describe('lines', () => {
  const lineOf = (item: Record<string, unknown>) => read(orderJson({ items: [item] })).order.lines[0];

  it('of goods by weight count in kilograms picked (documented)', () => {
    const pricing = { pricing_type: 'KG', unit_price: 200, quantity: 1, weight: 0.355, total_price: 71 };
    expect(lineOf(itemJson({ pricing }))).toMatchObject({
      quantity: 0.355,
      unit: 'kg',
      unitPrice: 20000,
      total: 7100,
    });
    const { total_price: _, ...withoutTotal } = pricing;
    expect(lineOf(itemJson({ pricing: withoutTotal }))).toMatchObject({ total: 7100 });
  });

  it('of goods by weight without a weight take the ordered one, else the quantity with a warning', () => {
    const pricing = { pricing_type: 'KG', unit_price: 200, quantity: 2 };
    expect(lineOf(itemJson({ pricing, original_pricing: { ...pricing, weight: 0.5 } }))).toMatchObject({
      quantity: 0.5,
    });
    const { order } = read(orderJson({ items: [itemJson({ pricing })] }));
    expect(order.lines[0]).toMatchObject({ quantity: 2, unit: 'kg' });
    expect(order.warnings[0]).toContain('pricing.weight is missing');
  });

  it('given up or replaced count nothing, and the substitute names what it replaces (documented: item statuses)', () => {
    const items = [
      itemJson({ status: 'REPLACED' }),
      itemJson({ _id: 'item-2', status: 'NOT_FOUND' }),
      itemJson({ _id: 'item-3', sku: 'NEW', status: 'IN_CART', replaced_id: 'item-1' }),
      itemJson({ _id: 'item-4', status: 'ADDITION' }),
    ];
    const { lines } = read(orderJson({ items })).order;
    expect(lines.map(({ quantity, total, platformStatus }) => [quantity, total, platformStatus])).toEqual([
      [0, 0, 'REPLACED'],
      [0, 0, 'NOT_FOUND'],
      [2, 7950, 'IN_CART'],
      [2, 7950, 'ADDITION'],
    ]);
    expect(lines[2]).toMatchObject({ sku: 'NEW', replacesLineId: 'item-1' });
  });

  it.each([
    ['without _id by its sku', { _id: undefined }, 'HSM-1'],
    ['without both by its place', { _id: undefined, sku: null }, 'line-1'],
  ])('%s', (_, changes, lineId) => {
    expect(lineOf(itemJson(changes))).toMatchObject({ lineId });
  });

  it('without pricing_type are units', () => {
    expect(lineOf(itemJson({ pricing: { quantity: 1, unit_price: 39.75 } }))).toMatchObject({
      unit: 'unit',
      total: 3975,
    });
  });

  it('without a unit price have one worked out, with a warning', () => {
    const { order } = read(orderJson({ items: [itemJson({ pricing: { quantity: 2, total_price: 79.5 } })] }));
    expect(order.lines[0]).toMatchObject({ unitPrice: 3975, total: 7950 });
    expect(order.warnings[0]).toContain('worked out from total_price');
  });
});

describe('totals', () => {
  const withPayment = (changes: Record<string, unknown>) =>
    read(orderJson({ payment: { ...(orderJson().payment as object), ...changes } })).order;

  it.each([-20, 20])('take a discount of %i by its size', (discount) => {
    const order = withPayment({ discount, order_total: 100.5 });
    expect(order.totals).toMatchObject({ discount: 2000, total: 10050 });
    expect(order.warnings).toEqual([]);
  });

  it.each([
    ['on top', { total_taxes: 10, order_total: 130.5 }],
    ['within', { total_taxes: 10, order_total: 120.5 }],
  ])('add up with the tax %s', (_, changes) => {
    expect(withPayment(changes)).toMatchObject({ totals: { tax: 1000 }, warnings: [] });
  });

  it('sum up fees of every kind', () => {
    const order = withPayment({
      difference_to_minimum: 2,
      container_charge: 3,
      additional_fees: { small_order: 4 },
      order_total: 129.5,
    });
    expect(order).toMatchObject({ totals: { fees: 1000, total: 12950 }, warnings: [] });
  });

  it('that do not add up are kept with a warning', () => {
    expect(withPayment({ order_total: 999 })).toMatchObject({
      totals: { total: 99900 },
      warnings: ['payment.order_total is not the sum of its parts'],
    });
    expect(withPayment({ sub_total: 80, order_total: 121 }).warnings).toEqual([
      'payment.sub_total is not the sum of the lines',
    ]);
  });

  it('carry no floating error, and take amounts in strings', () => {
    expect(
      withPayment({ sub_total: '79.50', delivery_fee: 40.00000000000001, order_total: 120.49999999999999 }),
    ).toMatchObject({
      totals: { goods: 7950, shipping: 4000, total: 12050 },
    });
    expect(withPayment({ discount: 5.6e-14 }).totals.discount).toBe(0);
  });

  it('of any prices add up exactly', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(100)), { minLength: 1 }),
        fc.nat(100_000),
        (goods, fee) => {
          const sum = goods.reduce((total, [cents, count]) => total + cents * count, 0);
          const items = goods.map(([cents, quantity], n) => ({
            _id: `i${n}`,
            pricing: { pricing_type: 'UNIT', quantity, unit_price: cents / 100 },
          }));
          const payment = { sub_total: sum / 100, delivery_fee: fee / 100, order_total: (sum + fee) / 100 };
          const { order } = read(orderJson({ items, payment }));
          expect(order.totals).toMatchObject({ goods: sum, shipping: fee, total: sum + fee });
          expect(order.warnings).toEqual([]);
        },
      ),
    );
  });
});
