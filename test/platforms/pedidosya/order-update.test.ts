import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideOrderUpdate,
  hasTaken,
  type OrderUpdate,
  orderUpdateSchema,
  pickedItems,
} from '../../../functions/platforms/pedidosya/client/order-update.ts';
import { settingsOf } from './harness.ts';
import { itemJson, orderJson } from './order-builder.ts';

const settings = settingsOf();
const LOGISTICS = { transport_type: 'LOGISTICS_DELIVERY' };
const VENDOR = { transport_type: 'VENDOR_DELIVERY' };
const items: OrderUpdate['items'] = [
  {
    _id: 'item-1',
    sku: 'HSM-1',
    status: 'IN_CART',
    pricing: { pricing_type: 'UNIT', quantity: 2, unit_price: 39.75 },
  },
];
const update = (status: OrderUpdate['status']): OrderUpdate =>
  status === 'CANCELLED' ? { status, items, cancellation: { reason: 'CLOSED' } } : { status, items };

describe('whether an order may be changed (documented: transport type, picking mode, state)', () => {
  it.each<[OrderUpdate['status'], object, string]>([
    ['READY_FOR_PICKUP', LOGISTICS, 'allowed'],
    ['READY_FOR_PICKUP', VENDOR, 'VENDOR_DELIVERY'],
    ['READY_FOR_PICKUP', { transport_type: undefined }, 'unknown'],
    ['READY_FOR_PICKUP', { ...LOGISTICS, status: 'ACCEPTED' }, 'allowed'],
    ['READY_FOR_PICKUP', { ...LOGISTICS, status: 'READY_FOR_PICKUP' }, 'already'],
    ['READY_FOR_PICKUP', { ...LOGISTICS, status: 'DELIVERED' }, 'already'],
    ['READY_FOR_PICKUP', { ...LOGISTICS, status: 'CANCELLED' }, 'CANCELLED'],
    ['READY_FOR_PICKUP', { ...LOGISTICS, status: 'NEW_WORD' }, 'NEW_WORD'],
    ['DISPATCHED', VENDOR, 'allowed'],
    ['DISPATCHED', LOGISTICS, 'LOGISTICS_DELIVERY'],
    ['DISPATCHED', { ...VENDOR, status: 'DISPATCHED' }, 'already'],
    ['DISPATCHED', { ...VENDOR, status: 'READY_FOR_PICKUP' }, 'already'],
    ['CANCELLED', LOGISTICS, 'allowed'],
    ['CANCELLED', { ...LOGISTICS, status: 'READY_FOR_PICKUP' }, 'allowed'],
    ['CANCELLED', { ...LOGISTICS, status: 'CANCELLED' }, 'already'],
    ['CANCELLED', { ...LOGISTICS, status: 'PICKED_UP' }, 'PICKED_UP'],
    ['CANCELLED', { ...VENDOR, status: 'DISPATCHED' }, 'DISPATCHED'],
    ['CANCELLED', { ...VENDOR, status: 'DELIVERED' }, 'DELIVERED'],
    ['UPDATE_CART', LOGISTICS, 'allowed'],
    ['UPDATE_CART', { ...LOGISTICS, status: 'READY_FOR_PICKUP' }, 'READY_FOR_PICKUP'],
    ['READY_FOR_PICKUP', { client: { store_id: 's8ym' } }, 'pelican'],
    ['CANCELLED', { client: { external_partner_config_id: 'store-002' } }, 'pelican'],
    ['READY_FOR_PICKUP', { client: { store_id: 'nobody' } }, 'not configured'],
    ['READY_FOR_PICKUP', { client: undefined }, 'not configured'],
    ['READY_FOR_PICKUP', { items: 'x' }, 'cannot be read'],
  ])('%s on %j: %s', (status, changes, expected) => {
    const decision = decideOrderUpdate(
      orderJson(changes as Record<string, unknown>),
      update(status),
      settings,
    );
    if (expected === 'allowed' || expected === 'already') expect(decision.verdict).toBe(expected);
    else expect(decision).toEqual({ verdict: 'refused', why: expect.stringContaining(expected) });
  });

  it('trusts a chain picked alike when the answer names no outlet', () => {
    const alike = settingsOf({ stores: [{ storeId: 'a', pickingMode: 'partner' }] });
    expect(decideOrderUpdate(orderJson({ client: null }), update('READY_FOR_PICKUP'), alike).verdict).toBe(
      'allowed',
    );
  });

  it('sends the order id and the change, nothing else', () => {
    expect(decideOrderUpdate(orderJson(), update('CANCELLED'), settings)).toEqual({
      verdict: 'allowed',
      body: {
        order_id: '0b7c8f5e-1111-4222-8333-444455556666',
        status: 'CANCELLED',
        items,
        cancellation: { reason: 'CLOSED' },
      },
    });
  });

  it('never throws, whatever the order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => void decideOrderUpdate(json, update('CANCELLED'), settings)),
    );
  });
});

describe('a change that is not as documented is refused (documented: forms of the use cases)', () => {
  const [item] = items;
  it.each<[string, unknown]>([
    ['an unknown status', { status: 'ACCEPTED', items }],
    ['no items', { status: 'READY_FOR_PICKUP', items: [] }],
    ['items left out', { status: 'READY_FOR_PICKUP' }],
    [
      'an item without _id and sku',
      { status: 'UPDATE_CART', items: [{ ...item, _id: undefined, sku: undefined }] },
    ],
    ['an item without pricing', { status: 'UPDATE_CART', items: [{ ...item, pricing: undefined }] }],
    ['a cancellation without reason', { status: 'CANCELLED', items }],
    [
      'a cancellation with a reason of its own',
      { status: 'CANCELLED', items, cancellation: { reason: 'TIRED' } },
    ],
    ['a reason where none belongs', { status: 'DISPATCHED', items, cancellation: { reason: 'CLOSED' } }],
    ['an unknown field', { status: 'DISPATCHED', items, note: 'x' }],
    [
      'half a piece',
      { status: 'UPDATE_CART', items: [{ ...item, pricing: { ...item!.pricing, quantity: 0.5 } }] },
    ],
    [
      'goods by weight without weight',
      { status: 'UPDATE_CART', items: [{ ...item, pricing: { ...item!.pricing, pricing_type: 'KG' } }] },
    ],
    ['a substitute for nothing', { status: 'UPDATE_CART', items: [{ ...item, replaced_id: 'item-9' }] }],
    ['an empty cart', { status: 'READY_FOR_PICKUP', items: [{ ...item, status: 'NOT_FOUND' }] }],
  ])('%s', (_, change) => {
    expect(orderUpdateSchema.safeParse(change).success).toBe(false);
  });
});

describe('what an order shows of a change', () => {
  it('is the cart itself for a cart edit', () => {
    const edit: OrderUpdate = { status: 'UPDATE_CART', items };
    expect(hasTaken(orderJson(), edit)).toBe(true);
    expect(
      hasTaken(orderJson({ items: [itemJson({ pricing: { quantity: 1, unit_price: 1 } })] }), edit),
    ).toBe(false);
    expect(hasTaken(orderJson({ items: [] }), edit)).toBe(false);
    const gone: OrderUpdate = { status: 'UPDATE_CART', items: [{ ...items[0]!, status: 'NOT_FOUND' }] };
    expect(hasTaken(orderJson({ items: [itemJson({ status: 'NOT_FOUND' })] }), gone)).toBe(true);
    expect(hasTaken(orderJson(), gone)).toBe(false);
  });

  it('is nothing when it cannot be read', () => {
    expect(hasTaken(null, update('CANCELLED'))).toBe(false);
  });
});

describe('picked items', () => {
  const kg = itemJson({
    _id: 'item-2',
    sku: 'KG-1',
    pricing: { pricing_type: 'KG', unit_price: 200, quantity: 1, weight: 0.5 },
  });
  const order = orderJson({ items: [itemJson(), kg] });

  it('are all in the cart as ordered when nothing differs', () => {
    expect(pickedItems(order)).toEqual({
      ok: true,
      items: [
        items[0],
        {
          _id: 'item-2',
          sku: 'KG-1',
          status: 'IN_CART',
          pricing: { pricing_type: 'KG', quantity: 1, unit_price: 200, weight: 0.5 },
        },
      ],
    });
  });

  it('take every change, by _id or sku, and are valid to send', () => {
    const picked = pickedItems(order, [
      { item: 'HSM-1', change: 'replace', sku: 'NEW', quantity: 1, unitPrice: 41 },
      { item: 'item-2', change: 'weight', weight: 0.62, pieces: 3 },
    ]);
    expect(picked).toMatchObject({
      ok: true,
      items: [
        { _id: 'item-1', status: 'REPLACED' },
        { sku: 'NEW', status: 'IN_CART', replaced_id: 'item-1', pricing: { quantity: 1, unit_price: 41 } },
        { _id: 'item-2', pricing: { weight: 0.62, weighted_pieces: 3 } },
      ],
    });
    expect(
      orderUpdateSchema.safeParse({ status: 'READY_FOR_PICKUP', items: picked.ok && picked.items }).success,
    ).toBe(true);
  });

  it('not found count 0, and those given up earlier stay so', () => {
    const before = orderJson({ items: [itemJson({ status: 'NOT_FOUND' }), kg] });
    expect(pickedItems(before, [{ item: 'KG-1', change: 'not-found' }])).toMatchObject({
      items: [{ status: 'NOT_FOUND' }, { status: 'NOT_FOUND', pricing: { quantity: 0 } }],
    });
  });

  it.each([
    ['an item the order has not', order, [{ item: 'item-9', change: 'not-found' as const }], 'item-9'],
    ['an order without items', orderJson({ items: null }), [], 'no items'],
    [
      'an item without a price',
      orderJson({ items: [itemJson({ pricing: { quantity: 1 } })] }),
      [],
      'items[0]',
    ],
    ['anything else', null, [], 'no items'],
  ])('are refused for %s', (_, json, changes, problem) => {
    expect(pickedItems(json, changes)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });
});
