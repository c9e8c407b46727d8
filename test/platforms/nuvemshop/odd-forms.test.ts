import { describe, expect, it } from 'vitest';
import type { Order } from '../../../functions/domain/order.ts';
import { normaliseNuvemshopOrder } from '../../../functions/platforms/nuvemshop/normalise.ts';
import { sampleOrder, samplePart } from './sample-order.ts';

const readingOf = (changes: Record<string, unknown>) =>
  normaliseNuvemshopOrder(sampleOrder(changes), { storeId: '5665778' });
const orderOf = (changes: Record<string, unknown>): Order => {
  const result = readingOf(changes);
  if (!result.ok) throw new Error(result.problem);
  return result.order;
};
const [sample] = sampleOrder().products as [Record<string, unknown>];
const withProduct = (changes: object) => orderOf({ products: [{ ...sample, ...changes }] });
const LINE = String(sample.id);
const withPart = (changes: Record<string, unknown>) => {
  const { fulfilment, warnings } = orderOf({ fulfillments: [samplePart(changes)] });
  return { parcel: fulfilment.parcels[0]!, warnings };
};

describe('what a line says in another form', () => {
  it.each([
    ['JSON in a text', '[{"name":"Grabado","value":"Ana"}]'],
    ['with a label', [{ label: 'Grabado', value: 'Ana' }]],
    ['with a value further in', [{ title: 'Grabado', value: { text: 'Ana' } }]],
    ['by name', { Grabado: ['Ana'] }],
    ['alone', { key: 'Grabado', value: 'Ana' }],
  ])('is its personalisation: %s', (_, properties) => {
    expect(withProduct({ properties }).personal.lineProperties).toEqual([
      { lineId: LINE, properties: [{ name: 'Grabado', value: 'Ana' }] },
    ]);
  });

  it('is its personalisation, as a text without a name too', () => {
    expect(withProduct({ properties: 'Para Ana' }).personal.lineProperties).toEqual([
      { lineId: LINE, properties: [{ name: 'properties', value: 'Para Ana' }] },
    ]);
  });

  it('is a variant by language beside an id, barcodes in a list, and a truth value as a number', () => {
    const { lines, warnings } = withProduct({
      variant_values: [{ id: 9, es: 'Rojo' }],
      barcode: ['779', 780, ''],
      free_shipping: 1,
    });

    expect(lines).toMatchObject([{ variantValues: ['Rojo'], barcodes: ['779', '780'], freeShipping: true }]);
    expect(warnings).toEqual([]);
  });

  it('is a list with gaps, which PHP writes by number', () => {
    const { lines } = orderOf({
      products: { '0': { ...sample, quantity: 1 }, '2': { ...sample, id: 7, quantity: 1 } },
    });

    expect(lines?.map(({ lineId }) => lineId)).toEqual([LINE, '7']);
  });

  it('is an amount with the other decimal sign', () => {
    const order = withProduct({ price: '3.000,00' });

    expect(order.lines).toMatchObject([{ unitPrice: 300_000, total: 600_000 }]);
    expect(order.warnings).toEqual([]);
  });
});

describe('what a parcel says in another form', () => {
  it.each([
    ['a number', 1500.5],
    ['a text', '1500.50'],
  ])('is its cost, as %s in the currency of the order', (_, consumer_cost) => {
    const { parcel, warnings } = withPart({ shipping: { type: 'ship', consumer_cost } });

    expect(parcel.costs).toEqual({ buyer: 150_050 });
    expect(warnings).toEqual([]);
  });

  it('is tracking, place and where it leaves from, each as a text', () => {
    const { parcel, warnings } = withPart({
      tracking_info: 'TR-1',
      assigned_location: '01LOC',
      shipping: { type: 'pickup', pickup_details: { name: 'Sucursal', address: 'Calle 1' } },
    });

    expect(parcel).toMatchObject({
      trackingCode: 'TR-1',
      locationId: '01LOC',
      pickupPlace: { name: 'Sucursal', address: { street: 'Calle 1' } },
    });
    expect(warnings).toEqual([]);
  });

  it('is what is in it, by number, and an odd entry costs itself alone', () => {
    const { parcel, warnings } = withPart({
      line_items: { '0': 'odd', '1': null, '3': { order_line_item_id: LINE, quantity: '2' } },
    });

    expect(parcel.lines).toEqual([{ lineId: LINE, quantity: 2 }]);
    expect(warnings).toEqual(['fulfillments[0].line_items[0] left out: it names no line or no quantity']);
  });

  it('is a promise of days, each of them whole', () => {
    const { parcel, warnings } = withPart({
      shipping: { type: 'ship', min_delivery_date: '2026-11-25', max_delivery_date: '2026-11-28' },
    });

    expect(parcel.promised).toEqual({ from: '2026-11-25T00:00:00.000Z', to: '2026-11-28T23:59:59.000Z' });
    expect(warnings).toContain(
      'fulfillments[0].shipping.max_delivery_date is a day without a time, read in UTC',
    );
  });

  it('is no promise where it is no date, which is told', () => {
    const { parcel, warnings } = withPart({ shipping: { type: 'ship', max_delivery_date: 'pronto' } });

    expect(parcel).not.toHaveProperty('promised');
    expect(warnings).toContain('left out: fulfillments[0].shipping.max_delivery_date is no date');
  });

  it('is in the other list, where the first has its object in part only', () => {
    const part = samplePart();
    const poor = { id: part.id, status: 'DISPATCHED', tracking_info: { code: null, url: null } };
    const order = orderOf({ fulfillments: [poor], fulfillment_orders: [part] });

    expect(order.fulfilment.parcels).toMatchObject([
      { status: 'dispatched', trackingCode: 'T1', costs: { buyer: 150_050 } },
    ]);
  });

  it('is nothing yet where its object is an id alone, so that it is looked for again', () => {
    expect(readingOf({ fulfillments: [{ id: '01J' }] })).toMatchObject({
      incomplete: expect.anything() as object,
    });
  });
});

describe('what the money says in another form', () => {
  const bare = { fulfillments: [], discount_gateway: '0.00' };

  it('is a discount, with a sign before it', () => {
    const { totals, warnings } = orderOf({ ...bare, discount: '-600.00', total: '5400.00' });

    expect(totals).toMatchObject({ goods: 600_000, discount: 60_000, shipping: 0, total: 540_000 });
    expect(warnings).toEqual([]);
  });

  it('is a surcharge, where only that adds up', () => {
    const { totals, warnings } = orderOf({ ...bare, discount: '-600.00', total: '6600.00' });

    expect(totals).toMatchObject({ goods: 600_000, surcharge: 60_000, shipping: 0, total: 660_000 });
    expect(totals).not.toHaveProperty('discount');
    expect(warnings).toEqual([]);
  });

  it('is a coupon by its code alone', () => {
    const { discounts } = orderOf({
      ...bare,
      coupon: 'HOLA10',
      discount: '600',
      discount_coupon: '600',
      total: '5400',
    });

    expect(discounts).toEqual([{ kind: 'coupon', code: 'HOLA10', amount: 60_000 }]);
  });
});
