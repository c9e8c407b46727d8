import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../functions/domain/order.ts';
import { parseJson } from '../../../functions/http/answer.ts';
import { normaliseNuvemshopOrder } from '../../../functions/platforms/nuvemshop/normalise.ts';
import { PERSON, sampleOrder, samplePart } from './sample-order.ts';

const STORE = { storeId: '5665778' };
const orderOf = (changes: Record<string, unknown> = {}): Order => {
  const result = normaliseNuvemshopOrder(sampleOrder(changes), STORE);
  if (!result.ok) throw new Error(result.problem);
  return result.order;
};

describe('normalising an order', () => {
  it('gives ids as texts, money in minor units and times in UTC', () => {
    expect(orderOf()).toMatchObject({
      platform: 'nuvemshop',
      storeId: '5665778',
      platformOrderId: '2058709648',
      displayNumber: '306',
      status: 'confirmed',
      payment: {
        status: 'paid',
        method: 'credit_card',
        gateway: 'mercadopago',
        paidAt: '2026-11-20T10:04:00.000Z',
      },
      currency: 'ARS',
      totals: { goods: 600_000, discount: 60_000, shipping: 150_050, total: 690_050 },
      placedAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:05:00.000Z',
      promisedFor: '2026-11-25T10:20:19.000Z',
      warnings: [],
    });
  });

  it('reads lines by their own id, with quantities as texts or numbers (documented)', () => {
    const [line] = orderOf().lines!;
    expect(line).toEqual({
      lineId: '3127510877',
      productId: '111334785',
      variantId: '426215948',
      sku: 'MESA-1',
      name: 'Mesa de prueba',
      quantity: 2,
      unit: 'unit',
      unitPrice: 300_000,
      total: 600_000,
    });
    const same = { product_id: 1, variant_id: 2, name: 'x', price: '1.00' };
    const twice = orderOf({
      products: [
        { ...same, id: 1, quantity: 1 },
        { ...same, id: 2, quantity: '1' },
      ],
    });
    expect(twice.lines!.map(({ lineId, quantity }) => [lineId, quantity])).toEqual([
      ['1', 1],
      ['2', 1],
    ]);
  });

  it('takes store_id as text or number (documented)', () => {
    expect(orderOf({ store_id: 5665778 })).toEqual(orderOf());
  });

  it('keeps the digits of a line id beyond int32 and 2^53 (documented)', () => {
    const text = JSON.stringify(sampleOrder()).replace('3127510877', '9007199254740993');
    const result = normaliseNuvemshopOrder(parseJson(text), STORE);
    expect(result.ok && result.order.lines?.[0]?.lineId).toBe('9007199254740993');
  });

  it.each([
    ['2026-11-20T10:00:00+0000', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T10:00:00-0300', '2026-11-20T13:00:00.000Z'],
    ['2026-11-20T10:00:00-03:00', '2026-11-20T13:00:00.000Z'],
    ['2026-11-20T10:00:00.742Z', '2026-11-20T10:00:00.742Z'],
    ['2026-11-20 10:00:00', '2026-11-20T10:00:00.000Z'],
    [{ date: '2026-11-20 10:00:00.000000', timezone_type: 3, timezone: 'UTC' }, '2026-11-20T10:00:00.000Z'],
    [
      { date: '2026-11-20 10:00:00.000000', timezone_type: 1, timezone: '-03:00' },
      '2026-11-20T13:00:00.000Z',
    ],
  ])('reads the time %j, offsets without a colon and PHP objects included (documented)', (time, iso) => {
    expect(orderOf({ created_at: time }).placedAt).toBe(iso);
  });

  it('reads a zone by its name', () => {
    const order = orderOf({ completed_at: { date: '2026-11-21 10:00:00', timezone: 'America/Sao_Paulo' } });
    expect(order.updatedAt).toBe('2026-11-21T13:00:00.000Z');
    expect(order.warnings).toEqual([]);
  });

  it('does not guess a zone that nobody knows', () => {
    const order = orderOf({ completed_at: { date: '2026-11-21 10:00:00', timezone: 'Hora local' } });
    expect(order.updatedAt).toBe('2026-11-20T10:05:00.000Z');
    expect(order.warnings).toEqual(['completed_at is not a date and time, left out']);
  });

  it('takes the latest of all its times for the change: a sample was cancelled after its updated_at (observed)', () => {
    const cancelled = orderOf({
      status: 'cancelled',
      cancel_reason: 'customer',
      cancelled_at: '2026-11-21T00:00:00+0000',
    });
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      countsAsSale: false,
      updatedAt: '2026-11-21T00:00:00.000Z',
      platformStatus: { status: 'cancelled', payment: 'paid', cancelReason: 'customer' },
    });
    const part = samplePart({ updated_at: '2026-11-22T00:00:00+00:00' });
    expect(orderOf({ fulfillments: [part] }).updatedAt).toBe('2026-11-22T00:00:00.000Z');
  });
});

describe('an archived order', () => {
  const closed_at = '2026-11-22T00:00:00+0000';

  it('stays cancelled where it was cancelled before, and is no sale', () => {
    const order = orderOf({ status: 'closed', closed_at, cancelled_at: '2026-11-21T00:00:00+0000' });
    expect(order).toMatchObject({
      status: 'cancelled',
      countsAsSale: false,
      platformStatus: { status: 'closed' },
    });
  });

  it('is a sale where the time of a cancellation is none', () => {
    const order = orderOf({ status: 'closed', closed_at, cancelled_at: '0000-00-00 00:00:00' });
    expect(order).toMatchObject({ status: 'closed', countsAsSale: true });
  });
});

describe('fulfilment orders', () => {
  it('come as fulfillments or as fulfillment_orders (observed)', () => {
    const { fulfillments, ...rest } = sampleOrder();
    const other = normaliseNuvemshopOrder({ ...rest, fulfillment_orders: fulfillments }, STORE);
    expect(other.ok && other.order).toEqual(orderOf());
  });

  it('carry location, carrier and tracking', () => {
    expect(orderOf().fulfilment).toEqual({
      status: 'unpacked',
      kind: 'delivery',
      by: 'unknown',
      parcels: [
        {
          parcelId: '01FHZXHK8PTP9FVK99Z66GXKKK',
          status: 'unpacked',
          platformStatus: 'UNPACKED',
          locationId: '01FHZXHK8PTP9FVK99Z66GXQTX',
          carrier: 'Correo Inventado',
          trackingCode: 'T1',
          trackingUrl: 'https://tracking.example/1',
          costs: { buyer: 150_050 },
          promised: { to: '2026-11-25T10:20:19.000Z' },
        },
      ],
    });
    const otherName = samplePart({ assigned_location: { id: 'L1' } });
    expect(orderOf({ fulfillments: [otherName] }).fulfilment.parcels[0]?.locationId).toBe('L1');
  });

  it('are ULIDs alone without the aggregate, and none right after the order was placed (documented)', () => {
    const bare = orderOf({ fulfillments: ['01FHZXHK8PTP9FVK99Z66GXKKK'], shipping_status: 'shipped' });
    expect(bare.fulfilment).toMatchObject({
      status: 'dispatched',
      parcels: [{ status: 'unknown', platformStatus: '' }],
    });
    expect(orderOf({ fulfillments: [] }).fulfilment).toMatchObject({
      status: 'unpacked',
      parcels: [],
      kind: 'unknown',
    });
    expect(orderOf({ fulfillments: null }).fulfilment.parcels).toEqual([]);
  });

  it('cost the order nothing when one of them is odd', () => {
    const order = orderOf({
      total: '8401.00',
      fulfillments: [samplePart(), { no: 'id' }, 7, samplePart({ id: '02', tracking_info: { code: {} } })],
    });
    expect(order.fulfilment.parcels.map(({ parcelId }) => parcelId)).toEqual([
      '01FHZXHK8PTP9FVK99Z66GXKKK',
      '02',
    ]);
    expect(order.warnings).toHaveLength(3);
  });

  it.each([
    [['ship'], 'delivery'],
    [['pickup'], 'pickup'],
    [['non-shippable'], 'none'],
    [['pickup', 'ship'], 'delivery'],
    [['non-shippable', 'pickup'], 'pickup'],
    [['drone'], 'unknown'],
  ])('of types %j make the order a %s', (types, kind) => {
    const parts = types.map((type, index) => samplePart({ id: `P${index}`, shipping: { type } }));
    expect(orderOf({ fulfillments: parts }).fulfilment.kind).toBe(kind);
  });
});

describe('totals', () => {
  it('take shipping from the fulfilment orders, whose money is numbers (documented)', () => {
    const parts = [samplePart({ id: 'A' }), samplePart({ id: 'B' })];
    expect(orderOf({ fulfillments: parts, total: '8401.00' })).toMatchObject({
      totals: { shipping: 300_100 },
      warnings: [],
    });
  });

  it('derive shipping where nobody says it, and never let it lower the total', () => {
    expect(orderOf({ fulfillments: [], total: '5500.00' }).totals).toMatchObject({
      shipping: 10_000,
      total: 550_000,
    });
    const odd = orderOf({ fulfillments: [], total: '1.00' });
    expect(odd.totals).toMatchObject({ shipping: 0, total: 100 });
    expect(odd.warnings).toEqual(['total is not subtotal less discount plus shipping']);
  });

  it('read the amounts of a currency without decimals', () => {
    const clp = orderOf({ currency: 'CLP', fulfillments: [], total: '5400.00' });
    expect(clp.totals).toMatchObject({ goods: 6000, discount: 600, total: 5400 });
  });

  it('warn when lines and subtotal disagree, as merchants edit orders', () => {
    expect(orderOf({ subtotal: '6001.00', total: '6901.50' }).warnings).toEqual([
      'subtotal is not the sum of the lines',
    ]);
  });

  it('add up for every amount', () => {
    const cents = fc.integer({ min: 0, max: 10 ** 11 });
    const decimal = (minor: number) => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
    fc.assert(
      fc.property(
        cents,
        fc.integer({ min: 1, max: 99 }),
        cents,
        fc.boolean(),
        (price, quantity, shipping, asNumber) => {
          const goods = price * quantity;
          fc.pre(Number.isSafeInteger(goods + shipping));
          const written = (minor: number) =>
            asNumber && minor < 10 ** 13 ? Number(decimal(minor)) : decimal(minor);
          const order = orderOf({
            products: [{ id: 1, name: 'x', price: written(price), quantity }],
            subtotal: decimal(goods),
            discount: '0.00',
            total: decimal(goods + shipping),
            fulfillments: [],
          });
          expect(order.totals).toMatchObject({ goods, shipping, total: goods + shipping });
          expect(order.warnings).toEqual([]);
        },
      ),
    );
  });
});

describe('personal data', () => {
  it('stands under one attribute and nowhere else', () => {
    const { personal, ...rest } = orderOf();
    expect(personal).toEqual({
      name: PERSON.name,
      email: PERSON.email,
      phone: PERSON.phone,
      documentId: PERSON.document,
      documentType: 'dni',
      customerId: '105799009',
      billing: { name: PERSON.name },
      shippingAddress: {
        street: 'Calle Inventada',
        number: '742',
        city: 'Ciudad de Prueba',
        postalCode: '1000',
        country: 'AR',
        instructions: 'portón verde',
      },
      note: 'timbre roto',
    });
    const others = JSON.stringify(rest);
    for (const value of [...Object.values(PERSON), 'Calle Inventada', 'timbre roto'])
      expect(others).not.toContain(value);
  });

  it('leaves out what the platform fills in for nobody (documented)', () => {
    const order = orderOf({
      contact_name: 'No informado',
      contact_email: 'email@naoinformado.com',
      contact_phone: '0000',
      contact_identification: 'Não informado',
      billing_name: null,
      note: '',
      customer: null,
      shipping_address: { address: 'No Informado', zipcode: '0000', city: ' ', country: 'AR' },
    });
    expect(order.personal).toEqual({ shippingAddress: { country: 'AR' } });
  });
});
