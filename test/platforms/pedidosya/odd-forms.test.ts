import { describe, expect, it } from 'vitest';
import type { Order } from '../../../functions/domain/order.ts';
import { normalisePedidosyaOrder } from '../../../functions/platforms/pedidosya/normalise.ts';
import { classifyWebhook } from '../../../functions/platforms/pedidosya/webhook.ts';
import { settingsOf } from './harness.ts';
import { itemJson, orderJson } from './order-builder.ts';

const orderOf = (changes: Record<string, unknown>): Order => {
  const read = normalisePedidosyaOrder(orderJson(changes), settingsOf());
  if (!read.ok) throw new Error(read.problem);
  return read.order;
};
const paying = (changes: object) => orderOf({ payment: { ...(orderJson().payment as object), ...changes } });
const withItem = (changes: Record<string, unknown>) => orderOf({ items: [itemJson(changes)] });
const withPricing = (changes: object) =>
  withItem({ pricing: { ...(itemJson().pricing as object), ...changes } });

describe('what an order says in another form', () => {
  it.each([
    ['by number', { '0': { name: 'x', value: -10 } }],
    ['alone', { name: 'x', value: -10 }],
    ['with an empty place', [null, { name: 'x', amount: '-10,00' }]],
    ['under the name of promotions', [{ name: 'x', discount_amount: 10 }]],
  ])('is a list of discounts: %s', (_, discounts) => {
    const order = paying({ discount: null, order_total: 110.5, discounts });

    expect(order).toMatchObject({
      totals: { discount: 1000 },
      discounts: [{ name: 'x', amount: 1000 }],
      warnings: [],
    });
  });

  it('is a discount without a name', () => {
    expect(paying({ discount: null, order_total: 110.5, discounts: [-10] })).toMatchObject({
      totals: { discount: 1000 },
      warnings: [],
    });
  });

  it.each([
    ['120,50', 12_050],
    ['1.120,50', 112_050],
  ])('is a total of %s', (order_total, total) => {
    expect(paying({ order_total }).totals.total).toBe(total);
  });

  it('is told to be a guess at a thousandfold, also where it was rounded', () => {
    const { totals, warnings } = orderOf({
      items: [itemJson({ pricing: { unit_price: '1.234', quantity: 1 } })],
      payment: { sub_total: '1.234', order_total: '1.234' },
    });

    expect(totals.total).toBe(123);
    expect(warnings.join('; ')).toMatch(/could be a thousandfold larger/);
  });

  it.each([
    ['0,350', 0.35],
    ['1,5', 1.5],
  ])('is a weight of %s', (weight, quantity) => {
    const { lines } = withPricing({ pricing_type: 'KG', weight });

    expect(lines).toMatchObject([{ unit: 'kg', quantity }]);
  });

  it('is no weight where it could be thousands', () => {
    const json = orderJson({
      items: [itemJson({ pricing: { pricing_type: 'KG', weight: '1,500', unit_price: 1 } })],
    });

    expect(normalisePedidosyaOrder(json, settingsOf())).toMatchObject({
      ok: false,
      reason: 'schema-mismatch',
    });
  });

  it.each(['21%', '21 %', '21,0', 21])('is a tax rate of %j', (vat_percent) => {
    expect(withPricing({ vat_percent }).lines).toMatchObject([{ taxRate: 21 }]);
  });

  it.each([[773], ['773'], [['', null, '773']]])('is a barcode as %j', (barcode) => {
    expect(withItem({ barcode }).lines).toMatchObject([{ barcodes: ['773'] }]);
  });

  it('is a truth value as a text or a number, also where it decides', () => {
    expect(orderOf({ isPreorder: 1 }).preorder).toBe(true);
    expect(orderOf({ status: 'CANCELLED', cancellation: { post_picked_up: 'true' } }).countsAsSale).toBe(
      true,
    );
    expect(orderOf({ status: 'CANCELLED', cancellation: { post_picked_up: '0' } }).countsAsSale).toBe(false);
  });

  it.each(['ready for pickup', 'READY-FOR-PICKUP', ' Ready_for_pickup '])('is the status "%s"', (status) => {
    expect(orderOf({ status }).status).toBe('ready');
  });

  it('is how it is handed over, in small letters', () => {
    const { fulfilment } = orderOf({ order_type: 'pickup', transport_type: 'vendor_delivery' });

    expect(fulfilment).toMatchObject({ kind: 'pickup', by: 'merchant' });
  });
});

describe('an id that names nothing', () => {
  it.each([0, '0', ' '])('is no order’s: %j', (order_id) => {
    expect(classifyWebhook({ order_id, status: 'RECEIVED' }).kind).toBe('unknown');
  });

  it('is the same with white space around it', () => {
    expect(classifyWebhook({ order_id: ' x ', status: 'RECEIVED' })).toMatchObject({ orderId: 'x' });
    expect(orderOf({ order_id: ' x ' }).platformOrderId).toBe('x');
  });

  it.each([
    ['replaced by itself', 'item-1'],
    ['0', 0],
    ['empty', ''],
    ['longer than any', 'x'.repeat(200)],
    ['an object', {}],
  ])('costs a line what it replaces, and no more: %s', (_, replaced_id) => {
    const { lines } = withItem({ replaced_id });

    expect(lines).toMatchObject([{ lineId: 'item-1', total: 7950 }]);
    expect(lines?.[0]).not.toHaveProperty('replacesLineId');
  });

  it('of a line is its SKU where its own is too long', () => {
    expect(withItem({ _id: 'x'.repeat(300) }).lines).toMatchObject([{ lineId: 'HSM-1' }]);
  });
});

it('an empty list of items tells no more than none', () => {
  const read = normalisePedidosyaOrder(orderJson({ items: [] }), settingsOf());

  expect(read.ok && read.omitted).toContain('lines');
});
