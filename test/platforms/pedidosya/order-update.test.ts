import { describe, expect, it } from 'vitest';
import {
  type OrderUpdate,
  orderUpdateSchema,
} from '../../../functions/platforms/pedidosya/client/order-update.ts';
import { errorOf, startPedidosya } from './harness.ts';

const items: OrderUpdate['items'] = [
  {
    _id: 'item-1',
    sku: 'HSM-1',
    status: 'IN_CART',
    pricing: { pricing_type: 'UNIT', quantity: 2, unit_price: 39.75 },
  },
];
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
    expect(orderUpdateSchema().safeParse(change).success).toBe(false);
  });
});

describe('a change', () => {
  it('is not sent when its form is not the documented one', async () => {
    const { api, platform } = await startPedidosya();

    const error = await errorOf(api.orders.update('x', { status: 'DISPATCHED', items: [] }));

    expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('items') });
    expect(platform.calls).toEqual([]);
  });
});
