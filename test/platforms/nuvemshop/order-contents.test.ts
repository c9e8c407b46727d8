import { describe, expect, it } from 'vitest';
import type { Order } from '../../../functions/domain/order.ts';
import { normaliseNuvemshopOrder } from '../../../functions/platforms/nuvemshop/normalise.ts';
import { sampleOrder } from './sample-order.ts';

const orderOf = (changes: Record<string, unknown> = {}): Order => {
  const result = normaliseNuvemshopOrder(sampleOrder(changes), { storeId: '5665778' });
  if (!result.ok) throw new Error(result.problem);
  return result.order;
};
const product = (changes: object) => ({
  id: 1,
  product_id: 11,
  name: 'Taza',
  price: '3000.00',
  quantity: 2,
  ...changes,
});
const lineOf = (changes: object) => {
  const { lines, warnings, personal } = orderOf({ products: [product(changes)] });
  return { line: lines![0]!, warnings, personal };
};

describe('a line', () => {
  it.each([
    [
      'a list of names and values',
      [
        { name: 'Grabado', value: 'Matías' },
        { name: 'Años', value: 7 },
      ],
    ],
    ['an object from names to values', { Grabado: 'Matías', Años: 7 }],
  ])('has what the buyer had made of it, apart with the person: %s', (_, properties) => {
    const { line, personal } = lineOf({ properties });

    expect(personal.lineProperties).toEqual([
      {
        lineId: '1',
        properties: [
          { name: 'Grabado', value: 'Matías' },
          { name: 'Años', value: '7' },
        ],
      },
    ]);
    expect(JSON.stringify(line)).not.toContain('Matías');
  });

  it.each([
    ['of an object', { 'Grabado \ud83d': 'Matías' }],
    ['of an object that is a text', '{"Grabado \\ud83d":"Matías"}'],
  ])('has a name %s that ends in half a character as the table takes it', (_, properties) => {
    const { personal } = lineOf({ properties });

    expect(personal.lineProperties?.[0]?.properties).toEqual([{ name: 'Grabado \ufffd', value: 'Matías' }]);
  });

  it('has variant values, kit, list price, weight, free shipping and units sold without stock', () => {
    const { line } = lineOf({
      variant_values: ['Rojo', { es: 'Grande' }],
      compare_at_price: '3500.00',
      weight: '0.30',
      free_shipping: true,
      order_kit_id: 142,
      catalog_kit_id: 332538459,
      issues: { unclaimed_stock: 1 },
    });

    expect(line).toMatchObject({
      variantValues: ['Rojo', 'Grande'],
      listPrice: 350_000,
      unitPrice: 300_000,
      weightKg: 0.3,
      freeShipping: true,
      kitId: '142',
      kitProductId: '332538459',
      soldWithoutStock: 1,
    });
  });

  it.each([
    ['a weight of zero: nobody weighed it', { weight: '0.000' }, 'weightKg'],
    ['a price to compare with that is lower, as a sample has', { compare_at_price: '37.77' }, 'listPrice'],
    ['a product of id 0, which is none', { product_id: 0 }, 'productId'],
    ['a variant of id "0", which is none', { variant_id: '0' }, 'variantId'],
    ['no kit', { order_kit_id: null }, 'kitId'],
    ['a price that nobody said', { price: null }, 'unitPrice'],
    ['an empty text for a price', { price: '' }, 'total'],
  ])('leaves out %s', (_, change, field) => {
    expect(lineOf(change).line).not.toHaveProperty(field);
  });

  it('of a name for each language has the first', () => {
    expect(lineOf({ name: { es: 'Taza', pt: 'Caneca' } }).line.name).toBe('Taza');
  });

  it('of an id that another line has goes by its place', () => {
    const { lines } = orderOf({ products: [product({}), product({})] });

    expect(lines?.map(({ lineId }) => lineId)).toEqual(['1', 'line-2']);
  });
});

describe('money', () => {
  it('tells what is paid, with what a lender adds, and what was given back', () => {
    const order = orderOf({
      payment_status: 'partially_refunded',
      total_paid_by_customer: '6000.50',
      total_paid_by_customer_including_fees: '7100.00',
    });

    expect(order.totals).toMatchObject({
      total: 690_050,
      paid: 600_050,
      paidWithFinancing: 710_000,
      refunded: 90_000,
    });
  });

  it.each([
    ['paid in part', { payment_status: 'partially_paid', total_paid_by_customer: '100.00' }, 'refunded'],
    ['of which nobody said what is paid', { payment_status: 'refunded' }, 'refunded'],
    ['of which what is paid is an empty text', { total_paid_by_customer: '' }, 'paid'],
    ['of which what is paid is unreadable', { total_paid_by_customer: 'mucho' }, 'paid'],
    ['without fees or taxes of its own', {}, 'fees'],
    ['without a discount', { discount: null, total: '7500.50' }, 'discount'],
  ])('of an order %s leaves out what it does not say', (_, change, field) => {
    expect(orderOf(change).totals).not.toHaveProperty(field);
  });

  it('names discounts by where they come from', () => {
    const order = orderOf({
      gateway_name: 'Transferencia',
      coupon: [{ id: 5, code: 'REGALO', type: 'percentage' }],
      discount: '600.00',
      discount_coupon: '400.00',
      discount_gateway: '200.00',
    });

    expect(order.discounts).toEqual([
      { kind: 'coupon', code: 'REGALO', amount: 40_000 },
      { kind: 'payment-method', name: 'Transferencia', amount: 20_000 },
    ]);
  });

  it('knows of several coupons what they took off together', () => {
    const order = orderOf({
      coupon: [{ code: 'A' }, { code: 'B' }],
      discount_coupon: '600.00',
      discount_gateway: '0.00',
    });

    expect(order.discounts).toEqual([
      { kind: 'coupon', code: 'A' },
      { kind: 'coupon', code: 'B' },
      { kind: 'coupon', amount: 60_000 },
    ]);
  });

  it('gives a promotion to the line that it was granted for', () => {
    const order = orderOf({
      discount_gateway: '0.00',
      promotional_discount: {
        total_discount_amount: '600.00',
        contents: [{ id: 111334785, discount_script_type: '3x2', discount_amount: '600.00' }],
        promotions_applied: [{ discount_script_type: '3x2', total_discount_amount: '600.00' }],
      },
    });

    expect(order.discounts).toEqual([
      { kind: 'promotion', name: '3x2', amount: 60_000, lineId: '3127510877' },
    ]);
  });

  it('warns of an amount that may be a thousandfold', () => {
    const silent = { discount: null, discount_coupon: null, discount_gateway: null, fulfillments: null };
    const { warnings } = orderOf({
      ...silent,
      total: '6.900',
      subtotal: '6.900',
      products: [product({ price: '3' })],
    });

    expect(warnings).toContainEqual(expect.stringContaining('could be a thousandfold larger'));
  });
});

describe('persons and what they wrote', () => {
  it('keeps who receives apart from who buys', () => {
    const { personal } = orderOf({
      shipping_address: { address: 'Rua B', name: 'Destinataria', phone: '+5562' },
    });

    expect(personal).toMatchObject({
      name: 'Persona Inventada',
      recipient: { name: 'Destinataria', phone: '+5562' },
    });
  });

  it("keeps the merchant's note apart from the buyer's, which may be printed on a card", () => {
    const { personal } = orderOf({ note: 'Feliz cumple', owner_note: 'cobrar antes' });

    expect(personal).toMatchObject({ note: 'Feliz cumple', merchantNote: 'cobrar antes' });
  });

  it('has what an invoice to a company needs', () => {
    const { personal } = orderOf({
      billing_customer_type: 'company',
      billing_business_name: 'Inventada SRL',
      billing_trade_name: 'La Inventada',
      billing_state_registration: '000000000000',
      billing_fiscal_regime: '601',
      billing_invoice_use: 'G01',
      billing_phone: '+5411',
    });

    expect(personal.billing).toMatchObject({
      customerType: 'company',
      businessName: 'Inventada SRL',
      tradeName: 'La Inventada',
      stateRegistration: '000000000000',
      taxRegime: '601',
      invoiceUse: 'G01',
      phone: '+5411',
    });
  });

  it('has the fields that the merchant defined, and those of the checkout', () => {
    const { personal } = orderOf({
      custom_fields: [
        { id: 'cf1', name: 'Data da Entrega', value: '02/12/2026' },
        { id: 'cf2', key: 'regalo', value: ['Sí', 'Rojo'] },
        { id: 'cf3', name: 'vacío', value: null },
      ],
      extra: { 'gift-wrap': 'deluxe' },
    });

    expect(personal.customFields).toEqual([
      { fieldId: 'cf1', name: 'Data da Entrega', value: '02/12/2026' },
      { fieldId: 'cf2', name: 'regalo', value: 'Sí, Rojo' },
      { name: 'gift-wrap', value: 'deluxe' },
    ]);
  });

  it('replaces half an emoji, which no table takes, and says so', () => {
    const order = orderOf({ note: 'feliz \ud83d' });

    expect(order.personal.note).toBe('feliz \ufffd');
    expect(order.warnings).toEqual([
      'a character could not be read and was replaced: personal.note; the bytes have it as it came',
    ]);
  });
});

describe('the sale', () => {
  it('tells its channel, app, gateway and instalments', () => {
    const order = orderOf({
      storefront: 'meli',
      app_id: 1234,
      gateway_id: '99',
      payment_details: { installments: '12' },
    });

    expect(order).toMatchObject({
      channel: { name: 'meli', appId: '1234' },
      payment: { gatewayId: '99', instalments: 12 },
    });
  });

  it.each([null, '', 0, 'muchas'])('has no instalments where they are %j', (installments) => {
    expect(orderOf({ payment_details: { installments } }).payment).not.toHaveProperty('instalments');
  });

  it('has one id, whatever zeros it was written with', () => {
    expect(orderOf({ id: '002058709648' }).platformOrderId).toBe('2058709648');
  });
});
