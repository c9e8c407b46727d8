import { describe, expect, it } from 'vitest';
import { samplePart } from '../platforms/nuvemshop/sample-order.ts';
import { orderOf, part, read, shipped } from './nuvemshop-sample.ts';
import { itReads, type Json } from './variations.ts';

describe('a parcel of a shop', () => {
  const first = (expected: Json): Json => ({ fulfilment: { parcels: { 0: expected } } });
  itReads(orderOf, [
    ['in capital letters', shipped({ type: 'SHIP' }), { fulfilment: { kind: 'delivery' } }],
    ['that is fetched, in capital letters', shipped({ type: 'Pickup' }), { fulfilment: { kind: 'pickup' } }],
    [
      'that is not shipped, with another sign',
      shipped({ type: 'non_shippable' }),
      { fulfilment: { kind: 'none' } },
    ],
    [
      'with a promise as an object of PHP',
      shipped({
        max_delivery_date: {
          date: '2026-11-25 23:00:00.000000',
          timezone_type: 3,
          timezone: 'America/Argentina/Buenos_Aires',
        },
      }),
      { ...first({ promised: { to: '2026-11-26T02:00:00.000Z' } }), promisedFor: '2026-11-26T02:00:00.000Z' },
    ],
    [
      'with a promise in seconds',
      shipped({ max_delivery_date: 1_795_000_000 }),
      first({ promised: { to: '2026-11-18T11:06:40.000Z' } }),
    ],
    ['with a carrier that is a text', shipped({ carrier: 'OCA' }), first({ carrier: 'OCA' })],
    [
      'with an option that has a code alone',
      shipped({ option: { code: 'express' } }),
      first({ deliveryOption: 'express' }),
    ],
    [
      'with costs of a comma',
      shipped({ consumer_cost: { value: '1.500,50', currency: 'ars' } }),
      first({ costs: { buyer: 150_050 } }),
    ],
    [
      'with costs below zero for the merchant',
      shipped({ merchant_cost: { value: -1, currency: 'ARS' } }),
      first({ costs: { merchant: -100 } }),
    ],
    ['with an odd status', part({ status: 7 }), first({ status: 'unknown', platformStatus: '7' })],
    ['without a status', part({ status: null }), first({ status: 'unknown', platformStatus: '' })],
    [
      'with a tracking code that is a number',
      part({ tracking_info: { code: 123, url: null } }),
      first({ trackingCode: '123', trackingUrl: null }),
    ],
    ['with a list for tracking', part({ tracking_info: [{ code: 'T9' }] }), first({ trackingCode: 'T9' })],
    [
      'with no tracking, a list',
      part({ tracking_info: [] }),
      first({ trackingCode: null, status: 'unpacked' }),
    ],
    [
      'with a destination of another city',
      part({ destination: { street: 'Rua C', city: { name: 'Goiânia' }, country: 'BR' } }),
      { personal: { parcels: { 0: { address: { street: 'Rua C', city: 'Goiânia', country: 'BR' } } } } },
    ],
    [
      'with a recipient of its own',
      part({ recipient: { name: 'Otra', phone: 5411, identifier: '30-1' } }),
      { personal: { parcels: { 0: { recipient: { name: 'Otra', phone: '5411', documentId: '30-1' } } } } },
    ],
  ]);

  const id = (n: number) => `01PARCEL${n}`;
  const other = (n: number, changes: Json = {}) => samplePart({ id: id(n), ...changes });
  itReads(orderOf, [
    [
      'called off does not say how the rest is sent',
      { fulfillments: [other(1, { status: 'CANCELLED' }), other(2, { shipping: { type: 'pickup' } })] },
      { fulfilment: { kind: 'pickup', status: 'unpacked' } },
    ],
    [
      'called off promises nothing',
      {
        fulfillments: [
          other(1, { status: 'CANCELLED' }),
          other(2, { shipping: { type: 'ship', max_delivery_date: '2026-11-21T00:00:00Z' } }),
        ],
      },
      { promisedFor: '2026-11-21T00:00:00.000Z' },
    ],
    [
      'called off leaves the address to the others',
      {
        shipping_address: null,
        fulfillments: [
          other(1, { status: 'CANCELLED', destination: { street: 'A' } }),
          other(2, { destination: { street: 'B' } }),
        ],
      },
      { personal: { shippingAddress: { street: 'B' } } },
    ],
    [
      'told twice with later news is as the later says',
      {
        fulfillments: [
          other(1, { status: 'PACKED', updated_at: '2026-11-20T10:00:00Z' }),
          other(1, { status: 'DISPATCHED', updated_at: '2026-11-20T11:00:00Z' }),
        ],
      },
      { status: 'dispatched', fulfilment: { parcels: { 0: { status: 'dispatched' }, 1: null } } },
    ],
    [
      'told twice with later news first is as the later says',
      {
        fulfillments: [
          other(1, { status: 'DISPATCHED', updated_at: '2026-11-20T11:00:00Z' }),
          other(1, { status: 'PACKED', updated_at: '2026-11-20T10:00:00Z' }),
        ],
      },
      { status: 'dispatched' },
    ],
    [
      'ids beside one object',
      { fulfillments: [id(1), id(2)], fulfillment_orders: [other(2)] },
      { fulfilment: { parcels: { 0: { parcelId: id(1) }, 1: { parcelId: id(2), trackingCode: 'T1' } } } },
    ],
    [
      'an address that names nobody’s street leaves it to the parcels',
      { shipping_address: { name: 'Ana' }, fulfillments: [other(1, { destination: { street: 'B' } })] },
      { personal: { shippingAddress: { street: 'B' }, recipient: { name: 'Ana' } } },
    ],
  ]);

  it.each([
    ['nothing yet', []],
    ['null', null],
    ['ids alone', [id(1)]],
    ['an id beside an object', [id(1), other(2)]],
    ['an object of an id alone beside a whole one', [{ id: id(1) }, other(2)]],
  ])('is looked for again while the platform tells %s', (_, fulfillments) => {
    expect(read({ fulfillments })).toMatchObject({ ok: true, incomplete: { lookAgainInSeconds: 10 } });
  });

  it('is not looked for again once all are whole', () => {
    expect(read({ fulfillments: [other(1), other(2)] })).not.toHaveProperty('incomplete');
  });
});

describe('an order of the old version', () => {
  const v1 = (changes: Json): Json => ({
    fulfillments: undefined,
    total: undefined,
    price: '5400.00',
    discount_gateway: '0',
    ...changes,
  });
  itReads(orderOf, [
    [
      'that says a branch only is fetched',
      v1({ shipping_store_branch_name: 'Centro' }),
      { fulfilment: { kind: 'pickup', parcels: { 0: { pickupPlace: { name: 'Centro' } } } } },
    ],
    [
      'that has a tracking number only is sent',
      v1({ shipping_tracking_number: 99, shipping_status: 'shipped' }),
      {
        status: 'dispatched',
        fulfilment: { kind: 'delivery', parcels: { 0: { trackingCode: '99', status: 'dispatched' } } },
      },
    ],
    [
      'with the kind in capital letters',
      v1({ shipping_pickup_type: 'SHIP', shipping: 'oca' }),
      { fulfilment: { kind: 'delivery', parcels: { 0: { carrier: 'oca' } } } },
    ],
    [
      'with its costs',
      v1({ shipping_pickup_type: 'ship', shipping_cost_customer: '0,00', shipping_cost_owner: '20.00' }),
      { fulfilment: { parcels: { 0: { costs: { buyer: 0, merchant: 2000 } } } } },
    ],
    [
      'without any shipping',
      v1({ shipping: 'not-provided' }),
      { fulfilment: { kind: 'unknown', parcels: [] } },
    ],
  ]);
});
