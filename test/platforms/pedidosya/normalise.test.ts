import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Order, orderSchema } from '../../../functions/domain/order.ts';
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
  it('becomes a normalised order (documented: ids, statuses, parts of the object)', () => {
    expect(read(orderJson())).toEqual({
      omitted: [],
      order: {
        platform: 'pedidosya',
        storeId: CHAIN,
        platformOrderId: '0b7c8f5e-1111-4222-8333-444455556666',
        outletId: 'centro',
        displayNumber: '900100',
        courierCode: 'abcd-1234-efgh',
        status: 'received',
        payment: { status: 'paid' },
        fulfilment: { status: 'unpacked', kind: 'delivery', by: 'platform', parcels: [] },
        platformStatus: { status: 'RECEIVED', payment: 'PAID', fulfilment: 'LOGISTICS_DELIVERY' },
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
        preorder: false,
        acceptedFor: '2026-11-22T12:05:00.000Z',
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
    ...[
      'CANCELED',
      'REJECTED',
      'DECLINED',
      'EXPIRED',
      'RETURNED',
      'REFUNDED',
      'ORDER_CANCELLED_BY_VENDOR',
      'TIMED_OUT',
    ].map((word): [string, Record<string, unknown>, string, string, boolean] => [
      word,
      {},
      'cancelled',
      'unknown',
      false,
    ]),
    ['SOMETHING_NEW', {}, 'unknown', 'unknown', false],
    ['__proto__', {}, 'unknown', 'unknown', false],
    ['constructor', {}, 'unknown', 'unknown', false],
  ])(
    'in status %s %j is %s (documented: statuses of both pickings; post_picked_up is a sale)',
    (status, changes, own, fulfilment, sale) => {
      const { order } = read(orderJson({ status, ...changes }));
      expect([order.status, order.fulfilment.status, order.countsAsSale]).toEqual([own, fulfilment, sale]);
      expect(order.platformStatus.status).toBe(status);
    },
  );

  it('keeps why and by whom it was cancelled', () => {
    const cancellation = { reason: 'CUSTOMER_REQUEST', cancelled_by: 'CUSTOMER', post_picked_up: false };
    expect(read(orderJson({ status: 'CANCELLED', cancellation })).order.platformStatus).toMatchObject({
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

  it('tells for when it was ordered and accepted, and the buyer’s loyalty card, place and company', () => {
    const customer = {
      first_name: 'Compradora',
      loyalty_card: 'L-7',
      delivery_address: {
        latitude: '-34.9011',
        longitude: -56.16450001,
        company: 'Empresa Inventada',
        intercom: '302',
      },
    };

    const { order } = read(orderJson({ isPreorder: true, customer }));

    expect(order).toMatchObject({ preorder: true, acceptedFor: '2026-11-22T12:05:00.000Z' });
    expect(order.personal).toMatchObject({
      loyaltyId: 'L-7',
      recipient: { name: 'Empresa Inventada' },
      shippingAddress: { latitude: -34.9011, longitude: -56.1645, instructions: 'intercom: 302' },
    });
  });

  it.each([
    ['one of them only', { latitude: -34.9 }, 0],
    ['the middle of the sea', { latitude: 0, longitude: 0 }, 0],
    ['a place on no map', { latitude: 1e300, longitude: 1 }, 1],
    ['words', { latitude: 'norte', longitude: 'este' }, 2],
  ])('has no place where it tells %s', (_, delivery_address, warnings) => {
    const { order } = read(orderJson({ customer: { delivery_address } }));
    expect(order.personal).toEqual({ note: 'Timbre 2' });
    expect(order.warnings).toHaveLength(warnings);
  });

  it('with a bare status has neither lines nor totals, and says that it tells nothing else', () => {
    const sys = { updated_at: '2026-11-22T12:00:05.000Z' };
    const { order, omitted } = read({ order_id: 'o', status: 'READY_FOR_PICKUP', sys });
    expect(order).toMatchObject({ status: 'ready', totals: {}, personal: {} });
    expect(order).not.toHaveProperty('lines');
    expect(omitted).toEqual(
      expect.arrayContaining(['totals', 'lines', 'personal', 'payment', 'fulfilment', 'platformStatus']),
    );
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

describe('what a message leaves out', () => {
  it.each<[string, Record<string, unknown>, (keyof Order)[]]>([
    ['payment', { payment: undefined }, ['payment', 'platformStatus', 'totals', 'discounts']],
    ['payment null', { payment: null }, ['payment', 'platformStatus', 'totals', 'discounts']],
    ['payment without its total', { payment: { sub_total: 79.5, type: 'PAID' } }, ['totals']],
    ['customer', { customer: undefined }, ['personal']],
    ['customer null', { customer: null }, ['personal']],
    ['items', { items: undefined }, ['lines', 'personal']],
    ['numbers', { external_order_id: null, order_code: '' }, ['displayNumber', 'courierCode']],
    ['times', { sys: undefined, promised_for: null }, ['placedAt', 'updatedAt', 'promisedFor']],
    ['a cancellation without the transport', { status: 'CANCELLED', order_type: undefined }, ['fulfilment']],
    [
      'everything',
      { client: null, items: null, payment: null, customer: null },
      [
        'outletId',
        'payment',
        'platformStatus',
        'currency',
        'totals',
        'discounts',
        'lines',
        'personal',
        'warnings',
      ],
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
    expect(order.lines?.[0]).toMatchObject({ name: 'HSM-1', unitPrice: 3975 });
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
      if (result.ok) orderSchema().parse(result.order);
      else expect(result.problem).not.toBe('');
    }),
    { numRuns: 2000 },
  );
});
