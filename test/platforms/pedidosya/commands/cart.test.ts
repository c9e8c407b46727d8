import { describe, expect, it } from 'vitest';
import { cartOf } from '../../../../functions/platforms/pedidosya/commands/cart.ts';
import { pedidosyaOrderSchema } from '../../../../functions/platforms/pedidosya/order/schema.ts';
import { itemJson, orderJson } from '../order-builder.ts';

const cartWith = (pricing: object, changes: object = {}) =>
  cartOf(pedidosyaOrderSchema().parse(orderJson({ items: [itemJson({ pricing, ...changes })] })));

describe('the cart that goes back to PedidosYa', () => {
  it.each([
    ['no quantity', { pricing_type: 'UNIT', unit_price: 10 }],
    ['an empty quantity', { pricing_type: 'UNIT', unit_price: 10, quantity: '' }],
    ['an empty price', { pricing_type: 'UNIT', unit_price: ' ', quantity: 2 }],
  ])('is none where a line shows %s: 0 would be another order', (_, pricing) => {
    expect(cartWith(pricing)).toEqual({
      ok: false,
      problem: 'the item item-1 has no id, price or quantity at PedidosYa',
    });
  });

  it('has one portion of what was weighed where nobody says how many', () => {
    expect(cartWith({ pricing_type: 'KG', unit_price: 10, weight: 0.5 })).toMatchObject({
      lines: [{ asShown: { pricing: { quantity: 1, weight: 0.5 } } }],
    });
  });

  it('has none of what was not found', () => {
    expect(cartWith({ pricing_type: 'UNIT', unit_price: 10 }, { status: 'NOT_FOUND' })).toMatchObject({
      lines: [{ asShown: { status: 'NOT_FOUND', pricing: { quantity: 0 } } }],
    });
  });
});
