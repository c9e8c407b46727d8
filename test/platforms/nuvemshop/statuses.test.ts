import { describe, expect, it } from 'vitest';
import {
  countsAsSale,
  fulfilmentStatus,
  orderStatus,
  parcelStatus,
  paymentStatus,
} from '../../../functions/platforms/nuvemshop/order/statuses.ts';

describe('the words of Nuvemshop (documented)', () => {
  it.each([
    'pending',
    'authorized',
    'paid',
    'partially_paid',
    'abandoned',
    'refunded',
    'partially_refunded',
    'voided',
  ])('payment_status %s has the same name here', (word) => {
    expect(paymentStatus(word)).toBe(word);
  });

  it.each([
    ['unpacked', 'unpacked'],
    ['partially_packed', 'unpacked'],
    ['packed', 'packed'],
    ['unshipped', 'packed'],
    ['unfulfilled', 'packed'],
    ['partially_fulfilled', 'partially_dispatched'],
    ['shipped', 'dispatched'],
    ['fulfilled', 'dispatched'],
    ['delivered', 'delivered'],
  ])('shipping_status %s is %s', (word, status) => {
    expect(fulfilmentStatus(word, [])).toBe(status);
  });

  it.each([
    ['UNPACKED', 'unpacked'],
    ['PENDING', 'unpacked'],
    ['PACKED', 'packed'],
    ['READY_FOR_SHIP', 'packed'],
    ['READY_FOR_PICKUP', 'ready_for_pickup'],
    ['DISPATCHED', 'dispatched'],
    ['MARKED_AS_FULFILLED', 'dispatched'],
    ['DELIVERED', 'delivered'],
    ['CANCELLED', 'cancelled'],
  ])('a fulfilment order that is %s is %s', (word, status) => {
    expect(parcelStatus(word)).toBe(status);
  });

  it.each(['teleported', '', '__proto__', 'constructor', 'toString', undefined, null])(
    'takes %j for unknown, never for an error',
    (word) => {
      expect(paymentStatus(word)).toBe('unknown');
      expect(parcelStatus(word)).toBe('unknown');
      expect(fulfilmentStatus(word, [])).toBe('unknown');
      expect(orderStatus(word ?? '', 'paid', 'delivered')).toBe('unknown');
    },
  );
});

describe('the fulfilment of an order with several parcels', () => {
  it.each([
    [['delivered', 'delivered'], 'delivered'],
    [['dispatched', 'delivered'], 'dispatched'],
    [['unpacked', 'delivered'], 'partially_dispatched'],
    [['ready_for_pickup', 'dispatched'], 'partially_dispatched'],
    [['ready_for_pickup', 'ready_for_pickup'], 'ready_for_pickup'],
    [['packed', 'ready_for_pickup'], 'packed'],
    [['unpacked', 'packed'], 'unpacked'],
    [['unknown', 'delivered'], 'dispatched'],
  ] as const)('of %j is %s', (parts, status) => {
    expect(fulfilmentStatus('shipped', parts)).toBe(status);
  });
});

describe('the status of an order', () => {
  it.each([
    ['cancelled', 'paid', 'delivered', 'cancelled'],
    ['closed', 'paid', 'unpacked', 'closed'],
    ['open', 'pending', 'unpacked', 'received'],
    ['open', 'authorized', 'unpacked', 'confirmed'],
    ['open', 'paid', 'unpacked', 'confirmed'],
    ['open', 'unknown', 'unpacked', 'received'],
    ['open', 'voided', 'unpacked', 'received'],
    ['open', 'pending', 'packed', 'ready'],
    ['open', 'paid', 'ready_for_pickup', 'ready'],
    ['open', 'paid', 'partially_dispatched', 'ready'],
    ['open', 'paid', 'dispatched', 'dispatched'],
    ['open', 'paid', 'delivered', 'delivered'],
    ['OPEN', 'paid', 'unknown', 'confirmed'],
  ] as const)('%s, %s, %s is %s', (word, payment, fulfilment, status) => {
    expect(orderStatus(word, payment, fulfilment)).toBe(status);
  });

  it('a cancelled order keeps its payment status and is no sale (observed)', () => {
    expect(countsAsSale('cancelled', 'paid')).toBe(false);
    expect(countsAsSale('delivered', 'refunded')).toBe(false);
    expect(countsAsSale('received', 'voided')).toBe(false);
    expect(countsAsSale('delivered', 'partially_refunded')).toBe(true);
    expect(countsAsSale('received', 'pending')).toBe(true);
  });

  it('words that nobody knows make no sale, since they may mean that there is none', () => {
    expect(countsAsSale('unknown', 'paid')).toBe(false);
    expect(countsAsSale('received', 'unknown')).toBe(false);
  });
});
