import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Order, orderSchema } from '../../../functions/orders/order.ts';
import { normalisePedidosyaOrder } from '../../../functions/platforms/pedidosya/normalise.ts';
import { CHAIN, settingsOf } from './harness.ts';
import { itemJson, orderJson } from './order-builder.ts';

const settings = settingsOf();

function read(json: unknown, of = settings): { order: Order; omitted: readonly (keyof Order)[] } {
  const result = normalisePedidosyaOrder(json, of);
  if (!result.ok) throw new Error(`${result.reason}: ${result.problem}`);
  return { order: result.order, omitted: result.omitted ?? [] };
}

describe('an order of PedidosYa', () => {
  it('becomes a normalised order (H: ids, statuses, parts of the object)', () => {
    expect(read(orderJson())).toEqual({
      omitted: [],
      order: {
        platform: 'pedidosya',
        storeId: CHAIN,
        platformOrderId: '0b7c8f5e-1111-4222-8333-444455556666',
        outletId: 'centro',
        displayNumber: '900100',
        status: 'received',
        payment: { status: 'paid' },
        fulfilment: { status: 'unpacked', kind: 'delivery', by: 'platform', parts: [] },
        platformWords: { status: 'RECEIVED', payment: 'PAID', fulfilment: 'LOGISTICS_DELIVERY' },
        countsAsSale: true,
        currency: 'UYU',
        totals: { goods: 7950, discount: 0, shipping: 4000, fees: 100, tax: 0, total: 12050 },
        lines: [
          {
            lineId: 'item-1',
            sku: 'HSM-1',
            barcodes: ['7730000000001'],
            name: 'Producto de prueba',
            quantity: 2,
            unit: 'unit',
            unitPrice: 3975,
            total: 7950,
            platformStatus: 'NOT_PROCESSED',
          },
        ],
        placedAt: '2026-11-22T12:00:00.000Z',
        updatedAt: '2026-11-22T12:00:05.000Z',
        promisedFor: '2026-11-22T13:00:00.000Z',
        warnings: [],
        personal: {
          name: 'Compradora Ficticia',
          phone: '099000000',
          documentId: '12345678',
          documentType: 'national_id',
          customerId: 'c-1',
          shippingAddress: {
            street: 'Calle Inventada',
            number: '12',
            floor: '3 B',
            locality: 'Centro',
            city: 'Montevideo',
            postalCode: '11000',
            country: 'UY',
            instructions: 'Portón verde',
          },
          note: 'Timbre 2',
        },
      },
    });
  });

  it.each([
    ['RECEIVED', {}, 'received', 'unpacked', true],
    ['ACCEPTED', {}, 'confirmed', 'unpacked', true],
    ['READY_FOR_PICKUP', {}, 'ready', 'ready_for_pickup', true],
    ['DISPATCHED', {}, 'dispatched', 'dispatched', true],
    ['PICKED_UP', {}, 'dispatched', 'dispatched', true],
    ['PICKED_UP', { order_type: 'PICKUP' }, 'delivered', 'delivered', true],
    ['DELIVERED', {}, 'delivered', 'delivered', true],
    ['CANCELLED', {}, 'cancelled', 'unknown', false],
    ['CANCELLED', { cancellation: { post_picked_up: false } }, 'cancelled', 'unknown', false],
    ['CANCELLED', { cancellation: { post_picked_up: true } }, 'cancelled', 'dispatched', true],
    ['received', {}, 'received', 'unpacked', true],
    ['SOMETHING_NEW', {}, 'unknown', 'unknown', true],
    ['__proto__', {}, 'unknown', 'unknown', true],
    ['constructor', {}, 'unknown', 'unknown', true],
  ])(
    'in status %s %j is %s (H: statuses of both pickings; post_picked_up is a sale)',
    (status, changes, own, fulfilment, sale) => {
      const { order } = read(orderJson({ status, ...changes }));
      expect([order.status, order.fulfilment.status, order.countsAsSale]).toEqual([own, fulfilment, sale]);
      expect(order.platformWords.status).toBe(status);
    },
  );

  it('keeps why and by whom it was cancelled', () => {
    const cancellation = { reason: 'CUSTOMER_REQUEST', cancelled_by: 'CUSTOMER', post_picked_up: false };
    expect(read(orderJson({ status: 'CANCELLED', cancellation })).order.platformWords).toMatchObject({
      cancelReason: 'CUSTOMER_REQUEST',
      cancelledBy: 'CUSTOMER',
    });
  });

  it.each([
    ['DELIVERY', 'LOGISTICS_DELIVERY', 'delivery', 'platform'],
    ['DELIVERY', 'VENDOR_DELIVERY', 'delivery', 'merchant'],
    ['PICKUP', 'LOGISTICS_DELIVERY', 'pickup', 'platform'],
    ['PICKUP', undefined, 'pickup', 'unknown'],
    [undefined, 'VENDOR_DELIVERY', 'delivery', 'merchant'],
    ['DRONE', 'DRONE', 'unknown', 'unknown'],
  ])('of type %s carried by %s is %s by %s', (order_type, transport_type, kind, by) => {
    expect(read(orderJson({ order_type, transport_type })).order.fulfilment).toMatchObject({ kind, by });
  });

  it('is kept under the chain although the event names no client', () => {
    const { order, omitted } = read(orderJson({ client: undefined }));
    expect(order).toMatchObject({ storeId: CHAIN, currency: 'UYU', lines: [{ unitPrice: 3975 }] });
    expect(omitted).toEqual(['outletId']);
  });

  it.each([
    ['its own code first', { store_id: 's8ym', external_partner_config_id: 'mine' }, 'mine'],
    ['the configured own code', { store_id: 's8ym' }, 'store-002'],
    ["the platform's id", { store_id: 'nbet', external_partner_config_id: null }, 'nbet'],
  ])('belongs to an outlet by %s', (_, client, outlet) => {
    expect(read(orderJson({ client })).order.outletId).toBe(outlet);
  });

  it('of another chain is foreign, whatever else it holds', () => {
    const client = { chain_id: 'another-chain', store_id: 'nbet' };
    expect(
      normalisePedidosyaOrder(
        orderJson({ client, items: [itemJson({ pricing: { unit_price: 1e30 } })] }),
        settings,
      ),
    ).toEqual({
      ok: false,
      reason: 'foreign-store',
      problem: 'client.chain_id is not the configured chain',
      storeId: 'another-chain',
      platformOrderId: '0b7c8f5e-1111-4222-8333-444455556666',
    });
    expect(read(orderJson({ client: { chain_id: CHAIN.toUpperCase() } })).order.storeId).toBe(CHAIN);
  });

  it.each([
    ['uy', 'UYU', 7950],
    ['AR', 'ARS', 7950],
    ['ec', 'USD', 7950],
    ['cl', 'CLP', 80],
    ['py', 'PYG', 80],
    ['pe', 'PEN', 7950],
    ['bo', 'BOB', 7950],
    ['do', 'DOP', 7950],
    ['ve', 'VES', 7950],
  ])('of country %s is in %s', (country_code, currency, goods) => {
    const { order } = read(orderJson({ client: { country_code } }));
    expect([order.currency, order.totals.goods]).toEqual([currency, goods]);
  });

  it('of a country without a known currency is read in the configured one with a warning', () => {
    const { order } = read(orderJson({ client: { country_code: 'qa' } }));
    expect(order.currency).toBe('UYU');
    expect(order.warnings).toEqual([expect.stringContaining('UYU of the configured country was assumed')]);
    const known = settingsOf({ currencies: { qa: 'QAR' } });
    expect(read(orderJson({ client: { country_code: 'qa' } }), known).order).toMatchObject({
      currency: 'QAR',
      warnings: [],
    });
  });

  it('waits for a person when not even the configured country has a currency', () => {
    const nowhere = settingsOf({ country: 'zz' });
    expect(normalisePedidosyaOrder(orderJson({ client: undefined }), nowhere)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('currencies'),
    });
  });
});

describe('lines', () => {
  const lineOf = (item: Record<string, unknown>) => read(orderJson({ items: [item] })).order.lines[0];

  it('of goods by weight count in kilograms picked (H)', () => {
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

  it('given up or replaced count nothing, and the substitute names what it replaces (H: item statuses)', () => {
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

describe('what a message leaves out', () => {
  it.each<[string, Record<string, unknown>, (keyof Order)[]]>([
    ['payment', { payment: undefined }, ['payment', 'totals']],
    ['payment null', { payment: null }, ['payment', 'totals']],
    ['payment without its total', { payment: { sub_total: 79.5, type: 'PAID' } }, ['totals']],
    ['customer', { customer: undefined }, ['personal']],
    ['customer null', { customer: null }, ['personal']],
    ['items', { items: undefined }, ['lines']],
    ['numbers', { external_order_id: null, order_code: '' }, ['displayNumber']],
    ['times', { sys: undefined, promised_for: null }, ['placedAt', 'updatedAt', 'promisedFor']],
    ['a cancellation without the transport', { status: 'CANCELLED', order_type: undefined }, ['fulfilment']],
    [
      'everything',
      { client: null, items: null, payment: null, customer: null },
      ['outletId', 'payment', 'currency', 'totals', 'lines', 'personal'],
    ],
  ])('is named: %s', (_, changes, omitted) => {
    expect(read(orderJson(changes)).omitted).toEqual(omitted);
  });

  it('is also what it masks: no asterisk becomes a name, and the row keeps the real one (M)', () => {
    const customer = {
      _id: 'c-1',
      first_name: 'A**',
      last_name: '*',
      phone_number: '09******12',
      delivery_address: { city: 'Montevideo', street: '***' },
    };
    const { order, omitted } = read(orderJson({ customer, comment: 'urgente **' }));
    expect(order.personal).toEqual({
      customerId: 'c-1',
      shippingAddress: { city: 'Montevideo' },
      note: 'urgente **',
    });
    expect(omitted).toEqual(['personal']);
  });
});

describe('surprises in decorations', () => {
  it.each([
    ['customer', 7],
    ['comment', { text: 'x' }],
    ['promised_for', ['x']],
    ['external_order_id', {}],
    ['sys', 'yesterday'],
    ['transport_type', []],
  ])('are left out with a warning: %s', (field, value) => {
    const { order } = read(orderJson({ [field]: value }));
    expect(order.warnings[0]).toMatch(new RegExp(`^left out: ${field}`));
  });

  it('inside items and the customer cost that field only', () => {
    const { order } = read(
      orderJson({
        items: [itemJson({ barcode: [{}], name: [] })],
        customer: { first_name: {}, phone_number: 99 },
      }),
    );
    expect(order.lines[0]).toMatchObject({ name: 'HSM-1', unitPrice: 3975 });
    expect(order.personal).toMatchObject({ phone: '99' });
    expect(order.warnings).toHaveLength(3);
  });

  it('are a time that is none', () => {
    const { order, omitted } = read(
      orderJson({ sys: { created_at: 'soon', updated_at: '2026-13-45T99:00:00Z' } }),
    );
    expect(order.warnings).toHaveLength(2);
    expect(omitted).toContain('updatedAt');
  });

  it('do not outgrow the row', () => {
    const items = Array.from({ length: 500 }, (_, n) => itemJson({ _id: `i${n}`, name: {} }));
    expect(read(orderJson({ items, payment: undefined })).order.warnings).toHaveLength(31);
  });
});

it('an order of any JSON is valid or refused with its id, never an exception', () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constant('9'.repeat(500)));
  const fields = Object.keys(orderJson());
  const spoilt = fc
    .tuple(fc.constantFrom(...fields), odd, fc.constantFrom('top', 'inside'))
    .map(([field, value, where]) => {
      const inner = orderJson()[field];
      const inside =
        where === 'inside' && typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      if (!inside) return orderJson({ [field]: value });
      return orderJson({ [field]: Object.fromEntries(Object.keys(inner).map((key) => [key, value])) });
    });
  fc.assert(
    fc.property(fc.oneof(odd, spoilt), (json) => {
      const result = normalisePedidosyaOrder(json, settings);
      if (result.ok) orderSchema.parse(result.order);
      else expect(result.problem).not.toBe('');
    }),
    { numRuns: 2000 },
  );
});
