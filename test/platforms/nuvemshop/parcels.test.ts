import { describe, expect, it } from 'vitest';
import type { Normalised, Order } from '../../../functions/domain/order.ts';
import { normaliseNuvemshopOrder } from '../../../functions/platforms/nuvemshop/normalise.ts';
import { sampleOrder, samplePart } from './sample-order.ts';

const STORE = { storeId: '5665778' };
type Understood = Extract<Normalised, { ok: true }>;
const read = (changes: Record<string, unknown>): Understood => {
  const result = normaliseNuvemshopOrder(sampleOrder(changes), STORE);
  if (!result.ok) throw new Error(result.problem);
  return result;
};
const orderOf = (changes: Record<string, unknown>): Order => read(changes).order;
const parcelsOf = (changes: Record<string, unknown>) => orderOf(changes).fulfilment.parcels;

const LINE = 3127510877;
const VARIANT = '426215948';

describe('what is in a parcel', () => {
  it.each([
    ['order_line_item_id', { id: 1, order_line_item_id: LINE, quantity: 2 }],
    ['external_id, as fulfilment orders do', { id: '01J1QCWJX', external_id: String(LINE), quantity: '2' }],
    ['the id itself', { id: LINE, quantity: 2 }],
    ['the variant, where it is on one line', { id: '01J1', variant: { variant_id: VARIANT }, quantity: 2 }],
  ])('is named by %s', (_, item) => {
    const order = orderOf({ fulfillments: [samplePart({ line_items: [item] })] });

    expect(order.fulfilment.parcels[0]?.lines).toEqual([{ lineId: String(LINE), quantity: 2 }]);
    expect(order.warnings).toEqual([]);
  });

  it('may be a part of a line: the rest is in the next parcel', () => {
    const part = (id: string, quantity: number) =>
      samplePart({ id, line_items: [{ order_line_item_id: LINE, quantity }] });

    expect(
      parcelsOf({ fulfillments: [part('A', 1), part('B', 1)], total: '8401.00' }).map(({ lines }) => lines),
    ).toEqual([[{ lineId: String(LINE), quantity: 1 }], [{ lineId: String(LINE), quantity: 1 }]]);
  });

  it('is told with a warning where it is no line of the order', () => {
    const order = orderOf({
      fulfillments: [samplePart({ line_items: [{ external_id: '5', quantity: 1 }] })],
    });

    expect(order.fulfilment.parcels[0]?.lines).toEqual([{ lineId: '5', quantity: 1 }]);
    expect(order.warnings).toEqual(['fulfillments[0].line_items[0] names no line of the order']);
  });
});

describe('a parcel', () => {
  it('has its own destination, recipient, costs, promise and option, the persons apart', () => {
    const { fulfilment, personal } = orderOf({
      fulfillments: [
        samplePart({
          recipient: { name: 'Otra Persona', phone: '+540000', identifier: '11223344B' },
          destination: {
            street: 'Calle Dos',
            number: '2',
            province: { name: 'Córdoba', code: 'X' },
            country: { code: 'AR' },
          },
          shipping: {
            type: 'ship',
            carrier: { name: 'Correo' },
            option: { name: 'A domicilio' },
            consumer_cost: { value: 1500.5, currency: 'ARS' },
            merchant_cost: { value: '900.00', currency: 'ARS' },
            min_delivery_date: '2026-11-24T10:20:19+00:00',
            max_delivery_date: '2026-11-25T10:20:19+00:00',
          },
        }),
      ],
    });

    expect(fulfilment.parcels[0]).toMatchObject({
      deliveryOption: 'A domicilio',
      costs: { buyer: 150_050, merchant: 90_000 },
      promised: { from: '2026-11-24T10:20:19.000Z', to: '2026-11-25T10:20:19.000Z' },
    });
    expect(personal.parcels).toEqual([
      {
        parcelId: '01FHZXHK8PTP9FVK99Z66GXKKK',
        recipient: { name: 'Otra Persona', phone: '+540000', documentId: '11223344B' },
        address: { street: 'Calle Dos', number: '2', province: 'Córdoba', country: 'AR' },
      },
    ]);
    expect(JSON.stringify(fulfilment)).not.toContain('Otra Persona');
  });

  it('that is fetched names where: a place of business', () => {
    const shipping = {
      type: 'pickup',
      pickup_details: { name: 'Sucursal Centro', address: { street: 'Av. B', number: 99, city: 'CABA' } },
    };

    expect(parcelsOf({ fulfillments: [samplePart({ shipping })], total: '5400.00' })[0]?.pickupPlace).toEqual(
      {
        name: 'Sucursal Centro',
        address: { street: 'Av. B', number: '99', city: 'CABA' },
      },
    );
  });

  it('that was called off stands beside one that was sent, and holds nothing up', () => {
    const off = samplePart({ id: 'A', status: 'CANCELLED' });
    const sent = samplePart({ id: 'B', status: 'DISPATCHED', fulfilled_at: '2026-11-21T10:00:00+00:00' });

    const order = orderOf({ fulfillments: [off, sent], shipping_status: 'shipped' });

    expect(order.status).toBe('dispatched');
    expect(order.fulfilment.parcels).toMatchObject([
      { parcelId: 'A', status: 'cancelled', platformStatus: 'CANCELLED' },
      { parcelId: 'B', status: 'dispatched', dispatchedAt: '2026-11-21T10:00:00.000Z' },
    ]);
    expect(order.totals.shipping).toBe(150_050);
  });

  it.each([
    ['assigned_location', 7],
    ['tracking_info', 'TR1'],
    ['shipping', []],
    ['shipping', { type: 'ship', consumer_cost: { value: {}, currency: 'ARS' } }],
    ['recipient', 'Otra'],
    ['line_items', 'x'],
    ['line_items', [{ quantity: 'dos', id: LINE }, null]],
    ['destination', [1]],
    ['status_history', [7]],
    ['updated_at', {}],
    ['fulfilled_at', 5],
  ])('of which %s is %j loses that, and nothing else', (field, value) => {
    const odd = samplePart({ status: 'DISPATCHED', [field]: value });

    const order = orderOf({ fulfillments: [odd], shipping_status: 'unpacked', total: '6900.50' });

    expect(order.status).toBe('dispatched');
    expect(order.fulfilment.parcels).toMatchObject([{ parcelId: odd.id, status: 'dispatched' }]);
  });

  it('of which the status is odd leaves the order to its own word', () => {
    const order = orderOf({ fulfillments: [samplePart({ status: {} })], shipping_status: 'shipped' });

    expect(order).toMatchObject({ status: 'dispatched', fulfilment: { parcels: [{ status: 'unknown' }] } });
  });

  it('of which the id is odd goes by its number', () => {
    const order = orderOf({ fulfillments: [samplePart({ id: {}, number: '306-1' })] });

    expect(order.fulfilment.parcels[0]?.parcelId).toBe('306-1');
  });

  it('costs nothing in another currency', () => {
    const part = samplePart({ shipping: { type: 'ship', consumer_cost: { value: 9, currency: 'USD' } } });

    const order = orderOf({ fulfillments: [part] });

    expect(order.fulfilment.parcels[0]).not.toHaveProperty('costs');
    expect(order.totals.shipping).toBe(150_050);
    expect(order.warnings).toEqual([
      'left out: fulfillments[0].shipping.consumer_cost is in another currency',
    ]);
  });
});

describe('the two lists of parcels', () => {
  const whole = samplePart({ status: 'DISPATCHED' });
  const id = whole.id;

  it.each([
    ['ids first, objects second', [id], [whole]],
    ['objects first, ids second', [whole], [id]],
    ['objects in both', [whole], [whole]],
    ['an empty first', [], [whole]],
    ['no first', null, [whole]],
    ['an empty second', [whole], []],
    ['no second', [whole], null],
    ['an object with gaps for a list', { 1: whole }, undefined],
    ['nothing between the entries', [null, whole], null],
  ])('give one parcel: %s', (_, fulfillments, fulfillment_orders) => {
    const { order, incomplete } = read({ fulfillments, fulfillment_orders });

    expect(order.fulfilment.parcels).toMatchObject([
      { parcelId: id, status: 'dispatched', carrier: 'Correo Inventado' },
    ]);
    expect(order.warnings).toEqual([]);
    expect(incomplete).toBeUndefined();
  });
});

describe('an order without parcels', () => {
  it.each([
    ['an empty list', { fulfillments: [] }],
    ['ids alone', { fulfillments: ['01A'] }],
    ['no list', { fulfillments: null }],
  ])('may get them later: %s', (_, change) => {
    expect(read(change).incomplete).toEqual({ lookAgainInSeconds: 10 });
  });

  it.each([
    ['a sale over the counter', { storefront: 'pos', shipping_address: null, fulfillments: [] }],
    ['one of the old version, which has none', { fulfillments: undefined, shipping_pickup_type: 'ship' }],
  ])('gets none: %s', (_, change) => {
    expect(read(change).incomplete).toBeUndefined();
  });
});

describe('an order of the old version', () => {
  it('has one parcel, told by its own fields', () => {
    const order = orderOf({
      fulfillments: undefined,
      shipping_status: 'shipped',
      shipping_pickup_type: 'ship',
      shipping_carrier_name: 'OCA',
      shipping_option: 'Estándar',
      shipping_tracking_number: 'TR123',
      shipping_tracking_url: 'https://t.example/TR123',
      shipping_cost_customer: '1500.50',
      shipping_cost_owner: '1000.00',
      shipped_at: '2026-11-21T10:00:00+0000',
    });

    expect(order).toMatchObject({
      status: 'dispatched',
      updatedAt: '2026-11-21T10:00:00.000Z',
      totals: { shipping: 150_050 },
      fulfilment: {
        kind: 'delivery',
        parcels: [
          {
            parcelId: '2058709648-1',
            status: 'dispatched',
            carrier: 'OCA',
            deliveryOption: 'Estándar',
            trackingCode: 'TR123',
            trackingUrl: 'https://t.example/TR123',
            costs: { buyer: 150_050, merchant: 100_000 },
            dispatchedAt: '2026-11-21T10:00:00.000Z',
          },
        ],
      },
      warnings: [],
    });
  });

  it('that is fetched names the branch', () => {
    const order = orderOf({
      fulfillments: undefined,
      total: '5400.00',
      shipping_pickup_type: 'pickup',
      shipping_store_branch_name: 'Sucursal Centro',
      shipping_pickup_details: { address: { street: 'Av. B' } },
    });

    expect(order.fulfilment).toMatchObject({
      kind: 'pickup',
      parcels: [{ pickupPlace: { name: 'Sucursal Centro', address: { street: 'Av. B' } } }],
    });
  });
});

describe('what is downloaded, in an order with goods to hand over,', () => {
  const downloaded = (status: string) =>
    samplePart({ id: 'FILE', status, shipping: { type: 'non-shippable' } });
  const fulfilmentOf = (parts: object[]) => {
    const { status, fulfilment } = orderOf({ fulfillments: parts, payment_status: 'paid' });
    return [status, fulfilment.status];
  };

  it('is no sign that anything of the rest was packed once it is delivered', () => {
    expect(fulfilmentOf([samplePart({ status: 'UNPACKED' }), downloaded('DELIVERED')])).toEqual([
      'confirmed',
      'unpacked',
    ]);
  });

  it('keeps the order open while it is not', () => {
    expect(fulfilmentOf([samplePart({ status: 'DELIVERED' }), downloaded('UNPACKED')])).toEqual([
      'ready',
      'partially_dispatched',
    ]);
  });

  it('is the whole of an order of which the rest was called off', () => {
    expect(fulfilmentOf([samplePart({ status: 'CANCELLED' }), downloaded('DELIVERED')])).toEqual([
      'delivered',
      'delivered',
    ]);
  });
});
