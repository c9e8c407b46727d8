import type { Order } from '../../functions/domain/order.ts';

/** An order of nobody, paid and just received; `change` replaces whole fields. */
export const sampleOrder = (change: Partial<Order> = {}): Order => ({
  platform: 'bazaar',
  storeId: 'chain',
  platformOrderId: 'o-1',
  status: 'received',
  payment: { status: 'paid' },
  fulfilment: { status: 'unpacked', kind: 'delivery', by: 'platform', parcels: [] },
  platformStatus: { status: 'RECEIVED' },
  countsAsSale: true,
  currency: 'UYU',
  totals: { goods: 1000, discount: 0, shipping: 0, fees: 0, tax: 0, total: 1000 },
  lines: [],
  updatedAt: '2026-11-22T12:00:00.000Z',
  warnings: [],
  personal: { name: 'Invented Person' },
  ...change,
});
