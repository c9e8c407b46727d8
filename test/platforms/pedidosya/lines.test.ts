import { describe, expect, it } from 'vitest';
import type { Order } from '../../../functions/domain/order.ts';
import { parseJson } from '../../../functions/http/answer.ts';
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
  const lineOf = (item: Record<string, unknown>) => read(orderJson({ items: [item] })).order.lines?.[0];

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
    expect(order.lines?.[0]).toMatchObject({ quantity: 2, unit: 'kg' });
    expect(order.warnings[0]).toContain('pricing.weight is missing');
  });

  it('of goods by weight tell the pieces that were weighed', () => {
    const pricing = { pricing_type: 'KG', unit_price: 80, quantity: 1, weight: 1.25, weighted_pieces: 4 };
    expect(lineOf(itemJson({ pricing }))).toMatchObject({ quantity: 1.25, pieces: 4, total: 10_000 });
  });

  it('that were not weighed (weight 0) take the weight ordered with a warning, and no total of 0', () => {
    const pricing = { pricing_type: 'KG', unit_price: 200, quantity: 1, weight: 0, total_price: 0 };
    const original_pricing = { ...pricing, weight: 0.5, total_price: 100 };

    const { order } = read(orderJson({ items: [itemJson({ pricing, original_pricing })], payment: null }));

    expect(order.lines?.[0]).toMatchObject({ quantity: 0.5, unit: 'kg', total: 10_000 });
    expect(order.warnings).toEqual(['items[0] was not weighed, the weight ordered was taken']);
  });

  it('that were not weighed and whose ordered weight nobody knows read the quantity as kilograms', () => {
    const pricing = { pricing_type: 'KG', unit_price: 200, quantity: 2, weight: 0, total_price: 0 };
    const { order } = read(orderJson({ items: [itemJson({ pricing })], payment: null }));
    expect(order.lines?.[0]).toMatchObject({ quantity: 2, total: 40_000 });
    expect(order.warnings).toEqual(['items[0].pricing.weight is missing, quantity read as kilograms']);
  });

  it('not found on the shelf weigh nothing, without a warning', () => {
    const pricing = { pricing_type: 'KG', unit_price: 200, quantity: 1, weight: 0, total_price: 0 };
    const { order } = read(orderJson({ items: [itemJson({ pricing, status: 'NOT_FOUND' })], payment: null }));
    expect(order).toMatchObject({ lines: [{ quantity: 0, total: 0 }], warnings: [] });
  });

  it('carry list price, tax rate, deposit, and what the buyer asks of them', () => {
    const item = itemJson({
      instructions: ' bien maduro ',
      container_deposit: 5,
      pricing: { pricing_type: 'UNIT', unit_price: 39.75, quantity: 2, total_price: 79.5, vat_percent: 22 },
      original_pricing: { pricing_type: 'UNIT', unit_price: 45, quantity: 2, total_price: 90 },
    });

    const { order } = read(orderJson({ items: [item] }));

    expect(order.lines).toMatchObject([
      { listPrice: 4500, unitPrice: 3975, total: 7950, taxRate: 22, deposit: 500 },
    ]);
    expect(order.personal.lineProperties).toEqual([
      { lineId: 'item-1', properties: [{ name: 'instructions', value: 'bien maduro' }] },
    ]);
  });

  it('tell what was taken off them and who pays it; the total is without it, and the order says it once', () => {
    // Arrange: the platform states the price before the promotion, and the discount on the whole.
    const promotion = {
      name: '2x1',
      discount_amount: 20,
      sponsorships: [
        { sponsor: 'VENDOR', amount: 5 },
        { sponsor: 'PLATFORM', amount: 15 },
      ],
    };
    const item = itemJson({ discount: 20, promotion: [promotion] });
    const payment = {
      sub_total: 79.5,
      discount: -20,
      discounts: [{ name: '2x1', value: 20 }],
      order_total: 59.5,
    };

    // Act
    const { order } = read(orderJson({ items: [item], payment }));

    // Assert
    expect(order.lines).toMatchObject([
      {
        total: 5950,
        discounts: [
          { kind: 'promotion', name: '2x1', amount: 500, paidBy: 'merchant' },
          { kind: 'promotion', name: '2x1', amount: 1500, paidBy: 'platform' },
        ],
      },
    ]);
    expect(order.totals).toMatchObject({ goods: 7950, discount: 2000, total: 5950 });
    expect(order).not.toHaveProperty('discounts');
    expect(order.warnings).toEqual([]);
  });

  it('leave a voucher to the order that takes off as much as their promotion', () => {
    // Arrange
    const item = itemJson({ promotion: [{ name: 'p', discount_amount: 10 }] });
    const payment = {
      sub_total: 79.5,
      discount: 20,
      vouchers: [{ code: 'VOY', value: 10 }],
      order_total: 59.5,
    };

    // Act
    const { order } = read(orderJson({ items: [item], payment }));

    // Assert
    expect(order).toMatchObject({
      lines: [{ total: 6950 }],
      totals: { discount: 2000 },
      discounts: [{ kind: 'coupon', code: 'VOY', amount: 1000 }],
      warnings: [],
    });
  });

  it('are repeated by a list of their sum, whatever was taken off by a voucher besides', () => {
    // Arrange
    const item = itemJson({ promotion: [{ name: 'p', discount_amount: 10 }] });
    const payment = {
      sub_total: 79.5,
      discount: 15,
      discounts: [{ name: 'all promotions', value: 10 }],
      vouchers: [{ code: 'VOY', value: 5 }],
      order_total: 64.5,
    };

    // Act
    const { order } = read(orderJson({ items: [item], payment }));

    // Assert
    expect(order.discounts).toEqual([{ kind: 'coupon', code: 'VOY', amount: 500 }]);
  });

  it.each([
    ['is absent', {}, 69.5, 1000],
    ['is 0', { discount: 0 }, 69.5, 1000],
    ['is absent beside a voucher', { vouchers: [{ code: 'VOY', value: 5 }] }, 64.5, 1500],
    [
      'is 0 beside a list of other discounts',
      { discount: 0, discounts: [{ name: 'o', value: 3 }] },
      66.5,
      1300,
    ],
  ])(
    'had taken off what they tell where the discount %s and the sum closes so only',
    (_, said, total, off) => {
      // Arrange
      const item = itemJson({ promotion: [{ name: 'p', discount_amount: 10 }] });
      const payment = { sub_total: 79.5, order_total: total, ...said };

      // Act
      const { order } = read(orderJson({ items: [item], payment }));

      // Assert
      expect(order).toMatchObject({ totals: { discount: off }, lines: [{ total: 6950 }], warnings: [] });
    },
  );

  it('whose price is without their promotion already are left as they are', () => {
    const item = itemJson({ promotion: [{ name: 'p', discount_amount: 10 }] });
    const payment = { sub_total: 79.5, discount: 0, order_total: 79.5 };
    expect(read(orderJson({ items: [item], payment })).order.lines).toMatchObject([
      { total: 7950, discounts: [{ kind: 'promotion', name: 'p', amount: 1000 }] },
    ]);
  });

  it('say when sponsorships are not the sum of a promotion, and leave the rest to nobody', () => {
    const promotion = { discount_amount: 20, sponsorships: [{ sponsor: 'BANK', amount: 5 }] };
    const { order } = read(orderJson({ items: [itemJson({ promotion: [promotion] })], payment: null }));
    expect(order.lines?.[0]?.discounts).toEqual([
      { kind: 'promotion', amount: 500, paidBy: 'unknown' },
      { kind: 'promotion', amount: 1500, paidBy: 'unknown' },
    ]);
    expect(order.warnings).toEqual([
      'items[0].promotion[0]: the sponsorships are not the sum of the discount',
    ]);
  });

  it('of one id twice stay two lines', () => {
    const items = [itemJson({ _id: undefined }), itemJson({ _id: undefined }), itemJson({ _id: 'HSM-1#2' })];
    const { lines = [] } = read(orderJson({ items, payment: null })).order;
    expect(new Set(lines.map(({ lineId }) => lineId)).size).toBe(3);
  });

  it('without any price have none, with a warning', () => {
    const { order } = read(orderJson({ items: [itemJson({ pricing: { quantity: 2 } })], payment: null }));
    expect(order.lines?.[0]).not.toHaveProperty('total');
    expect(order.warnings).toEqual(['items[0].pricing has neither unit_price nor total_price']);
  });

  it.each(['1e16', '1e200', '1e-200', '-1', '10000000000000000'])(
    'of quantity %s make the order a visible one whose reason names the field',
    (quantity) => {
      const json = parseJson(JSON.stringify(orderJson()).replace('"quantity":2', `"quantity":${quantity}`));
      expect(normalisePedidosyaOrder(json, settings)).toMatchObject({
        ok: false,
        reason: 'schema-mismatch',
        problem: expect.stringContaining('items[0].pricing.quantity'),
      });
    },
  );

  it('given up or replaced count nothing, and the substitute names what it replaces (documented: item statuses)', () => {
    const items = [
      itemJson({ status: 'REPLACED' }),
      itemJson({ _id: 'item-2', status: 'NOT_FOUND' }),
      itemJson({ _id: 'item-3', sku: 'NEW', status: 'IN_CART', replaced_id: 'item-1' }),
      itemJson({ _id: 'item-4', status: 'ADDITION' }),
    ];
    const { lines = [] } = read(orderJson({ items })).order;
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
    expect(order.lines?.[0]).toMatchObject({ unitPrice: 3975, total: 7950 });
    expect(order.warnings[0]).toContain('worked out from total_price');
  });
});
