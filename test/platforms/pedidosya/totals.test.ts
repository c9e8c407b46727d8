import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../functions/domain/order.ts';
import { normalisePedidosyaOrder } from '../../../functions/platforms/pedidosya/normalise.ts';
import { settingsOf } from './harness.ts';
import { orderJson } from './order-builder.ts';

const settings = settingsOf();

function read(json: unknown, of = settings): { order: Order; omitted: readonly (keyof Order)[] } {
  const result = normalisePedidosyaOrder(json, of);
  if (!result.ok) throw new Error(`${result.reason}: ${result.problem}`);
  return { order: result.order, omitted: result.omitted ?? [] };
}

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

  it.each([
    ['by name', { small_order: 4 }],
    ['in a list', [{ name: 'small_order', value: 4 }]],
    ['in a list of numbers', [1, '3']],
  ])('sum up fees of every kind %s, and keep what is paid for containers apart', (_, additional_fees) => {
    const order = withPayment({
      difference_to_minimum: 2,
      container_charge: 3,
      additional_fees,
      order_total: 129.5,
    });
    expect(order).toMatchObject({ totals: { fees: 700, deposit: 300, total: 12950 }, warnings: [] });
  });

  it('keep the tip apart', () => {
    expect(withPayment({ tip: 50, order_total: 170.5 })).toMatchObject({
      totals: { tip: 5000 },
      warnings: [],
    });
  });

  it('are absent where nobody said them, and never 0', () => {
    const { totals, lines } = read(orderJson({ payment: undefined })).order;
    expect(totals).toEqual({});
    expect(lines).toHaveLength(1);
    expect(read(orderJson({ payment: { order_total: '', sub_total: ' ' } })).order.totals).toEqual({
      goods: 7950,
    });
    expect(read(orderJson({ payment: { order_total: 79.5 }, items: undefined })).order.totals).toEqual({
      total: 7950,
    });
  });

  it.each<[string, Record<string, unknown>, Partial<Order['totals']>, object[]]>([
    [
      'only in a list',
      { discount: undefined, discounts: [{ name: 'x', value: -10 }], order_total: 110.5 },
      { discount: 1000 },
      [{ kind: 'promotion', name: 'x', amount: 1000 }],
    ],
    [
      'of 0 beside a list that the sum closes with',
      { discount: 0, discounts: [{ name: 'x', value: 10 }], order_total: 110.5 },
      { discount: 1000 },
      [{ kind: 'promotion', name: 'x', amount: 1000 }],
    ],
    [
      'with vouchers that it does not hold',
      { discount: 10, vouchers: [{ code: 'VOY', value: 5 }], order_total: 105.5 },
      { discount: 1500 },
      [{ kind: 'coupon', code: 'VOY', amount: 500 }],
    ],
    [
      'with vouchers that it holds',
      { discount: 10, vouchers: [{ code: 'VOY', value: 5 }], order_total: 110.5 },
      { discount: 1000 },
      [{ kind: 'coupon', code: 'VOY', amount: 500 }],
    ],
    [
      'that a voucher is all of',
      { discount: undefined, vouchers: ['VOY', { name: 'v', amount: 5 }], order_total: 115.5 },
      { discount: 500 },
      [
        { kind: 'coupon', code: 'VOY' },
        { kind: 'coupon', name: 'v', amount: 500 },
      ],
    ],
    [
      'with who pays it',
      {
        discount: -10,
        discounts: [
          {
            name: 'x',
            value: 10,
            sponsorships: [
              { sponsor: 'PLATFORM', amount: 6 },
              { sponsor: 'VENDOR', amount: 4 },
            ],
          },
        ],
        order_total: 110.5,
      },
      { discount: 1000 },
      [
        { kind: 'promotion', name: 'x', amount: 600, paidBy: 'platform' },
        { kind: 'promotion', name: 'x', amount: 400, paidBy: 'merchant' },
      ],
    ],
  ])('take a discount %s', (_, changes, totals, discounts) => {
    expect(withPayment(changes)).toMatchObject({ totals, discounts, warnings: [] });
  });

  it('leave out decorations that cannot be read, with a warning', () => {
    const order = withPayment({
      tip: 'gracias',
      vouchers: [{ code: 'V', value: '10 %' }],
      discounts: 'none',
    });
    expect(order.totals).toMatchObject({ total: 12050 });
    expect(order.warnings.map((warning) => warning.split(': ')[1])).toEqual([
      'payment.discounts',
      'payment.vouchers[0].value',
      'payment.tip',
    ]);
  });

  it('tell what is still to be paid at the counter', () => {
    expect(withPayment({ collect_at_pickup: 20.5 }).payment).toEqual({
      status: 'paid',
      collectAtPickup: 2050,
    });
  });

  it('that do not add up are kept with a warning', () => {
    expect(withPayment({ order_total: 999 })).toMatchObject({
      totals: { total: 99900 },
      warnings: ['payment.order_total is not the sum of its parts but 878.50 more'],
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
