import { describe, expect, it } from 'vitest';
import { parseJson } from '../../functions/http/answer.ts';
import { normalisePedidosyaOrder } from '../../functions/platforms/pedidosya/normalise.ts';
import { settingsOf } from '../platforms/pedidosya/harness.ts';
import { itemJson, orderJson } from '../platforms/pedidosya/order-builder.ts';
import { from, item, orderOf, pricing, read } from './pedidosya-sample.ts';
import { itReads, type Json } from './variations.ts';

describe('an item of a chain', () => {
  const first = (expected: Json): Json => ({ lines: { 0: expected } });
  itReads(orderOf, [
    [
      'in a list by number',
      { items: { '0': itemJson(), '2': itemJson({ _id: 'item-3' }) } },
      { lines: { 0: { lineId: 'item-1' }, 1: { lineId: 'item-3' } } },
    ],
    ['alone', { items: itemJson() }, first({ lineId: 'item-1' })],
    ['with a SKU that is a number', item({ sku: 12 }), first({ sku: '12' })],
    ['without a SKU', item({ sku: null }), first({ sku: null, name: 'Producto de prueba' })],
    [
      'of the same id twice',
      { items: [itemJson(), itemJson()] },
      { lines: { 0: { lineId: 'item-1' }, 1: { lineId: 'item-1#2' } } },
    ],
    [
      'with an empty list for what was ordered',
      item({ original_pricing: [] }),
      first({ listPrice: null, total: 7950 }),
      'none',
    ],
    [
      'weighed, in text',
      pricing({
        pricing_type: 'kg',
        weight: '0,350',
        weighted_pieces: '3',
        unit_price: 100,
        total_price: 35,
      }),
      first({ unit: 'kg', quantity: 0.35, pieces: 3, total: 3500 }),
    ],
    [
      'not weighed',
      item({
        pricing: { pricing_type: 'KG', weight: 0, quantity: 1, unit_price: 100, total_price: 0 },
        original_pricing: { weight: 0.5 },
      }),
      first({ quantity: 0.5, total: 5000 }),
      /not weighed/,
    ],
    [
      'not weighed, and not ordered by weight',
      pricing({ pricing_type: 'KG', weight: null, quantity: 2, total_price: 0 }),
      first({ quantity: 2, total: 7950 }),
      /quantity read as kilograms/,
    ],
    [
      'not found',
      item({ status: 'not_found' }),
      first({ quantity: 0, total: 0, platformStatus: 'not_found' }),
    ],
    [
      'replaced by another',
      {
        items: [
          itemJson({ status: 'REPLACED' }),
          itemJson({ _id: 'new', replaced_id: 'item-1', status: 'ADDITION' }),
        ],
      },
      { lines: { 0: { total: 0 }, 1: { replacesLineId: 'item-1', total: 7950 } } },
    ],
    [
      'in an unknown measure',
      pricing({ pricing_type: 'LITRE' }),
      first({ unit: 'unit', quantity: 2 }),
      /pricing_type/,
    ],
    [
      'with a price that is an empty text',
      pricing({ unit_price: '', total_price: 79.5 }),
      first({ unitPrice: 3975, total: 7950 }),
      /unit_price is missing/,
    ],
    [
      'with neither price',
      pricing({ unit_price: null, total_price: '' }),
      first({ unitPrice: null, total: null }),
      /neither/,
    ],
    [
      'with a tax rate out of bounds',
      pricing({ vat_percent: 2200 }),
      first({ taxRate: null }),
      /vat_percent/,
    ],
    [
      'with a wish',
      item({ instructions: ' sin sal 🧂 ' }),
      {
        personal: {
          lineProperties: [{ lineId: 'item-1', properties: [{ name: 'instructions', value: 'sin sal 🧂' }] }],
        },
      },
    ],
    ['with a barcode for each', item({ barcode: [' 773 ', 774] }), first({ barcodes: ['773', '774'] })],
    ['with a name that is an object', item({ name: {} }), first({ name: 'HSM-1' }), /name/],
  ]);

  it.each([
    ['below zero', -1],
    ['beyond a billion', 1e16],
    ['beyond all digits', 1e-200],
    ['huge', 1e200],
    ['a truth value', true],
    ['two thousand or two', '2,000'],
    ['missing', undefined],
  ])('with a quantity that is none needs review, which names it: %s', (_, quantity) => {
    const result = read(pricing({ quantity }));

    expect(!result.ok && result.problem).toContain('items[0].pricing.quantity');
  });
});

describe('where an order of a chain stands', () => {
  const words: readonly (readonly [string, string, boolean])[] = [
    ['RECEIVED', 'received', true],
    ['accepted', 'confirmed', true],
    ['Ready for pickup', 'ready', true],
    ['PICKED_UP', 'dispatched', true],
    ['DELIVERED', 'delivered', true],
    ['CANCELED', 'cancelled', false],
    ['CANCELLED_BY_VENDOR', 'cancelled', false],
    ['REJECTED', 'cancelled', false],
    ['EXPIRED', 'cancelled', false],
    ['TIMEOUT', 'cancelled', false],
    ['RETURNED', 'cancelled', false],
    ['RETURNED_TO_VENDOR', 'cancelled', false],
    ['NOT_DELIVERED', 'cancelled', false],
    ['REFUSED', 'cancelled', false],
    ['CANCELLATION_REQUESTED', 'unknown', false],
    ['CANCELLATION_REJECTED', 'unknown', false],
    ['RETURN_PENDING', 'unknown', false],
    ['REFUND_IN_PROGRESS', 'unknown', false],
    ['PARTIALLY_REFUNDED', 'unknown', false],
    ['', 'unknown', false],
    ['__proto__', 'unknown', false],
    ['constructor', 'unknown', false],
  ];
  itReads(
    orderOf,
    words.map(([word, status, countsAsSale]) => [
      `"${word}"`,
      { status: word },
      { status, countsAsSale, platformStatus: { status: word } },
    ]),
  );

  itReads(orderOf, [
    [
      'cancelled after the hand-over is settled',
      { status: 'CANCELLED', cancellation: { post_picked_up: 1, reason: 'X', cancelled_by: 'CUSTOMER' } },
      {
        countsAsSale: true,
        fulfilment: { status: 'dispatched' },
        platformStatus: { cancelReason: 'X', cancelledBy: 'CUSTOMER' },
      },
    ],
    [
      'cancelled without a word why, as a list',
      { status: 'CANCELLED', cancellation: [] },
      { status: 'cancelled', countsAsSale: false },
    ],
    [
      'a pre-order',
      { isPreorder: 'true', accepted_for: '2026-11-23T12:00:00-03:00' },
      { preorder: true, acceptedFor: '2026-11-23T15:00:00.000Z' },
    ],
    [
      'no times',
      { sys: [], promised_for: null, accepted_for: '' },
      { placedAt: null, updatedAt: null, promisedFor: null, acceptedFor: null },
    ],
    [
      'times in milliseconds',
      { sys: { created_at: 1_795_000_000_000, updated_at: 1_795_000_000_001 } },
      { placedAt: '2026-11-18T11:06:40.000Z', updatedAt: '2026-11-18T11:06:40.001Z' },
    ],
    [
      'numbers for codes',
      { external_order_id: 900_100, order_code: 12 },
      { displayNumber: '900100', courierCode: '12' },
    ],
    ['an outlet of an own code', { client: { store_id: 's8ym' } }, { outletId: 'store-002' }],
    ['an unknown country', from('qa'), { currency: 'UYU' }, /country_code/],
    ['no client at all', { client: [] }, { currency: 'UYU', outletId: null }],
  ]);
});

describe('persons of a chain', () => {
  const customer = (changes: Json): Json => ({ customer: { ...(orderJson().customer as Json), ...changes } });
  const at = (changes: Json): Json =>
    customer({
      delivery_address: { ...((orderJson().customer as Json).delivery_address as Json), ...changes },
    });
  itReads(orderOf, [
    [
      'masked',
      customer({ first_name: 'A**', last_name: '*', phone_number: '09****12' }),
      { personal: { name: null, phone: null, documentId: '12345678' } },
    ],
    ['nobody, as a list', { customer: [] }, { personal: { name: null, note: 'Timbre 2' } }],
    [
      'a company at the address',
      at({ company: 'Ficticia SRL' }),
      { personal: { recipient: { name: 'Ficticia SRL' } } },
    ],
    [
      'a tax id',
      customer({ national_id: '', tax_id: 210_000_000_018 }),
      { personal: { documentId: '210000000018', documentType: 'tax_id' } },
    ],
    ['a loyalty card', customer({ loyalty_card: 77 }), { personal: { loyaltyId: '77' } }],
    [
      'coordinates in text',
      at({ latitude: '-34,9', longitude: '-56.1' }),
      { personal: { shippingAddress: { latitude: -34.9, longitude: -56.1 } } },
    ],
    [
      'coordinates in the sea',
      at({ latitude: 0, longitude: 0 }),
      { personal: { shippingAddress: { latitude: null, longitude: null } } },
    ],
    [
      'coordinates out of the world',
      at({ latitude: 91, longitude: 0 }),
      { personal: { shippingAddress: { latitude: null } } },
      /latitude/,
    ],
    [
      'a postal code under its other name',
      at({ zipcode: null, postal_code: '05000' }),
      { personal: { shippingAddress: { postalCode: '05000' } } },
    ],
    [
      'an address as one text',
      at({ street: null, formattedAddress: 'Calle 1, Montevideo' }),
      { personal: { shippingAddress: { street: 'Calle 1, Montevideo' } } },
    ],
    [
      'an address that is a list',
      customer({ delivery_address: [] }),
      { personal: { shippingAddress: null, name: 'Compradora Ficticia' } },
    ],
    [
      'a note with emoji, flags and a control character',
      { comment: '🎂 🇦🇷 \u0001 ok' },
      { personal: { note: '🎂 🇦🇷 \u0001 ok' } },
    ],
    ['a note with asterisks', { comment: '** urgente **' }, { personal: { note: '** urgente **' } }],
    ['a note with HTML', { comment: '<script>x</script>' }, { personal: { note: '<script>x</script>' } }],
  ]);

  it('half of an emoji is replaced, and told', () => {
    const text = JSON.stringify(orderJson({ comment: 'feliz X' })).replace('X', '\\ud83d');
    const result = normalisePedidosyaOrder(parseJson(text), settingsOf());

    expect(result).toMatchObject({ ok: true, order: { personal: { note: 'feliz \ufffd' } } });
    expect(result.ok && result.order.warnings.join()).toContain('personal.note');
  });
});
